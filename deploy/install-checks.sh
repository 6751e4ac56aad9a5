# What must be true before install.sh changes anything; sourced by it.
# shellcheck shell=bash disable=SC2154

check_system() {
    case $(uname -m) in
        x86_64|aarch64) ;;
        *) fail "expected a 64-bit system; found $(uname -m): ONNX Runtime exists for 64 bit only; install Raspberry Pi OS (64-bit)" ;;
    esac
    # Raspberry Pi OS (32-bit) runs on a 64-bit kernel, too: the programs decide.
    local bits
    bits=$(python3 -c 'import sys; print(64 if sys.maxsize > 2**32 else 32)' 2>/dev/null || echo 64)
    [ "$bits" = 64 ] ||
        fail "expected a 64-bit system; found one whose programs are 32-bit: ONNX Runtime exists for 64 bit only; install Raspberry Pi OS (64-bit)"
    command -v systemctl >/dev/null || fail "expected systemd; found no systemctl; use Debian or Raspberry Pi OS"
    [ -n "$dry_run" ] || [ "$(id -u)" = 0 ] || fail "expected root; found $(id -un); type: sudo $0"
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
        fail "expected Python 3.11 or newer; found $(python3 --version 2>&1); use Debian 12 (bookworm) or newer"
    [ -n "$dry_run" ] && return
    exec 9>/run/gardenwatch-install.lock
    flock --nonblock 9 || fail "expected to be the only installation; found another one at work; wait until it has ended"
}

# Wheels are made for one processor and one Python.
check_wheels() {
    [ -n "$wheels" ] || return 0
    local version command
    version=$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    command="deploy/wheels.sh DIR $(uname -m) $version"
    ls "$wheels"/gardenwatch-*.whl >/dev/null 2>&1 ||
        fail "expected a folder that deploy/wheels.sh has filled; found no gardenwatch-*.whl in $wheels; fill one with: $command"
    ls "$wheels"/numpy-*-cp"${version/./}"-*"$(uname -m)".whl >/dev/null 2>&1 ||
        fail "expected wheels for $(uname -m), Python $version; found $(cd "$wheels" && ls numpy-*.whl 2>&1); fill a folder with: $command"
}

# pinpong's own installer overwrites the program of a UNIHIKER's second chip, also where it only makes a wheel (setup.py,
# CustomInstall). A wheel that was made elsewhere runs nothing.
check_unihiker() {
    [ -e /opt/unihiker/Version ] && [ -z "$wheels" ] || return 0
    fail "expected --wheels on a UNIHIKER; found none: pinpong's installer would overwrite its second chip; on another computer type: deploy/wheels.sh DIR $(uname -m) $(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')"
}

check_room() {
    local free database needed
    free=$(df --portability --block-size=1M /opt | awk 'NR == 2 { print $4 }')
    database=$(du --block-size=1M "$DATA/gardenwatch.db" 2>/dev/null | cut -f1 || true)
    needed=$((ROOM_MB + ${database:-0}))
    [ "$free" -ge "$needed" ] ||
        fail "expected $needed MB free for programs and a copy of the database; found $free MB; make room: gardenwatch retention --preview"
}
