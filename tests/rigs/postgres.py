"""A real PostgreSQL of its own, in a folder, on a socket only; killed and started again at will."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

SLOW_S = 240.0
"""A limit for a machine that is ten times too busy; nothing waits that long."""


def need_postgres() -> Path:
    """The folder of its programs; skips the test where Debian's package is not installed."""
    pytest.importorskip("psycopg", reason="psycopg is not installed: pip install 'gardenwatch[hub]'")
    known = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if known:
        return known[-1].parent
    found = shutil.which("initdb")
    if found is None:
        pytest.skip("postgresql is not installed: make test-system installs it")
    return Path(found).parent


class Postgres:
    """Killed, but never by a power cut: without fsync its tests are quick."""

    def __init__(self) -> None:
        self._programs = need_postgres()
        self._folder = Path(tempfile.mkdtemp(prefix="gw-pg-"))  # a socket's path is short
        self._user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() == 0:
            shutil.chown(self._folder, self._user)
        self._process: subprocess.Popen[bytes] | None = None
        self._run("initdb", "-D", str(self._folder / "data"), "-A", "trust", "-U", "test", "--no-sync", "-E", "UTF8")
        self._made = 0

    def start(self) -> None:
        words = [str(self._programs / "postgres"), "-D", str(self._folder / "data"), "-k", str(self._folder)]
        words += ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "shared_buffers=64MB", "-c", "max_connections=50"]
        log = open(self._folder / "log", "ab")  # noqa: SIM115 (the server's from now on)
        with log:
            self._process = subprocess.Popen(words, stdout=log, stderr=log, **self._as_user())
        until = time.monotonic() + SLOW_S
        while subprocess.run(
            [str(self._programs / "pg_isready"), "-q", "-h", str(self._folder)], check=False
        ).returncode:
            assert self._process.poll() is None, (self._folder / "log").read_text()[-2000:]
            assert time.monotonic() < until, "the database does not start"
            time.sleep(0.05)

    def kill(self) -> None:
        """As a power cut does to its processes."""
        self._end(signal.SIGQUIT)

    def database(self) -> str:
        """A new and empty one, as libpq takes it."""
        import psycopg

        self._made += 1
        with psycopg.connect(self._where("postgres"), autocommit=True) as db:
            db.execute(f"CREATE DATABASE hub{self._made}".encode())
        return self._where(f"hub{self._made}")

    def close(self) -> None:
        self._end(signal.SIGQUIT)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _where(self, name: str) -> str:
        return f"host={self._folder} user=test dbname={name}"

    def _end(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait()
            self._process = None

    def _run(self, program: str, *words: str) -> None:
        subprocess.run([str(self._programs / program), *words], check=True, capture_output=True, **self._as_user())

    def _as_user(self) -> dict[str, Any]:
        """It refuses to run as root."""
        return {"user": self._user, "group": self._user, "cwd": "/"} if os.geteuid() == 0 else {"cwd": "/"}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
