#!/usr/bin/env bash
# Checks that this machine can run the cluster and installs the Debian packages that it lacks.
# What cannot be had is said in one sentence, with exit code 1.
set -euo pipefail
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
fail() { echo "$1" >&2; exit 1; }

[ "$(uname -s)" = Linux ] || fail "The cluster's nodes are Linux namespaces, and this is $(uname -s): run it on Linux."
[ "$(id -u)" = 0 ] || fail "The cluster needs root, to make network namespaces, mounts and cgroups: run it as root."
for hierarchy in cpu cpuset memory pids devices freezer systemd; do
  [ -e "/sys/fs/cgroup/$hierarchy/cgroup.procs" ] ||
    fail "The cluster needs cgroup v1 or hybrid, and /sys/fs/cgroup/$hierarchy is not there: boot with systemd.unified_cgroup_hierarchy=0."
done

declare -A package=(
  [containerd]=containerd [runc]=runc [nft]=nftables [iptables]=iptables [ip]=iproute2 [openssl]=openssl
  [buildah]=buildah [debootstrap]=debootstrap [pgrep]=procps [/usr/lib/cni/bridge]=containernetworking-plugins
)
lacking=()
for program in "${!package[@]}"; do
  command -v "$program" >/dev/null || lacking+=("${package[$program]}")
done
[ ${#lacking[@]} -gt 0 ] || exit 0

cannot() { fail "The cluster needs the Debian packages ${lacking[*]}, and $1."; }
command -v apt-get >/dev/null || cannot "there is no apt-get to install them"
echo "installing ${lacking[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update >&2 || cannot "apt-get update failed"
apt-get -qq install -y --no-install-recommends "${lacking[@]}" >&2 || cannot "apt-get could not install them"
