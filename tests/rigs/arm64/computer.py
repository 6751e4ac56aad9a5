"""Runs commands in a Debian for 64-bit ARM, without a network, through qemu's user emulation.

    with Computer(tmp_path / "root", "bookworm", {PROJECT: "/src"}) as pi:
        pi.run("uname", "-m")                   # aarch64

Its speed says nothing about a Raspberry Pi: inference is some hundred times slower here. systemd is installed but does
not run: `systemctl enable` works, `systemctl start` does nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.rigs import debian

PROCESSOR = Path(__file__).with_name("cpuinfo")
"""A Raspberry Pi 4's: ONNX Runtime 1.31 ends with SIGSEGV at import where it reads an x86 processor's description."""
EMULATOR = Path("/proc/sys/fs/binfmt_misc/qemu-aarch64")
TOOLS = ("qemu-aarch64-static", "mmdebstrap", "arch-test", "update-binfmts", "unshare")
ENTER = """
root=$1; shift
mount -t proc proc "$root/proc"; mount --bind "$1" "$root/proc/cpuinfo"; shift
mount --bind /dev "$root/dev"; mount -t sysfs -o ro sys "$root/sys"
while [ "$1" != -- ]; do
    mkdir -p "$root$2"; mount --bind "$1" "$root$2"; mount -o remount,bind,ro "$root$2"; shift 2
done
shift
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root SYSTEMD_OFFLINE=1 chroot "$root" "$@"
"""
"""In a mount namespace of its own: nothing stays mounted afterwards; this computer's environment stays here."""


def missing() -> str | None:
    """What an emulated computer needs and is not here; None where all is there."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "root on Linux"
    lacking = [tool for tool in TOOLS if shutil.which(tool) is None]
    if lacking:
        return f"{', '.join(lacking)}: apt-get install qemu-user-static binfmt-support arch-test mmdebstrap"
    if not EMULATOR.parent.is_mount():
        subprocess.run(["mount", "-t", "binfmt_misc", "binfmt_misc", EMULATOR.parent], capture_output=True)
    if not EMULATOR.exists():
        subprocess.run(["update-binfmts", "--enable", "qemu-aarch64"], capture_output=True)
    return None if EMULATOR.exists() else "a kernel with binfmt_misc"


class Computer:
    """One emulated computer; `shared` are folders of this one, read-only there: here → there."""

    def __init__(self, root: Path, release: str, shared: Mapping[Path, str]) -> None:
        self.root, self._release, self._shared = root, release, shared

    def __enter__(self) -> Self:
        debian.unpack(debian.archive(self._release, "arm64"), self.root)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self.root)

    def run(self, *words: str, check: bool = True, timeout_s: float = 3600) -> str:
        """What the command wrote, errors and all. Raises AssertionError with it where it failed."""
        shared = [str(word) for pair in self._shared.items() for word in pair]
        line = ["unshare", "--mount", "--net", "--propagation", "private", "sh", "-ec", ENTER, "enter"]
        line += [str(self.root), str(PROCESSOR), *shared, "--", *words]
        done = subprocess.run(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout_s)
        assert not check or done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout}"
        return done.stdout.strip()
