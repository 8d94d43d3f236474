#!/usr/bin/env bash
# Checks that this machine can run the cluster and installs the Debian packages that it lacks.
# What cannot be had is said in one sentence, with exit code 1.
set -euo pipefail
fail() { echo "$1" >&2; exit 1; }

[ "$(uname -s)" = Linux ] || fail "The cluster's nodes are Linux namespaces, and this is $(uname -s): run it on Linux."
[ "$(id -u)" = 0 ] || fail "The cluster needs root, to make network namespaces, mounts and cgroups: run it as root."
for hierarchy in cpu cpuset memory pids devices freezer systemd; do
  [ -e "/sys/fs/cgroup/$hierarchy/cgroup.procs" ] ||
    fail "The cluster needs cgroup v1 or hybrid, and /sys/fs/cgroup/$hierarchy is not there: boot with systemd.unified_cgroup_hierarchy=0."
done

exec "$(dirname "$0")/install.sh" containerd runc nft iptables ip openssl buildah debootstrap pgrep /usr/lib/cni/bridge
