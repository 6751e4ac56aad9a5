"""Boots Debian with its real systemd in systemd-nspawn, and runs commands in it.

    with Machine(tmp_path / "root", {PROJECT: "/src"}) as machine:
        machine.run("systemctl", "is-system-running")
        machine.reboot()

Each machine is unpacked anew, and may be written to. Control groups are unified and system calls filtered as on a real
computer: without these, DeviceAllow is silently not enforced. MemoryMax is not enforced here (the memory controller
belongs to the host); tests/rigs/vm has that.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.rigs import debian

TOOLS = ("systemd-nspawn", "mmdebstrap", "nsenter")
BOOT_S = 400.0
OFF_S = 180.0
SLOW_S = 300.0
"""Limits for a machine that is ten times too busy; nothing waits that long."""
LAST_LINES = "journalctl --no-pager -o cat -n 25 | cut -c1-300"
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
"""As of somebody who has logged in there; nothing of this computer's goes along."""


def missing() -> str | None:
    """What a machine needs and is not here; None where all is there."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "root on Linux"
    lacking = [tool for tool in TOOLS if shutil.which(tool) is None]
    if lacking:
        return f"{', '.join(lacking)}: apt-get install systemd-container mmdebstrap (make test-system)"
    return None


class Machine:
    """One booted machine; `shared` are folders of this computer, read-only there: here → there. `more` are packages."""

    def __init__(self, root: Path, shared: Mapping[Path, str], more: Sequence[str] = ()) -> None:
        self.root = root
        self._more = more
        self._shared = shared
        self._host: subprocess.Popen[bytes] | None = None
        self._leader = 0

    def __enter__(self) -> Self:
        debian.unpack(debian.archive(more=self._more), self.root)
        self.boot()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.power_off()
        shutil.rmtree(self.root, ignore_errors=True)

    def boot(self) -> None:
        """Until systemd says that the system is up."""
        words = ["systemd-nspawn", "--quiet", "--boot", "--register=no", "--keep-unit", "--private-network"]
        words += ["--capability=all", "--system-call-filter=bpf", "--console=pipe", f"--directory={self.root}"]
        words += [f"--bind-ro={here}:{there}" for here, there in self._shared.items()]
        env = {**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}
        with (self.root.parent / "console.log").open("ab") as log:
            self._host = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env, start_new_session=True
            )
        until = time.monotonic() + BOOT_S
        while time.monotonic() < until:
            found = subprocess.run(
                ["pgrep", "-P", str(self._host.pid), "-x", "systemd"], capture_output=True, text=True
            )
            self._leader = int(found.stdout.split()[0]) if found.stdout.split() else 0
            if self._leader and self.run("systemctl", "is-system-running", check=False) in ("running", "degraded"):
                return
            time.sleep(0.2)
        raise TimeoutError(f"not booted after {BOOT_S:.0f} s: {(self.root.parent / 'console.log').read_text()[-2000:]}")

    def power_off(self) -> None:
        """As `systemctl poweroff`; pulled if that takes too long."""
        if self._host is None:
            return
        if self._leader:
            os.kill(self._leader, signal.SIGRTMIN + 4)
        try:
            self._host.wait(OFF_S)
        except subprocess.TimeoutExpired:
            os.killpg(self._host.pid, signal.SIGKILL)
            self._host.wait()
        self._host = None

    def reboot(self) -> None:
        self.power_off()
        self.boot()

    def run(self, *words: str, check: bool = True, timeout_s: float = 600) -> str:
        """What the command wrote, without the last line end. Raises AssertionError with it where it failed."""
        line = ["nsenter", "-t", str(self._leader), "-a", "--", *words]
        done = subprocess.run(line, capture_output=True, text=True, timeout=timeout_s, env=ENVIRONMENT)
        assert not check or done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return (done.stdout if check or done.returncode == 0 else done.stdout + done.stderr).strip()

    def wait_until(self, said: str, *words: str, timeout_s: float = SLOW_S) -> None:
        """Until the command says that. Raises AssertionError with what it and the journal said instead."""
        until = time.monotonic() + timeout_s
        while (now := self.run(*words, check=False)) != said:
            if time.monotonic() > until:
                journal = self.run("sh", "-c", LAST_LINES, check=False)
                raise AssertionError(
                    f"{words} says {now!r} after {timeout_s:.0f} s, not {said!r}; the journal: {journal}"
                )
            time.sleep(0.3)
