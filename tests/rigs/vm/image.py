"""The disk of the virtual machine: Debian with its kernel, and Gardenwatch installed by the real script."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.conftest import PROJECT
from tests.rigs import debian

KERNEL = ("kmod", "linux-image-amd64", "v4l-utils")
SIZE_MB = 4000
"""Sparse: 1.9 GB are used."""
BUILD = """
root=$1; shift
mount -t proc proc "$root/proc"; mount --bind /dev "$root/dev"; mount -t sysfs -o ro sys "$root/sys"
mkdir -p "$root/wheels"; mount --bind "$1" "$root/wheels"; shift
within="env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root SYSTEMD_OFFLINE=1 chroot $root"
$within /src/deploy/install.sh --wheels /wheels --no-start
$within systemctl enable --quiet rig-agent gardenwatch gardenwatch-review
"""
AGENT = """[Unit]
Description=takes commands from the host
After=dev-virtio\\x2dports-rig.device
Wants=dev-virtio\\x2dports-rig.device
[Service]
ExecStart=/usr/bin/python3 /src/tests/rigs/vm/agent.py
Restart=always
[Install]
WantedBy=multi-user.target
"""
VIVID = {
    "etc/modules-load.d/rig.conf": "vivid\n",
    "etc/modprobe.d/rig.conf": "options vivid n_devs=1 node_types=0x1 input_types=0x00\n",
    # Our own rule asks for a USB camera.
    "etc/udev/rules.d/71-rig.rules": 'SUBSYSTEM=="video4linux", ATTR{name}=="vivid*", SYMLINK+="gardenwatch-camera"\n',
}
"""Debian's test driver, which is a webcam to every program: /dev/video0."""
PATIENCE = "[Manager]\nDefaultTimeoutStartSec=30min\nDefaultDeviceTimeoutSec=30min\n"
"""On a busy computer a device takes longer to appear than systemd's 90 seconds."""
UNIT_PATIENCE = "[Service]\nTimeoutStartSec=30min\nTimeoutStopSec=5min\n"
"""Of our own unit: where ten other programs ran, the emulated service took 117 s to start, and the next time more than
the unit's 180 s, all of them for computing. WatchdogSec stays as it is."""
CARRIED = ("deploy", "edge", "tests", "README.md")


def make(folder: Path, wheels: Path, config: str) -> Path:
    """An image in `folder`, beside the root that it was made of (with its kernel)."""
    root, disk = folder / "root", folder / "disk.img"
    debian.unpack(debian.archive(more=KERNEL), root)
    for name in CARRIED:
        source, target = PROJECT / name, root / "src" / name
        target.parent.mkdir(exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "films"))
        else:
            shutil.copy(source, target)
    (root / "etc/systemd/system/rig-agent.service").write_text(AGENT)
    for path, text in VIVID.items():
        (root / path).write_text(text)
    (root / "etc/systemd/system.conf.d").mkdir()
    (root / "etc/systemd/system.conf.d/rig.conf").write_text(PATIENCE)
    (root / "etc/systemd/system/gardenwatch.service.d").mkdir()
    (root / "etc/systemd/system/gardenwatch.service.d/rig.conf").write_text(UNIT_PATIENCE)
    (root / "etc/gardenwatch").mkdir()
    (root / "etc/gardenwatch/gardenwatch.yaml").write_text(config)
    line = ["unshare", "--mount", "--net", "--propagation", "private", "sh", "-ec", BUILD, "build", root, wheels]
    subprocess.run(line, check=True)
    subprocess.run(["truncate", "-s", f"{SIZE_MB}M", disk], check=True)
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-F", "-d", root, disk], check=True)
    return disk
