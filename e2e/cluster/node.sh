# A node: a set of namespaces with its own containerd, kubelet and kube-proxy. Sourced by cluster.sh.
node_folder() { echo "$state/nodes/$1"; }
node_names() { local i; for i in $(seq "$1"); do echo "n$i"; done; } # COUNT
nodes() { ls "$state/nodes" 2>/dev/null || true; }
zone=fr-par-1
# Each kube-proxy works for its own node alone, so one cluster can have both kinds.
proxy_mode() { [ $((${1#n} % 2)) = 0 ] && echo iptables || echo nftables; } # NODE
provider_id() { echo "scaleway://instance/$zone/f1900000-0000-4000-8000-00000000000${1#n}"; }

node_files() { # NODE: everything that process 1 of the node reads
  local node=$1 folder address
  folder=$(node_folder "$node")
  mkdir -p "$folder"/{log/pods,log/containers,etc,var-lib/cni/conf}
  echo "$node" >"$folder/etc/hostname"
  echo '127.0.0.1 localhost' >"$folder/etc/hosts"
  for address in $(node_addresses "$node" | tr , ' '); do echo "$address $node"; done >>"$folder/etc/hosts"
  echo "nameserver 127.0.0.1" >"$folder/etc/resolv.conf"
  echo "$node" | md5sum | cut -c1-32 >"$folder/etc/machine-id"
  "$here/certificates.sh" certificate "$pki" "node-$node" "system:node:$node" system:nodes
  "$here/certificates.sh" kubeconfig "$pki" "node-$node" $api_url
  cat >"$folder/var-lib/cni/conf/10-fip.conflist" <<JSON
{"cniVersion": "1.0.0", "name": "fip", "plugins": [
 {"type": "bridge", "bridge": "cni0", "isDefaultGateway": true, "hairpinMode": true,
  "ipam": {"type": "host-local", "ranges": [
     [{"subnet": "$(pod_subnet4 "$node")"}], [{"subnet": "$(pod_subnet6 "$node")"}]]}},
 {"type": "portmap", "capabilities": {"portMappings": true}}]}
JSON
  cat >"$folder/containerd.toml" <<TOML
version = 2
root = '/var/lib/containerd'
state = '/run/containerd'
disabled_plugins = [
  'io.containerd.tracing.processor.v1.otlp', 'io.containerd.internal.v1.tracing', 'io.containerd.snapshotter.v1.btrfs',
  'io.containerd.snapshotter.v1.zfs', 'io.containerd.snapshotter.v1.devmapper', 'io.containerd.snapshotter.v1.aufs',
]
[plugins.'io.containerd.internal.v1.opt']
  path = '/var/lib/containerd/opt'
[plugins.'io.containerd.grpc.v1.cri']
  sandbox_image = 'localhost/pause:1'
  restrict_oom_score_adj = true
[plugins.'io.containerd.grpc.v1.cri'.containerd.runtimes.runc]
  runtime_type = 'io.containerd.runc.v2'
[plugins.'io.containerd.grpc.v1.cri'.containerd.runtimes.runc.options]
  SystemdCgroup = false
[plugins.'io.containerd.grpc.v1.cri'.cni]
  bin_dir = '/usr/lib/cni'
  conf_dir = '/var/lib/cni/conf'
TOML
  cat >"$folder/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
providerID: $(provider_id "$node")
failCgroupV1: false
cgroupDriver: cgroupfs
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $pki/ca.crt}}
authorization: {mode: Webhook}
clusterDNS: [10.96.0.10]
clusterDomain: cluster.local
resolvConf: /etc/resolv.conf
failSwapOn: false
volumePluginDir: /var/lib/kubelet/volumeplugins
# An image cannot be pulled a second time here: never remove one, never evict for disk.
imageGCHighThresholdPercent: 100
evictionHard: {memory.available: 100Mi, nodefs.available: 1%, imagefs.available: 1%, nodefs.inodesFree: 1%}
YAML
  cat >"$folder/kube-proxy.yaml" <<YAML
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: $(proxy_mode "$node")
clientConnection: {kubeconfig: $pki/kube-proxy.kubeconfig}
clusterCIDR: $pod_subnets
detectLocalMode: ClusterCIDR
# The size of conntrack's table belongs to the whole machine.
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
YAML
}

join_cgroups() { # NODE: moves this shell into the node's cgroup, below the one it is in, in every hierarchy
  local line hierarchy parent own
  while IFS=: read -r line hierarchy parent; do
    [ -n "$hierarchy" ] || continue # the unified one of a hybrid machine
    own=/sys/fs/cgroup/${hierarchy#name=}${parent%/}/fip-$1
    mkdir -p "$own"
    if [[ ,$hierarchy, = *,cpuset,* ]]; then
      cat "${own%/*}/cpuset.cpus" >"$own/cpuset.cpus"
      cat "${own%/*}/cpuset.mems" >"$own/cpuset.mems"
      echo 1 >"$own/cgroup.clone_children"
    fi
    echo "$BASHPID" >"$own/cgroup.procs"
  done < <(cat /proc/self/cgroup)
}
remove_cgroups() { # NODE, or a pattern of nodes: retried, for the kernel lets go of a cgroup a moment after its last process
  local _
  for _ in $(seq 100); do
    cgroups_of "$1" | xargs -r rmdir 2>/dev/null || true
    [ -n "$(cgroups_of "$1")" ] || return 0
    sleep 0.05
  done
  echo "cgroups could not be removed: $(cgroups_of "$1" | xargs)" >&2
}
cgroups_of() { # NODE, or a pattern of nodes: innermost first
  find /sys/fs/cgroup -depth -type d \( -path "*/fip-$1" -o -path "*/fip-$1/*" \) 2>/dev/null || true
}
node_start() { # NODE
  local log
  log=$(node_folder "$1")/log/init.log
  (
    join_cgroups "$1"
    exec setsid nsenter --net="/run/netns/fip-$1" \
      unshare --mount --propagation private --uts --ipc --cgroup --pid --fork --kill-child \
      "$here/node-init.sh" "$1" "$(node_folder "$1")" "$(node_addresses "$1")" "$zone" "$pki/node-$1.kubeconfig" "$bin"
  ) </dev/null >>"$log" 2>&1 9>&- &
  disown # the shell is not to report its end
}
node_up() { # NODE NODES...
  node_network_up "$@"
  node_start "$1"
}
node_kill() { # NODE: at once; process 1 takes its whole pid namespace with it, pods included
  end_processes "$1"
  remove_cgroups "$1"
}
inside_node() { # NODE COMMAND...
  local holder
  holder=$(process_named "$1" unshare) || fail "Node $1 is not running."
  nsenter -t "$(pgrep -P "$holder" | head -1)" -a env PATH="$PATH" "${@:2}"
}
