# The wire: one bridge on this machine, and a network namespace with eth0 on it for each party. Behind one of them, the
# router, lies the rest of the world. Sourced by cluster.sh.
# Everything is named fip-*, which is also how a stale cluster is found and removed.
bridge=fip-br0
api_address=10.88.0.1
api_address2=10.88.0.2 # stays a straight way when a suite leads the other one astray
wire4() { echo "10.88.0.$1"; }
wire6() { echo "fd10:88::$1"; } # of the same number, read as hexadecimal digits
host_number=254 api_number=1 router_number=253 client_number=100
node_number() { echo "1${1#n}"; }
node_addresses() { echo "$(wire4 "$(node_number "$1")"),$(wire6 "$(node_number "$1")")"; }
pod_subnet4() { echo "10.244.${1#n}.0/24"; }
pod_subnet6() { echo "fd10:244:0:${1#n}::/64"; }
pod_subnets=10.244.0.0/16,fd10:244::/48
service_subnets=10.96.0.0/16,fd10:96::/108
# Documentation prefixes: what is out there is nobody's.
outside4=198.51.100 outside6=2001:db8:ffff

within() { nsenter --net="/run/netns/fip-$1" "${@:2}"; } # unlike `ip netns exec`, leaves /sys and its cgroups alone

hardware_address() { printf '02:00:%02x:%02x:%02x:%02x' ${1//./ }; } # IPV4
bridge_up() {
  # An address of its own: else it has that of one of its ports, and another one when that node is taken off, so that for
  # seconds nobody reaches this machine, and the clouds that are played on it.
  ip link add $bridge address "$(hardware_address "$(wire4 $host_number)")" type bridge
  ip addr add "$(wire4 $host_number)/24" dev $bridge
  ip addr add "$(wire6 $host_number)/64" dev $bridge nodad
  ip link set $bridge up
}
namespace_up() { # NAME: its addresses count at once, without the second in which the kernel looks for duplicates
  ip netns add "fip-$1"
  within "$1" sysctl -qw net.ipv6.conf.{all,default}.accept_dad=0
  ip -n "fip-$1" link set lo up
}
party_up() { # NAME NUMBER
  local ns=fip-$1 address
  address=$(wire4 "$2")
  namespace_up "$1"
  # The hardware address follows from the address: a node keeps it over poweroff and boot, as a machine does.
  ip link add "$ns" type veth peer name eth0 address "$(hardware_address "$address")" netns "$ns"
  ip link set "$ns" master $bridge up
  ip -n "$ns" link set eth0 up
  ip -n "$ns" addr add "$address/24" dev eth0
  ip -n "$ns" addr add "$(wire6 "$2")/64" dev eth0
}
forward_packets() { within "$1" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1; } # NAME
default_route() { # NAME IPV4 IPV6
  ip -n "fip-$1" route add default via "$2"
  ip -n "fip-$1" -6 route add default via "$3"
}
# What the machines stand at in life: the router is the nodes' way to the world, and `outside` is a client there.
router_up() {
  party_up router $router_number
  namespace_up outside
  ip -n fip-outside link add eth0 type veth peer name outside netns fip-router
  ip -n fip-outside link set eth0 up
  ip -n fip-router link set outside up
  ip -n fip-outside addr add $outside4.2/24 dev eth0
  ip -n fip-outside addr add $outside6::2/64 dev eth0
  ip -n fip-router addr add $outside4.1/24 dev outside
  ip -n fip-router addr add $outside6::1/64 dev outside
  default_route outside $outside4.1 $outside6::1
  forward_packets router
  # Of two parties on the wire neither is to learn of a shorter way: a route that moves must move for all at once.
  within router sysctl -qw net.ipv4.conf.{all,eth0}.send_redirects=0
  # A node that gets a packet for an address that it has not sends it back: that is where it ends.
  within router nft -f - <<NFT
table inet fip {
  chain forward {
    type filter hook forward priority 0; policy accept;
    iifname "eth0" ip saddr $outside4.0/24 counter drop
    iifname "eth0" ip6 saddr $outside6::/64 counter drop
  }
}
NFT
}
party_down() { # NAME
  # The link first: a dead node's orphaned TCP sockets keep its namespace, and the veth in it, for a minute.
  ip link del "fip-$1" 2>/dev/null || true
  ip netns del "fip-$1" 2>/dev/null || true
}
node_network_up() { # NODE NODES...
  local ns=fip-$1 other
  party_up "$1" "$(node_number "$1")"
  forward_packets "$1"
  # Without a default route, a connection from the node to a ClusterIP has no route before it is translated.
  default_route "$1" "$(wire4 $router_number)" "$(wire6 $router_number)"
  for other in "${@:2}"; do [ "$other" = "$1" ] || pod_routes "$1" "$other"; done
  # Pods reach what is outside the cluster with the node's address.
  within "$1" nft -f - <<NFT
table inet fip {
  chain outbound {
    type nat hook postrouting priority 90; policy accept;
    ip saddr 10.244.0.0/16 ip daddr != 10.244.0.0/16 masquerade
    ip6 saddr fd10:244::/48 ip6 daddr != fd10:244::/48 masquerade
  }
}
NFT
}
pod_routes() { # PARTY NODE: the way from one to the pods of the other
  local number
  number=$(node_number "$2")
  ip -n "fip-$1" route add "$(pod_subnet4 "$2")" via "$(wire4 "$number")"
  ip -n "fip-$1" -6 route add "$(pod_subnet6 "$2")" via "$(wire6 "$number")"
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
