#!/usr/bin/env bash
# Removes the services and programs. Photos, records and the configuration stay, unless --purge is given.
set -euo pipefail
purge='' dry_run=''
for word; do
    case $word in
        --purge) purge=yes ;;
        --dry-run) dry_run=yes ;;
        *) echo "Usage: sudo deploy/uninstall.sh [--purge] [--dry-run]    --purge: the data, too" >&2; exit 2 ;;
    esac
done
do_() { if [ -n "$dry_run" ]; then printf 'would: %s\n' "$*"; else "$@"; fi; }
[ -n "$dry_run" ] || [ "$(id -u)" = 0 ] || { echo "error: expected root; type: sudo $0" >&2; exit 1; }

for unit in gardenwatch.service gardenwatch-review.service gardenwatch-picam.service; do
    [ -e "/etc/systemd/system/$unit" ] || continue
    do_ systemctl disable --now --quiet "$unit"
    do_ rm -f "/etc/systemd/system/$unit"
done
do_ systemctl daemon-reload
do_ rm -rf /opt/gardenwatch /etc/udev/rules.d/70-gardenwatch.rules /etc/systemd/journald.conf.d/gardenwatch.conf
[ ! -L /usr/local/bin/gardenwatch ] || do_ rm -f /usr/local/bin/gardenwatch
if [ -n "$purge" ]; then
    do_ rm -rf /var/lib/gardenwatch /etc/gardenwatch
    if getent passwd gardenwatch >/dev/null; then do_ userdel gardenwatch; fi
else
    echo "Kept: /var/lib/gardenwatch (photos and records), /etc/gardenwatch; --purge removes them, too."
fi
