#!/usr/bin/env bash
# Fills a folder with all that deploy/install.sh --wheels needs, for a device without a network.
# Usage: deploy/wheels.sh DIR [aarch64|x86_64] [3.11|3.13]      (default: a Raspberry Pi with bookworm)
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }
folder=$1 machine=${2:-aarch64} version=${3:-3.11}
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$folder"
pip=(python3 -m pip --disable-pip-version-check --quiet)
"${pip[@]}" wheel --no-deps --wheel-dir "$folder" "$root" 'pinpong==0.6.2'
platforms=()
for tag in 2_28 2_27 2_26 2_24 2_17 2014; do
    case $tag in 2014) platforms+=(--platform "manylinux2014_$machine") ;; *) platforms+=(--platform "manylinux_${tag}_$machine") ;; esac
done
"${pip[@]}" download --dest "$folder" --only-binary=:all: --python-version "$version" "${platforms[@]}" \
    "$(ls "$folder"/gardenwatch-*.whl)" pyserial
echo "$(ls "$folder"/*.whl | wc -l) wheels for $machine, Python $version, $(du -sm "$folder" | cut -f1) MB: $folder"
