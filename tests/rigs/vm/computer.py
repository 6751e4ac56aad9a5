"""Boots a virtual machine, runs commands in it, and pulls its plug.

    with Computer(image, folder) as machine:
        machine.run("uname", "-r")
        machine.cut_power()
        machine.boot()

qemu emulates the processor (TCG: no KVM is needed), about ten times slower than real. What the guest has flushed is in
the image after a cut, what only its memory knew is gone. A card that lies about flushing is not modelled.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

TOOLS = ("qemu-system-x86_64", "mmdebstrap", "mke2fs", "unshare")
BOOT_S = 1800.0
OFF_S = 900.0
REPORTS = "/dev/virtio-ports/reports"
"""Written in the guest, read on the host: it is in no cache of the guest's, so that a power cut loses none of it."""


def missing() -> str | None:
    """What a virtual machine needs and is not here; None where all is there."""
    if sys.platform != "linux" or os.geteuid() != 0 or os.uname().machine != "x86_64":
        return "root on x86-64 Linux"
    lacking = [tool for tool in TOOLS if shutil.which(tool) is None]
    return f"{', '.join(lacking)}: apt-get install qemu-system-x86 mmdebstrap e2fsprogs" if lacking else None


class Computer:
    """One virtual machine on that disk, which it changes; `folder` takes its console and its reports."""

    def __init__(self, disk: Path, folder: Path, kernel_words: str = "", memory_mb: int = 1024) -> None:
        self._disk, self._folder, self._kernel_words, self._memory_mb = disk, folder, kernel_words, memory_mb
        self.reports = folder / "reports"
        self.console = folder / "console.log"
        self._qemu: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None

    def __enter__(self) -> Self:
        self.boot()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cut_power()

    def boot(self) -> None:
        """Until its agent answers; minutes, on a busy computer."""
        boot = self._disk.parent / "root" / "boot"
        control = self._folder / "control"
        control.unlink(missing_ok=True)
        words = ["qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "Nehalem", "-m", str(self._memory_mb)]
        words += ["-smp", "2", "-nographic", "-no-reboot", "-nic", "none", "-serial", f"file:{self.console}"]
        words += ["-monitor", "none", "-kernel", str(next(boot.glob("vmlinuz-*")))]
        words += ["-initrd", str(next(boot.glob("initrd.img-*")))]
        words += [
            "-append",
            f"root=/dev/vda rw console=ttyS0 quiet panic=-1 no_timer_check mitigations=off {self._kernel_words}",
        ]
        words += ["-drive", f"file={self._disk},if=virtio,format=raw,cache=writeback", "-device", "virtio-serial"]
        words += ["-chardev", f"socket,id=rig,path={control},server=on,wait=off"]
        words += ["-device", "virtserialport,chardev=rig,name=rig"]
        words += ["-chardev", f"file,id=reports,path={self.reports},append=on"]
        words += ["-device", "virtserialport,chardev=reports,name=reports"]
        self._qemu = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self._line = self._connect(control)
        # The first line waits in qemu until the agent opens its port.
        self.run("true", timeout_s=BOOT_S)

    def _connect(self, control: Path) -> socket.socket:
        until = time.monotonic() + BOOT_S
        while True:
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                line.connect(str(control))
            except OSError:  # qemu has not made it yet, or does not listen yet
                line.close()
                assert time.monotonic() < until, "qemu did not start"
                time.sleep(0.1)
            else:
                return line

    def cut_power(self) -> None:
        """Pulls the plug: nothing in it is asked or told."""
        if self._qemu is not None:
            self._qemu.send_signal(signal.SIGKILL)
            self._qemu.wait()
            self._qemu = None
        if self._line is not None:
            self._line.close()
            self._line = None

    def power_off(self) -> None:
        """As a person who types `poweroff`."""
        assert self._qemu is not None
        self.run("systemctl", "poweroff", check=False)
        self._qemu.wait(OFF_S)
        self.cut_power()

    def run(self, *words: str, check: bool = True, timeout_s: float = 1800) -> str:
        """What the command wrote, errors and all. Raises AssertionError with it where it failed."""
        assert self._line is not None
        self._line.settimeout(timeout_s)
        self._line.sendall(json.dumps(words).encode() + b"\n")
        heard = b""
        try:
            while not heard.endswith(b"\n"):
                more = self._line.recv(65536)
                assert more, f"the machine ended\n{self.console.read_text()[-2000:]}"
                heard += more
        except TimeoutError:
            raise AssertionError(
                f"{words}: no answer for {timeout_s:.0f} s\n{self.console.read_text()[-2000:]}"
            ) from None
        answer = json.loads(heard)
        assert not check or answer["status"] == 0, f"{words}: {answer['status']}\n{answer['said']}"
        return str(answer["said"]).strip()

    def wait_until(self, said: str, *words: str, timeout_s: float = 1800) -> None:
        """Until the command says that. Raises AssertionError with what it said instead."""
        until = time.monotonic() + timeout_s
        while (now := self.run(*words, check=False)) != said:
            assert time.monotonic() < until, f"{words} says {now!r} after {timeout_s:.0f} s, not {said!r}"
            time.sleep(0.5)
