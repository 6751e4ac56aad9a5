"""A real ssh server on loopback, which lets one key in, and a "device" behind it: another data folder.

Only `sudo` is drawn: it runs `gardenwatch` of this checkout, and writes down what it was asked to restart.
"""

from __future__ import annotations

import getpass
import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from tests.programs import SLOW_S
from tests.rigs.ports import free_port

PROJECT = Path(__file__).parents[2]
SUDO = """\
#!/bin/sh
# sudo -n PROGRAM WORDS...
shift
case "$1" in
*/gardenwatch) shift; exec {python} -m edge "$@" --data {data} ;;
*) echo "$@" >> {log} ;;
esac
"""
LOGIN = """\
#!/bin/sh
cd {home}
case "$SSH_ORIGINAL_COMMAND" in
sftp) exec /usr/lib/openssh/sftp-server -d {home} ;;
*) exec sh -c "$SSH_ORIGINAL_COMMAND" ;;
esac
"""


def need_sshd() -> str:
    """The server's program; skips the test where it is not installed."""
    found = shutil.which("sshd", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if found is None or shutil.which("ssh") is None:
        pytest.skip("openssh-server is not installed: make test-system installs it")
    return found


class Device:
    """Reached at `address` by whoever has `programs` first on the PATH: ssh and scp there know its key."""

    def __init__(self, folder: Path) -> None:
        self._server = need_sshd()
        self.folder, self.home, self.data = folder, folder / "home", folder / "data"
        self.programs = folder / "programs"
        self.log = folder / "restarted"
        for made in (self.home, self.data, self.programs, folder / "sudo"):
            made.mkdir(parents=True)
        self.port = free_port()
        self.address = f"{getpass.getuser()}@127.0.0.1:{self.port}"
        for name in ("host", "key", "other"):
            words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
            subprocess.run(words, check=True)
        shutil.copy(folder / "key.pub", folder / "let_in")
        self._write_programs()
        self._process: subprocess.Popen[bytes] | None = None

    def restarted(self) -> list[str]:
        return self.log.read_text("utf-8").splitlines() if self.log.is_file() else []

    def knows_nobody(self) -> None:
        """As a device on which nobody put this computer's key."""
        shutil.copy(self.folder / "other.pub", self.folder / "let_in")

    def becomes_another(self) -> None:
        """As a card that was written anew: it has another key of its own."""
        self._end()
        shutil.copy(self.folder / "other", self.folder / "host")
        self._start()

    def _write_programs(self) -> None:
        """The real ssh and scp, told where keys lie, so that nobody's own ~/.ssh is read or written."""
        known, key = self.folder / "known_hosts", self.folder / "key"
        self._config = self.folder / "ssh_config"
        lines = [f"IdentityFile {key}", "IdentitiesOnly yes", f"UserKnownHostsFile {known}", "IdentityAgent none"]
        self._config.write_text("\n".join(lines) + "\n", encoding="ascii")
        for name in ("ssh", "scp"):
            found = shutil.which(name)
            patient = f"-o ConnectTimeout={SLOW_S:.0f}"  # what comes first counts; the studio's is for an idle machine
            _program(
                self.programs / name, f'#!/bin/sh\nexec {found} -F {shlex.quote(str(self._config))} {patient} "$@"\n'
            )
        words = {"python": sys.executable, "data": self.data, "log": self.log, "home": self.home}
        quoted = {name: shlex.quote(str(value)) for name, value in words.items()}
        _program(self.folder / "sudo" / "sudo", SUDO.format(**quoted))
        _program(self.folder / "login", LOGIN.format(**quoted))

    def _start(self) -> None:
        path = f"{self.folder / 'sudo'}:/usr/bin:/bin"
        lines = [
            f"Port {self.port}", "ListenAddress 127.0.0.1", f"HostKey {self.folder / 'host'}", "UsePAM no",
            f"AuthorizedKeysFile {self.folder / 'let_in'}", "StrictModes no", "PasswordAuthentication no",
            "PermitRootLogin yes", f"PidFile {self.folder / 'pid'}", "Subsystem sftp sftp",
            f"SetEnv PATH={path} PYTHONPATH={PROJECT}", f"ForceCommand {self.folder / 'login'}",
        ]  # fmt: skip
        config = self.folder / "sshd_config"
        config.write_text("\n".join(lines) + "\n", encoding="ascii")
        if os.getuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)  # sshd's own wish, and Debian's service makes it
        with (self.folder / "sshd.log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._server, "-D", "-e", "-f", str(config)], stdout=log, stderr=subprocess.STDOUT
            )
        until = time.monotonic() + SLOW_S
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                assert self._process.poll() is None, (self.folder / "sshd.log").read_text("utf-8")
                time.sleep(0.02)
        raise AssertionError(f"the ssh server does not listen: {(self.folder / 'sshd.log').read_text('utf-8')[-2000:]}")

    def _end(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(SLOW_S)
            self._process = None

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()


def _program(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
