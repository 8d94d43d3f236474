# The wire: one bridge on this machine, and a network namespace with eth0 on it for each party. Sourced by cluster.sh.
# Everything is named fip-*, which is also how a stale cluster is found and removed.
bridge=fip-br0
host_address=10.88.0.254
api_address=10.88.0.1
client_address=10.88.0.100
node_address() { echo "10.88.0.1${1#n}"; }
pod_subnet() { echo "10.244.${1#n}.0/24"; }
service_subnet=10.96.0.0/16

within() { nsenter --net="/run/netns/fip-$1" "${@:2}"; } # unlike `ip netns exec`, leaves /sys and its cgroups alone

bridge_up() {
  ip link add $bridge type bridge
  ip addr add $host_address/24 dev $bridge
  ip link set $bridge up
}
party_up() { # NAME ADDRESS
  local ns=fip-$1
  ip netns add "$ns"
  # The hardware address follows from the address: a node keeps it over poweroff and boot, as a machine does.
  ip link add "$ns" type veth peer name eth0 address "$(printf '02:00:%02x:%02x:%02x:%02x' ${2//./ })" netns "$ns"
  ip link set "$ns" master $bridge up
  ip -n "$ns" link set lo up
  ip -n "$ns" link set eth0 up
  ip -n "$ns" addr add "$2/24" dev eth0
}
party_down() { # NAME
  # The link first: a dead node's orphaned TCP sockets keep its namespace, and the veth in it, for a minute.
  ip link del "fip-$1" 2>/dev/null || true
  ip netns del "fip-$1" 2>/dev/null || true
}
node_network_up() { # NODE NODES...
  local ns=fip-$1 other
  party_up "$1" "$(node_address "$1")"
  within "$1" sysctl -qw net.ipv4.ip_forward=1
  # Without a default route, a connection from the node to a ClusterIP has no route before it is translated.
  ip -n "$ns" route add default via $api_address
  for other in "${@:2}"; do
    [ "$other" = "$1" ] || ip -n "$ns" route add "$(pod_subnet "$other")" via "$(node_address "$other")"
  done
  # Pods reach what is outside the cluster with the node's address.
  within "$1" nft -f - <<NFT
table ip fip {
  chain outbound {
    type nat hook postrouting priority 90; policy accept;
    ip saddr 10.244.0.0/16 ip daddr != 10.244.0.0/16 masquerade
  }
}
NFT
}
parties() { ip netns list | sed -n 's/^fip-\([a-z0-9]*\).*/\1/p'; }
processes_of() { ip netns pids "fip-$1" 2>/dev/null || true; } # PARTY: every process in its network namespace
process_named() { # PARTY NAME: found by where it runs, so that no stale process id is ever trusted
  local pid
  for pid in $(processes_of "$1"); do
    [ "$(cat "/proc/$pid/comm" 2>/dev/null)" != "$2" ] || { echo "$pid"; return; }
  done
  return 1
}
end_processes() { # PARTY: kills until none is left
  local pids
  while pids=$(processes_of "$1") && [ -n "$pids" ]; do
    kill -9 $pids 2>/dev/null || true
    sleep 0.05
  done
}
