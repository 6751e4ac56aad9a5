#!/usr/bin/env bash
# Installs or upgrades Gardenwatch as a service on Debian or Raspberry Pi OS (64-bit). Type: sudo deploy/install.sh --help
set -euo pipefail

SOURCE=$(cd "$(dirname "$0")/.." && pwd)
PREFIX=/opt/gardenwatch
CONFIG=/etc/gardenwatch/gardenwatch.yaml
DATA=/var/lib/gardenwatch
COMMAND=/usr/local/bin/gardenwatch   # so that the guide's lines can be typed
UNITS=(gardenwatch.service gardenwatch-review.service)
PICAM=gardenwatch-picam.service   # the camera on the Pi's flat cable; only where the configuration asks for its stream
PICAM_STREAM='tcp://127.0.0.1:8555'
PINPONG='pinpong==0.6.2'
EXTRAS='[mqtt,notify]'   # pure Python, 15 MB; as in wheels.sh
START_S=120   # a Pi with a slow card needs 20 s for the first start
ROOM_MB=1000  # of each installation; the one before stays beside it
wheels='' dry_run='' start=yes kept='' database_kept=''

usage() {
    cat <<TEXT
Usage: sudo deploy/install.sh [--wheels DIR] [--dry-run] [--no-start]

Installs Gardenwatch into $PREFIX, its configuration into ${CONFIG%/*}, its data into $DATA, and starts it.
Typed again, it upgrades: the configuration and the data stay, and where the new version fails, the old one comes back.

  --wheels DIR   install without a network, from the folder that deploy/wheels.sh has filled
  --dry-run      only say what would be done
  --no-start     neither start nor enable the services
TEXT
}
say() { printf '%s\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

while [ $# -gt 0 ]; do
    case $1 in
        --wheels)
            [ -d "${2:-}" ] || fail "expected --wheels and a folder that deploy/wheels.sh has filled; found ${2:-nothing}; check the path"
            wheels=$(cd "$2" && pwd); shift ;;
        --dry-run) dry_run=yes ;;
        --no-start) start='' ;;
        -h|--help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
    shift
done

# shellcheck source=deploy/install-checks.sh
. "$SOURCE/deploy/install-checks.sh"

# Does it, or says that it would.
do_() {
    if [ -n "$dry_run" ]; then printf 'would: %s\n' "$*"; else "$@"; fi
}

install_system_packages() {
    local missing=() glib=libglib2.0-0 name
    apt-cache show libglib2.0-0t64 >/dev/null 2>&1 && glib=libglib2.0-0t64   # Debian 13
    for name in python3-venv libgl1 libxcb1 "$glib"; do
        [ "$(dpkg-query -W -f='${Status}' "$name" 2>/dev/null)" = 'install ok installed' ] || missing+=("$name")
    done
    [ ${#missing[@]} = 0 ] && return
    say "System packages: ${missing[*]}"
    if ! do_ apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null 2>&1; then
        apt-get update -q >/dev/null && apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null ||
            fail "expected to install ${missing[*]}; found no way; connect to a network, type: apt-get install ${missing[*]}"
    fi
}

make_user() {
    getent passwd gardenwatch >/dev/null ||
        do_ useradd --system --home-dir "$DATA" --no-create-home --shell /usr/sbin/nologin gardenwatch
    local group
    for group in video dialout; do
        getent group "$group" >/dev/null && do_ usermod --append --groups "$group" gardenwatch
    done
    do_ install -d -m 0750 -o gardenwatch -g gardenwatch "$DATA"
}

# A folder of its own for each installation: the old one works until the new one has shown that it does.
make_environment() {
    environment=$PREFIX/$(date +%Y%m%d-%H%M%S)
    say "Programs: $environment (a few minutes on a Raspberry Pi)"
    do_ install -d -m 0755 "$PREFIX"
    if ! fill_environment; then
        rm -rf "$environment"
        fail "expected to install the programs; found the above; is there a network? if not, see --wheels; what was installed before is as it was"
    fi
    do_ cp "$SOURCE/README.md" "$PREFIX/README.md"
}

fill_environment() {
    local pip=("$environment/bin/pip" --quiet --disable-pip-version-check install) product=$SOURCE$EXTRAS
    [ -z "$wheels" ] || { pip+=(--no-index --find-links "$wheels"); product=gardenwatch$EXTRAS; }
    do_ python3 -m venv "$environment" && do_ "${pip[@]}" "$product" pyserial &&
        do_ "${pip[@]}" --no-deps "$PINPONG"   # an Uno needs pyserial only; pinpong's other needs want a compiler
}

# Watches the drawn garden for a minute of film, as the service's user, into a folder that is thrown away.
self_test() {
    say "Self-test: the drawn garden"
    [ -n "$dry_run" ] && return
    local folder
    folder=$(mktemp -d); chown gardenwatch: "$folder"
    if ! runuser -u gardenwatch -- "$environment/bin/gardenwatch" run --source demo --dry-run --data "$folder/data" >"$folder.log" 2>&1 ||
        ! grep -q '^sightings: [1-9]\|^观察记录：[1-9]' "$folder.log"; then
        tail -n 5 "$folder.log" >&2; rm -rf "$folder" "$folder.log" "$environment"
        fail "expected the new version to see the drawn garden's animals; found the above; the installed version was left as it is"
    fi
    rm -rf "$folder" "$folder.log"
}

FILES=(/etc/udev/rules.d/70-gardenwatch.rules /etc/systemd/journald.conf.d/gardenwatch.conf)
for unit in "${UNITS[@]}" "$PICAM"; do FILES+=("/etc/systemd/system/$unit"); done

# What the version from before had, so that it finds its own units when it comes back.
keep_files() {
    [ -z "$dry_run" ] || return 0
    kept=$(mktemp -d)
    local file
    for file in "${FILES[@]}"; do [ ! -e "$file" ] || install -D "$file" "$kept$file"; done
}

restore_files() {
    local file
    for file in "${FILES[@]}"; do [ ! -e "$kept$file" ] || install -m 0644 "$kept$file" "$file"; done
    systemctl daemon-reload
}

install_files() {
    do_ install -d -m 0755 "${CONFIG%/*}"
    [ -e "$CONFIG" ] || do_ install -m 0644 "$SOURCE/deploy/gardenwatch.yaml" "$CONFIG"
    do_ install -m 0644 "$SOURCE/deploy/gardenwatch.yaml" "$CONFIG.example"
    # Masks are drawn on the page, which may write this one file.
    [ -e "${CONFIG%/*}/masks.yaml" ] || { [ -n "$dry_run" ] || printf 'masks: []\n' >"${CONFIG%/*}/masks.yaml"; }
    do_ chown gardenwatch: "${CONFIG%/*}/masks.yaml"
    [ -e "$COMMAND" ] && [ ! -L "$COMMAND" ] || do_ ln -sfn "$PREFIX/current/bin/gardenwatch" "$COMMAND"
    local unit
    for unit in "${UNITS[@]}" "$PICAM"; do do_ install -m 0644 "$SOURCE/deploy/$unit" "/etc/systemd/system/$unit"; done
    do_ install -D -m 0644 "$SOURCE/deploy/udev/70-gardenwatch.rules" /etc/udev/rules.d/70-gardenwatch.rules
    do_ install -D -m 0644 "$SOURCE/deploy/journald.conf" /etc/systemd/journald.conf.d/gardenwatch.conf
    do_ systemctl daemon-reload
    do_ systemctl try-restart systemd-journald
    if command -v udevadm >/dev/null; then do_ udevadm control --reload || true; do_ udevadm trigger || true; fi
}

point_to() { ln -sfn "$1" "$PREFIX/new" && mv -T "$PREFIX/new" "$PREFIX/current"; }

# Started before the watcher, which would wait for it; stopped where the configuration no longer asks for it.
serve_picam() {
    if grep -Eq "^[^#]*source:[^#]*$PICAM_STREAM" "$CONFIG" 2>/dev/null; then
        [ -x /usr/bin/rpicam-vid ] || say "The configuration asks for the camera on the flat cable; type: apt-get install rpicam-apps-lite"
        do_ systemctl enable --quiet "$PICAM"
        [ -z "$start" ] || do_ systemctl restart --no-block "$PICAM"
    elif systemctl is-enabled --quiet "$PICAM" 2>/dev/null; then
        do_ systemctl disable --quiet "$PICAM"
        [ -z "$start" ] || do_ systemctl stop "$PICAM"
    fi
}

# The database as it is now, so that the old version finds it as it left it.
keep_database() {
    [ -e "$DATA/gardenwatch.db" ] || return 0
    local copy=$DATA/before-upgrade.db
    rm -f "$copy"
    "$environment/bin/python" - "$DATA/gardenwatch.db" "$copy.new" <<'PYTHON' && mv "$copy.new" "$copy" || { rm -f "$copy.new"; return 1; }
import pathlib, sqlite3, sys
source, copy = (pathlib.Path(name) for name in sys.argv[1:])
copy.unlink(missing_ok=True)
with sqlite3.connect(source) as a, sqlite3.connect(copy) as b:
    a.backup(b)
PYTHON
    chown gardenwatch: "$copy"
    database_kept=yes
}

# To the version in $1, because of $2.
roll_back() {
    trap - INT TERM
    say "$2; going back to $1"
    systemctl stop "${UNITS[@]}" || true
    journalctl -u gardenwatch -n 15 --no-pager -o cat >&2 || true
    if [ -n "$database_kept" ]; then
        rm -f "$DATA/gardenwatch.db-wal" "$DATA/gardenwatch.db-shm"
        mv "$DATA/before-upgrade.db" "$DATA/gardenwatch.db"
    fi
    point_to "$1"
    restore_files
    systemctl start "${UNITS[@]}"
    rm -rf "$environment"
    fail "expected the new version to take over; found that it did not (see above); the version from before watches again"
}

# Active, and still so a moment later: a unit that fails at once may have been active in between.
is_up() {
    local until=$((SECONDS + START_S))
    while [ $SECONDS -lt $until ]; do
        case $(systemctl is-active gardenwatch) in
            active) sleep 3; [ "$(systemctl is-active gardenwatch)" = active ] && return 0 ;;
            failed) return 1 ;;
        esac
        sleep 1
    done
    return 1
}

switch_over() {
    local before
    before=$(readlink "$PREFIX/current" 2>/dev/null || true)
    if [ -n "$dry_run" ]; then
        say "would: stop the services, keep a copy of the database, point $PREFIX/current to the new programs, start"
        return
    fi
    if [ -n "$before" ]; then
        trap 'roll_back "$before" "Interrupted"' INT TERM
        systemctl stop "${UNITS[@]}" || true
        keep_database || roll_back "$before" "No copy of the database could be made"
    fi
    point_to "$environment"
    if [ -n "$start" ]; then
        systemctl enable --quiet "${UNITS[@]}"
        systemctl start "${UNITS[@]}" || true
        if ! is_up; then
            [ -z "$before" ] || roll_back "$before" "The new version did not start"
            journalctl -u gardenwatch -n 15 --no-pager -o cat >&2 || true
            fail "expected gardenwatch to start; found the above in the journal; mend it, then: systemctl start gardenwatch"
        fi
    fi
    trap - INT TERM
    local old
    for old in "$PREFIX"/2*; do   # the one before stays for going back by hand
        [ "$old" = "$environment" ] || [ "$old" = "$before" ] || rm -rf "$old"
    done
}

# Read as a whole before it begins: an update of the repository meanwhile must not change what is being done.
{
check_system
check_wheels
check_unihiker
check_room
install_system_packages
make_user
make_environment
self_test
keep_files
install_files
serve_picam
switch_over
rm -rf "$kept"
[ -z "$dry_run" ] || exit 0
say "Done. What it does: systemctl status gardenwatch · what it says: journalctl -u gardenwatch
The page: http://localhost:8000 on this computer (deploy/README.md says how to open it to your network)
The configuration: $CONFIG; after a change: systemctl restart gardenwatch"
exit
}
