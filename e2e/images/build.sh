#!/usr/bin/env bash
# Builds the images of this clone with its Dockerfile, and prints the folder that holds their archives (NAME.tar), which
# `cluster.sh load` understands.
#   build.sh [NAME...]     default: operator-scaleway operator-netcup operator-digitalocean agent
# Needs root, buildah and debootstrap, and no registry of images: the public base that the Dockerfile names is made of the
# Debian packages and the Node.js that it consists of. The folder is named after everything that goes into a build.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
wanted=("$@")
[ $# -gt 0 ] || wanted=(operator-scaleway operator-netcup operator-digitalocean agent)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/failover-ip
store=$cache/containers
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

fail() { echo "$1" >&2; exit 1; }
short_hash() { sha256sum | cut -c1-12; }
context_files() { # as .dockerignore has it
  git -C "$root" -c safe.directory='*' ls-files -z --cached --others --exclude-standard -- \
    Dockerfile .dockerignore package.json pnpm-lock.yaml pnpm-workspace.yaml tsconfig.base.json turbo.json \
    scripts/setup.mjs scripts/bundle-operator.mjs images packages ':!*.test.ts' ':!*.md'
}
sources() { cat "$here/build.sh"; uname -m; (cd "$root" && context_files | sort -z | xargs -0 sha256sum 2>/dev/null); }
folder=$cache/images-$(sources | short_hash)
missing() { # of the images named, those that are not built yet
  local image
  for image; do [ -e "$folder/$image.tar" ] || echo "$image"; done
}

# A store of our own, so that the machine's containers are left alone.
in_store() { buildah --root "$store/root" --runroot "$store/run" --storage-driver overlay "$@"; }
base=$(sed -n 's/^ARG NODE_IMAGE=//p' "$root/Dockerfile")

make_base() { # what the public image holds: Debian, Node.js with npm
  local node npm system archive
  node=$(readlink -f "$root/node_modules/.bin/node")
  npm=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
  archive=$cache/images-base-$( (declare -f make_base; "$node" --version; npm --version; uname -m) | short_hash).tar
  if [ ! -e "$archive" ]; then
    echo "making $base of Debian packages (minutes, once)" >&2
    system=$(mktemp -d "$cache/.base-XXXXXX")
    trap 'rm -rf "$system"' RETURN
    debootstrap --variant=minbase --include=ca-certificates bookworm "$system" >"$cache/debootstrap.log" 2>&1 ||
      { tail -20 "$cache/debootstrap.log" >&2; fail "The base of the images could not be made of Debian packages."; }
    rm -rf "$system"/var/cache/apt/*.bin "$system"/var/cache/apt/archives/*.deb "$system"/var/lib/apt/lists/* \
      "$system"/usr/share/{doc,man,locale,info}/*
    mkdir -p "$system/usr/local/lib/node_modules"
    cp "$node" "$system/usr/local/bin/node"
    cp -r "$npm" "$system/usr/local/lib/node_modules/npm"
    ln -s ../lib/node_modules/npm/bin/npm-cli.js "$system/usr/local/bin/npm"
    ln -s ../lib/node_modules/npm/bin/npx-cli.js "$system/usr/local/bin/npx"
    tar -C "$system" -cf "$archive.part" .
    mv "$archive.part" "$archive"
  fi
  touch "$archive"
  local container
  container=$(in_store from scratch)
  in_store add --quiet "$container" "$archive" / >/dev/null
  in_store config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    --label "org.failover-ip.base=$(basename "$archive")" "$container"
  in_store commit --quiet --rm "$container" "$base" >/dev/null
}
has_base() { in_store inspect --type image "$base" 2>/dev/null | grep -q "org.failover-ip.base"; }

# A stage reaches the package registries as this machine does, by its certificates, which need not be the base's.
machine_settings() {
  local certificates=/etc/ssl/certs/ca-certificates.crt
  { echo "registry=$(npm config get registry 2>/dev/null)"; echo "cafile=$certificates"; } >"$store/npmrc"
  echo "--volume=$certificates:$certificates:ro"
  echo "--volume=$store/npmrc:/root/.npmrc:ro"
}
build() { # NAME
  local arguments=(--target "$1") reference=failover-ip/$1
  case $1 in
    agent) ;;
    operator-*) arguments=(--target operator --build-arg "PROVIDER=${1#operator-}") ;;
    *) fail "There is no image $1 to build: it is operator-scaleway, operator-netcup, operator-digitalocean or agent." ;;
  esac
  version=$(sed -n 's/^ *"version": "\(.*\)",$/\1/p' "$root/packages/kubernetes/package.json")
  mapfile -t volumes < <(machine_settings)
  in_store bud --isolation chroot --pull-never --layers --ignorefile "$root/.dockerignore" "${volumes[@]}" \
    "${arguments[@]}" --build-arg "VERSION=$version" --tag "$reference:$version" -f "$root/Dockerfile" "$root" \
    >"$folder/$1.log" 2>&1 || { tail -30 "$folder/$1.log" >&2; fail "The image $1 could not be built: see $folder/$1.log."; }
  in_store push --quiet "localhost/$reference:$version" "docker-archive:$folder/$1.tar.part:docker.io/$reference:$version" >&2
  mv "$folder/$1.tar.part" "$folder/$1.tar"
}

mkdir -p "$folder"
if [ -n "$(missing "${wanted[@]}")" ]; then
  exec 9>"$cache/images.lock"
  flock 9
  mapfile -t todo < <(missing "${wanted[@]}") # again: another build may just have made them
  for image in "${todo[@]}"; do
    has_base || make_base
    started=$SECONDS
    build "$image"
    echo "built $image in $((SECONDS - started)) s" >&2
  done
fi
# Old ones go when nobody has used them for a week.
touch "$folder"
find "$cache" -maxdepth 1 -name 'images-*' ! -name images.lock -mtime +7 -exec rm -rf {} +
echo "$folder"
