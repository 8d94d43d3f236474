#!/usr/bin/env bash
# install.sh PROGRAM...: installs the Debian packages of those that this machine lacks.
# What cannot be had is said in one sentence, with exit code 1.
set -euo pipefail
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
[ "$(uname -s)" = Linux ] || { echo "These suites need Linux, and this is $(uname -s)." >&2; exit 1; }

declare -A package=(
  [containerd]=containerd [runc]=runc [nft]=nftables [iptables]=iptables [ip]=iproute2 [openssl]=openssl
  [buildah]=buildah [debootstrap]=debootstrap [pgrep]=procps [nsenter]=util-linux
  [/usr/lib/cni/bridge]=containernetworking-plugins
)
lacking=()
for program; do
  command -v "$program" >/dev/null || lacking+=("${package[$program]}")
done
[ ${#lacking[@]} -gt 0 ] || exit 0

cannot() { echo "The end-to-end suites need the Debian packages ${lacking[*]}, and $1." >&2; exit 1; }
[ "$(id -u)" = 0 ] || cannot "only root can install them"
command -v apt-get >/dev/null || cannot "there is no apt-get to install them"
echo "installing ${lacking[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update >&2 || cannot "apt-get update failed"
apt-get -qq install -y --no-install-recommends "${lacking[@]}" >&2 || cannot "apt-get could not install them"
