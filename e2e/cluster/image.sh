#!/usr/bin/env bash
# Packs a folder as a container image of one layer that `cluster.sh load` understands. Needs no container tool.
#   image.sh OUT.tar REFERENCE FOLDER ENTRYPOINT...     e.g. image.sh pause.tar localhost/pause:1 rootfs /pause
set -euo pipefail
out=$1 reference=$2 folder=$3
shift 3

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Same content, same bytes: sorted, with fixed owner and time.
pack() { tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$1" -cf "$2" "${@:3}"; }
digest() { sha256sum "$1" | cut -d' ' -f1; }
architecture() { case $(uname -m) in x86_64) echo amd64 ;; aarch64) echo arm64 ;; *) uname -m ;; esac; }

pack "$folder" "$work/layer.tar" .
entrypoint=$(printf '"%s",' "$@")
cat >"$work/config.json" <<JSON
{"architecture": "$(architecture)", "os": "linux",
 "config": {"Entrypoint": [${entrypoint%,}], "WorkingDir": "/", "Env": ["PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"]},
 "rootfs": {"type": "layers", "diff_ids": ["sha256:$(digest "$work/layer.tar")"]}}
JSON
cat >"$work/manifest.json" <<JSON
[{"Config": "config.json", "RepoTags": ["$reference"], "Layers": ["layer.tar"]}]
JSON
pack "$work" "$work.tar" config.json layer.tar manifest.json
mv "$work.tar" "$out"
