#!/usr/bin/env bash
# Fills a folder with all that deploy/install.sh --wheels needs, for a device without a network.
# Usage: deploy/wheels.sh DIR|--list [aarch64|x86_64] [3.11|3.13]      (default: a Raspberry Pi with bookworm)
#        --list only names them, and fails where one does not exist for that processor and Python
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,4s/^# //p' "$0" >&2; exit 2; }
extras=(mqtt notify)   # as in install.sh
folder=$1 machine=${2:-aarch64} version=${3:-3.11}
root=$(cd "$(dirname "$0")/.." && pwd)
pip=(python3 -m pip --disable-pip-version-check --quiet)
platforms=()
for tag in 2_28 2_27 2_26 2_24 2_17 2014; do
    case $tag in 2014) platforms+=(--platform "manylinux2014_$machine") ;; *) platforms+=(--platform "manylinux_${tag}_$machine") ;; esac
done
only=(--only-binary=:all: --python-version "$version" "${platforms[@]}")

if [ "$folder" = --list ]; then
    needs=$(python3 - "$root/pyproject.toml" "${extras[@]}" <<'PYTHON'
import sys, tomllib
with open(sys.argv[1], "rb") as file:
    project = tomllib.load(file)["project"]
for group in [project["dependencies"], *(project["optional-dependencies"][extra] for extra in sys.argv[2:])]:
    print(*group, sep="\n")
PYTHON
    )
    if ! report=$("${pip[@]}" install --dry-run --ignore-installed --target /nonexistent --report - "${only[@]}" \
        -r <(printf '%s\n' "$needs" pyserial)); then
        echo "error: expected a wheel of everything for $machine, Python $version; found the above" >&2
        exit 1
    fi
    python3 -c 'import json, sys; print(*sorted(part["download_info"]["url"].rpartition("/")[2] for part in json.load(sys.stdin)["install"]), sep="\n")' <<<"$report"
    exit
fi

if [ -e /opt/unihiker/Version ]; then   # see install-checks.sh
    echo "error: expected another computer than a UNIHIKER, whose second chip pinpong's installer would overwrite" >&2
    exit 1
fi
mkdir -p "$folder"
"${pip[@]}" wheel --no-deps --wheel-dir "$folder" "$root" 'pinpong==0.6.2'
"${pip[@]}" download --dest "$folder" "${only[@]}" "$(ls "$folder"/gardenwatch-*.whl)[$(IFS=,; echo "${extras[*]}")]" pyserial
echo "$(ls "$folder"/*.whl | wc -l) wheels for $machine, Python $version, $(du -sm "$folder" | cut -f1) MB: $folder"
