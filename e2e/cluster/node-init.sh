#!/usr/bin/env bash
# Process 1 of a node, in namespaces of its own (network, mount, uts, ipc, pid, cgroup): started by node.sh.
#   node-init.sh NODE FOLDER ADDRESSES ZONE KUBECONFIG BIN
set -u
node=$1 folder=$2 addresses=$3 zone=$4 kubeconfig=$5 bin=$6
hostname "$node"

mount_own_system() {
  # Cut off from the machine's mounts, then shared inside, so that hostPath mounts with Bidirectional propagation work.
  mount --make-rprivate /
  mount --make-rshared /
  mount -t proc proc /proc
  mount -t sysfs sysfs /sys
  mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
  local hierarchy
  for hierarchy in $(cut -d: -f2 /proc/self/cgroup); do # each rooted at this node's cgroup
    mkdir -p "/sys/fs/cgroup/${hierarchy#name=}"
    case $hierarchy in
      name=*) mount -t cgroup -o "none,$hierarchy" cgroup "/sys/fs/cgroup/${hierarchy#name=}" ;;
      *) mount -t cgroup -o "$hierarchy" cgroup "/sys/fs/cgroup/$hierarchy" ;;
    esac
  done
  mount -t tmpfs -o mode=755 tmpfs /run
  mkdir -p /run/lock /run/sysctl
  mount --bind "$folder/var-lib" /var/lib
  mount --bind "$folder/log" /var/log
  local file
  for file in hostname hosts resolv.conf machine-id; do
    [ ! -e "/etc/$file" ] || mount --bind "$folder/etc/$file" "/etc/$file"
  done
}
shield_sysctl() { # NAME VALUE: kubelet writes settings of the whole machine at its start, so give it a file instead
  local file=/run/sysctl/${1//\//.}
  echo "$2" >"$file"
  mount --bind "$file" "/proc/sys/$1"
}
keep_running() { # PROGRAM ARGUMENT...: as an init system would
  while :; do
    "$@" >>"$folder/log/$1.log" 2>&1
    echo "$1 ended with $?"
    sleep 1
  done
}

mount_own_system
shield_sysctl vm/overcommit_memory 1
shield_sysctl vm/panic_on_oom 0
shield_sysctl kernel/panic 10
shield_sysctl kernel/panic_on_oops 1
shield_sysctl kernel/keys/root_maxkeys 1000000
shield_sysctl kernel/keys/root_maxbytes 25000000

export PATH=$bin:$PATH
ulimit -n "$(ulimit -Hn)"
keep_running containerd --config "$folder/containerd.toml" &
for _ in $(seq 300); do
  ! ctr version >/dev/null 2>&1 || break
  sleep 0.1
done
ctr -n k8s.io images import "$bin/pause.tar"
keep_running kube-proxy --config "$folder/kube-proxy.yaml" --hostname-override "$node" &
keep_running kubelet --config "$folder/kubelet.yaml" --kubeconfig "$kubeconfig" --hostname-override "$node" \
  --node-ip "$addresses" --node-labels "topology.kubernetes.io/zone=$zone,topology.kubernetes.io/region=${zone%-*}" \
  --root-dir /var/lib/kubelet --v=1 &
# Process 1 collects the orphans of every pod; it ends only with the node.
while :; do
  wait -n
  sleep 1
done
