#!/bin/sh
# Instead of systemd where only the disk matters: starts the agent and nothing else, in a third of the time.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
for mount in proc sysfs devtmpfs; do
    case $mount in proc) at=/proc ;; sysfs) at=/sys ;; devtmpfs) at=/dev ;; esac
    mountpoint -q $at || mount -t $mount $mount $at
done
mount -t tmpfs tmpfs /run
modprobe virtio_console
mkdir -p /dev/virtio-ports
until [ -e /dev/virtio-ports/reports ]; do
    for port in /sys/class/virtio-ports/*; do
        [ -e "$port/name" ] && ln -sf "/dev/${port##*/}" "/dev/virtio-ports/$(cat "$port/name")"
    done
    sleep 0.1
done
exec python3 /src/tests/rigs/vm/agent.py
