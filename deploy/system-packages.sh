#!/bin/sh
# Makes sure that OpenCV can be imported: names the system packages it lacks, and installs them where that is possible.
# Usage: system-packages.sh PYTHON
set -u
python=$1

found=$("$python" -c 'import cv2' 2>&1) && exit 0
case $found in
    *.so*) ;;
    *) printf '%s\n' "$found" >&2; exit 1 ;;
esac

glib=libglib2.0-0
if apt-cache show libglib2.0-0t64 >/dev/null 2>&1; then glib=libglib2.0-0t64; fi   # Debian 13, Ubuntu 24.04
command="apt-get install -y --no-install-recommends libgl1 $glib libxcb1"
[ "$(id -u)" = 0 ] || command="sudo $command"

echo "OpenCV needs system libraries that are missing here: $(printf '%s\n' "$found" | tail -n 1)"
may_install() {
    command -v apt-get >/dev/null || return 1
    [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null || { [ -t 0 ] && command -v sudo >/dev/null; }
}

if may_install; then
    echo "Installing them: $command"
    update="apt-get update -q"
    [ "$(id -u)" = 0 ] || update="sudo $update"
    # shellcheck disable=SC2086  # both are command lines
    $update >/dev/null && $command >/dev/null && "$python" -c 'import cv2' && exit 0
fi
echo "Please type this, then try again:" >&2
echo "    $command" >&2
exit 1
