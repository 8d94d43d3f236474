#!/bin/sh
# Collects programs with the libraries that they load, as the root folder of an image that holds nothing else.
#   collect.sh FOLDER PROGRAM...
# Nothing in it names an architecture: what to copy is asked of the loader. The packages that the files came from are
# recorded where scanners of images look for them when there is no package manager (/var/lib/dpkg/status.d).
set -eu
folder=$1
shift

needed_by() { ldd "$1" 2>/dev/null | grep -o '/[^ )]*' || true; }
files_of() { # PROGRAM...
  for program; do
    file=$(command -v "$program")
    echo "$file"
    needed_by "$(readlink -f "$file")"
  done | sort -u
}
package_of() { # FILE: the file's package, which names it with or without the /usr in front
  file=$(readlink -f "$1")
  dpkg -S "$1" "$file" "/usr$1" "${file#/usr}" 2>/dev/null | head -1 | cut -d: -f1
}

mkdir -p "$folder/var/lib/dpkg/status.d"
for path in $(files_of "$@"); do
  mkdir -p "$folder${path%/*}"
  cp -L "$path" "$folder$path"
  package=$(package_of "$path")
  [ -z "$package" ] || dpkg -s "$package" >"$folder/var/lib/dpkg/status.d/$package"
done
