#!/usr/bin/env bash
# A real Kubernetes on one machine: each node is a set of namespaces on one bridge. Needs root.
#   cluster.sh up [NODES]       start (default 3 nodes, at most 9) and wait until all are Ready
#   cluster.sh down             end every process; remove namespaces, bridge, cgroups and state
#   cluster.sh session NODES    up, say "ready", and down as soon as standard input ends: for a process that must not leak
#   cluster.sh kubectl ...      kubectl as cluster-admin
#   cluster.sh exec NODE ...    run a command inside a node
#   cluster.sh client ...       run a command in a network namespace on the wire that is no node (10.88.0.100)
#   cluster.sh router ...       run a command in the router's network namespace (10.88.0.253)
#   cluster.sh outside ...      run a command in a network namespace behind the router (198.51.100.2)
#   cluster.sh cut NODE         take the node's cable out: no carrier
#   cluster.sh isolate NODE     keep the carrier, forward no frame
#   cluster.sh heal NODE        undo cut and isolate
#   cluster.sh poweroff NODE    cut, then kill every process of the node at once
#   cluster.sh boot NODE        start a powered-off node again, with an empty network stack
#   cluster.sh rejoin NODE PROVIDER_ID   let the node leave the cluster and join it as another server of a cloud
#   cluster.sh api pause|resume|stop|start    freeze, wake, kill or start the API server
#   cluster.sh load TAR...      import image archives on every node
#   cluster.sh rss              memory of every process
# FIP_CONTROLLER_MANAGER_FLAGS, at up, adds flags, e.g. "--node-monitor-grace-period=12s".
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# One place for the whole machine, as the namespaces' names are: so any clone finds and cleans a stale cluster.
root=/var/cache/failover-ip
state=$root/cluster pki=$root/cluster/pki logs=$root/logs
fail() { echo "$1" >&2; exit 1; }
usage() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$here/cluster.sh" >&2; exit 2; }
. "$here/network.sh"
. "$here/control-plane.sh"
. "$here/node.sh"

kubectl() { command kubectl --kubeconfig "$pki/admin.kubeconfig" "$@"; }
now() { date +%s%3N; }
seconds_since() { local took=$(($(now) - $1)); printf '%d.%03d s' $((took / 1000)) $((took % 1000)); }
within_seconds() { # SECONDS WHAT COMMAND...: until the command succeeds
  local end=$(($(now) + $1 * 1000))
  until "${@:3}" >/dev/null 2>&1; do
    [ "$(now)" -lt $end ] || fail "Waited $1 s for $2 in vain: see $logs and $state/nodes/*/log."
    sleep 0.2
  done
}
take_lock() { # one cluster at a time, held by file descriptor 9 until this shell ends
  mkdir -p "$root"
  exec 9>"$root/cluster.lock"
  flock -n 9
}
hold_lock() { take_lock || fail "A test run holds the cluster: it must end first."; }
wait_for_lock() { # until it is free, or our owner is gone and standard input with it
  take_lock || echo "another run holds the cluster: waiting for it to end" >&2
  until flock -n 9; do
    local ended=0
    read -r -t 1 || ended=$?
    [ $ended -gt 128 ] || fail "Gave up waiting for the other run."
  done
}
# Three nodes and their pods need more inotify instances than the kernel grants a user.
raise_inotify() {
  local key=fs.inotify.max_user_instances
  sysctl -n $key >"$state/inotify"
  [ "$(cat "$state/inotify")" -ge 4096 ] || sysctl -qw $key=4096
}
restore_inotify() { [ ! -s "$state/inotify" ] || sysctl -qw fs.inotify.max_user_instances="$(cat "$state/inotify")"; }

up() { # NODES
  local began names node
  began=$(now)
  mapfile -t names < <(node_names "$1")
  rm -rf "$logs"
  mkdir -p "$logs" "$state/nodes"
  chmod 700 "$state"
  echo "$bin" >"$state/programs"
  raise_inotify
  control_plane_certificates
  bridge_up
  control_plane_up
  party_up client $client_number
  router_up
  for node in "${names[@]}"; do
    node_files "$node"
    node_up "$node" "${names[@]}"
    pod_routes cp "$node"
  done
  within_seconds 90 "the API server to be ready" api_ready
  echo "API server ready after $(seconds_since "$began")"
  for node in "${names[@]}"; do registered "$node"; done
  within_seconds 120 "all nodes to be Ready" kubectl wait --for=condition=Ready node --all --timeout=5s
  echo "$1 nodes Ready after $(seconds_since "$began")"
  within_seconds 60 "the default service account" kubectl get serviceaccount default
  echo "pods can be made after $(seconds_since "$began")"
}
registered() { # NODE: with the subnets of its pods
  within_seconds 90 "node $1 to register" kubectl get node "$1"
  kubectl patch node "$1" --type merge \
    -p "{\"spec\":{\"podCIDR\":\"$(pod_subnet4 "$1")\",\"podCIDRs\":[\"$(pod_subnet4 "$1")\",\"$(pod_subnet6 "$1")\"]}}" >/dev/null
}
rejoin() { # NODE PROVIDER_ID, which a Node object never changes
  sed -i "s|^providerID: .*|providerID: $2|" "$(node_folder "$1")/kubelet.yaml"
  # A kubelet makes its Node when it starts, within a second, and never again: the old one has to be gone by then.
  kubectl delete node "$1" --ignore-not-found >/dev/null
  within_seconds 30 "the kubelet of $1" inside_node "$1" pkill -KILL -x kubelet
  registered "$1"
  within_seconds 60 "node $1 to be Ready" kubectl wait --for=condition=Ready node "$1" --timeout=5s
}
down() { # also of a cluster that another clone, or a run that was killed, left behind
  local party node
  for party in $(parties); do
    end_processes "$party"
    party_down "$party"
  done
  remove_cgroups 'n[1-9]'
  ip link del $bridge 2>/dev/null || true
  restore_inotify
  for node in $(nodes); do cp -r "$(node_folder "$node")/log" "$logs/$node" || true; done # to read after a failure
  rm -rf "$state"
}
session() { # NODES
  wait_for_lock
  trap down EXIT
  trap 'exit 143' TERM INT HUP
  down
  up "$1"
  echo ready
  while read -r _; do :; done
}
resident_memory() {
  local party
  for party in $(parties); do
    for pid in $(processes_of "$party"); do
      awk -v party="$party" '/^Name/ {name = $2} /^VmRSS/ {printf "%s %s %.0f MB\n", party, name, $2 / 1024}' \
        "/proc/$pid/status" 2>/dev/null || true
    done
  done
}
load() { # TAR...
  local node archive imports=()
  for node in $(nodes); do
    for archive; do
      inside_node "$node" ctr -n k8s.io images import "$(realpath "$archive")" >/dev/null &
      imports+=($!)
    done
  done
  local import
  for import in "${imports[@]}"; do wait "$import" || fail "An image could not be loaded."; done
}
running_cluster() { [ -d "$state/nodes" ] || fail "No cluster is up: start one with 'cluster.sh up'."; }
known_node() { # NODE
  running_cluster
  [[ ${1:-} =~ ^n[1-9]$ ]] && [ -d "$(node_folder "$1")" ] || fail "There is no node '${1:-}' but only $(nodes | xargs)."
}
node_count() { [[ ${1:-3} =~ ^[1-9]$ ]] || fail "The number of nodes is 1 to 9, not '$1'."; echo "${1:-3}"; }

verb=${1:-}
shift || true
case $verb in
  up | session)
    count=$(node_count "${1:-3}")
    "$here/prepare.sh"
    bin=$("$here/build.sh") ;;
  *) bin=$(cat "$state/programs" 2>/dev/null || true) ;; # what runs stays as it is, whatever becomes of this clone
esac
export PATH=${bin:+$bin:}$PATH:/usr/local/sbin:/usr/sbin:/sbin
case $verb in
  exec | cut | isolate | heal | poweroff | boot | rejoin) known_node "${1:-}" ;;
  kubectl | client | router | outside | api | load | rss) running_cluster ;;
esac
case $verb in
  up) hold_lock; down; up "$count" ;;
  down) hold_lock; down ;;
  session) session "$count" ;;
  kubectl) kubectl "$@" ;;
  exec) inside_node "$@" ;;
  client | router | outside) within "$verb" "$@" ;;
  cut) ip link set "fip-$1" down ;;
  isolate) ip link set "fip-$1" nomaster ;;
  heal) ip link set "fip-$1" master $bridge up ;;
  poweroff)
    # The link first: a node's kernel answers ARP and forwards for as long as its namespace is on the wire.
    ip link set "fip-$1" down
    node_kill "$1" ;;
  boot)
    ! process_named "$1" unshare >/dev/null || fail "Node $1 is running already."
    party_down "$1"
    mapfile -t names < <(nodes)
    node_up "$1" "${names[@]}" ;;
  rejoin) rejoin "$@" ;;
  api) api "$@" ;;
  load) load "$@" ;;
  rss) resident_memory ;;
  *) usage ;;
esac
