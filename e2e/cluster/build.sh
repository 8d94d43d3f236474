#!/usr/bin/env bash
# Builds what the cluster runs, and prints the folder that holds it.
#   build.sh [PROGRAM...]     default: every program and the pause image
# The folder is named after everything that goes into a build, so that all clones on a machine share it
# and a changed version or flag never meets an old binary. Only what is missing is built.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
kubernetes=(kube-apiserver kube-controller-manager kube-scheduler kube-proxy kubelet kubectl)
wanted=("$@")
[ $# -gt 0 ] || wanted=(etcd "${kubernetes[@]}" helm pause.tar)

fail() { echo "$1" >&2; exit 1; }
sources() { cat "$here"/{build.sh,image.sh} "$here"/programs/{go.mod,go.sum,helm/go.mod,helm/go.sum,pause/main.go}; uname -sm; }
cache=${XDG_CACHE_HOME:-$HOME/.cache}/failover-ip
bin=$cache/cluster-$(sources | sha256sum | cut -c1-12)
version=$(sed -n 's|^\s*k8s.io/kubernetes v\([0-9.]*\).*|\1|p' "$here/programs/go.mod")

# Without a version linked in, the server calls itself v0.0.0 and clients that compare versions misbehave.
component=k8s.io/component-base/version
minor=${version#*.}
linked="-X $component.gitVersion=v$version -X $component.gitMajor=${version%%.*} -X $component.gitMinor=${minor%%.*}"

# Helm is a module of its own: it wants other versions of what it shares with Kubernetes.
helm_version=$(awk '$1 == "helm.sh/helm/v4" { print $2 }' "$here/programs/helm/go.mod")

go_build() { # OUTPUT PACKAGE...
  (cd "$here/programs" && CGO_ENABLED=0 go build -trimpath -buildvcs=false -mod=readonly -ldflags "-s -w $linked" -o "$@")
}
missing() { # of the programs named, those that are not built yet
  local program
  for program; do [ -e "$bin/$program" ] || echo "$program"; done
}
build() ( # PROGRAM...: all in one run of the compiler, which shares its cores better than one run each
  packages=()
  work=$(mktemp -d "$bin/.building-XXXXXX")
  trap 'rm -rf "$work"' EXIT
  for program; do
    case $program in
      etcd) go_build "$work/etcd" go.etcd.io/etcd/server/v3 ;;
      pause.tar)
        mkdir "$work/root"
        go_build "$work/root/pause" ./pause
        "$here/image.sh" "$work/pause.tar" localhost/pause:1 "$work/root" /pause
        rm -r "$work/root" ;;
      helm)
        (cd "$here/programs/helm" && CGO_ENABLED=0 go build -trimpath -buildvcs=false -mod=readonly \
          -ldflags "-s -w -X helm.sh/helm/v4/internal/version.version=$helm_version" -o "$work/helm" helm.sh/helm/v4/cmd/helm) ;;
      kube*) packages+=("k8s.io/kubernetes/cmd/$program") ;;
      *) fail "There is no program named $program to build: it is one of etcd, ${kubernetes[*]}, helm, pause.tar." ;;
    esac
  done
  [ ${#packages[@]} = 0 ] || go_build "$work/" "${packages[@]}"
  mv "$work"/* "$bin/"
)

mkdir -p "$bin"
if [ -n "$(missing "${wanted[@]}")" ]; then
  exec 9>"$cache/build.lock"
  flock 9
  rm -rf "$bin"/.building-*
  mapfile -t todo < <(missing "${wanted[@]}") # again: another build may just have made them
  if [ ${#todo[@]} -gt 0 ]; then
    (cd "$here/programs" && go version >/dev/null 2>&1) ||
      fail "Go $(sed -n 's/^go //p' "$here/programs/go.mod") or newer is needed to build Kubernetes and etcd: install it from https://go.dev/dl and put it on the PATH."
    echo "building ${todo[*]} (minutes, once) into $bin" >&2
    build "${todo[@]}"
  fi
fi
# Old versions go when nobody has used them for a month.
touch "$bin"
find "$cache" -maxdepth 1 -name 'cluster-*' -mtime +30 -exec rm -rf {} +
echo "$bin"
