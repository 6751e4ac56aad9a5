"""Runs the command `gardenwatch` as its user does: in a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

SLOW_S = 240.0
"""A limit for a machine that is ten times too busy; nothing waits that long."""


def here(seconds: float) -> float:
    """That time on a calm machine; as much longer as this one has more to do than it has cores.

    For what has to be prompt: a promise is held to its figure where that can be held, and nothing fails by the rest.
    """
    if sys.platform == "win32":
        return 3 * seconds
    return seconds * max(1.0, 2 * os.getloadavg()[0] / (os.cpu_count() or 1))


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "edge", *map(str, words)]


def gardenwatch(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs it to its end, with these variables besides."""
    env = os.environ | environment
    return subprocess.run(
        command(*words), capture_output=True, encoding="utf-8", errors="replace", env=env, timeout=SLOW_S
    )


def listed(data: Path) -> list[dict[str, Any]]:
    """What `gardenwatch sightings` says of that folder, newest first."""
    run = gardenwatch("sightings", "--data", data, "--format", "jsonl")
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


class Daemon:
    """`gardenwatch run`, with a service manager that listens, until it is told to stop."""

    def __init__(self, *words: object) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._manager.bind(f"{self._folder.name}/notify")
        self._manager.settimeout(SLOW_S)
        self._lines: queue.Queue[str] = queue.Queue()
        self.said: list[str] = []
        self.process = subprocess.Popen(
            command("run", *words),
            env=os.environ | {"NOTIFY_SOCKET": f"{self._folder.name}/notify", "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def says(self, text: str) -> str:
        """Waits for a line with that text."""
        until = time.monotonic() + SLOW_S
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"never said {text!r}, but at last: {self.said[-20:]}") from None
            self.said.append(line)
            if text in line:
                return line

    def tells_systemd(self, text: str) -> str:
        """Waits for a notification with that text."""
        told = [""]
        while text not in told[-1]:
            try:
                told.append(self._manager.recv(4096).decode())
            except TimeoutError:
                said = [*self.said, *list(self._lines.queue)]
                raise AssertionError(f"never told {text!r}, but {told[-5:]}; said last: {said[-20:]}") from None
        return told[-1]

    def forget_what_systemd_was_told(self) -> None:
        """What nobody has taken yet."""
        self._manager.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                self._manager.recv(4096)
        self._manager.settimeout(SLOW_S)

    def stop(self, number: int = signal.SIGTERM) -> float:
        """Sends the signal; the seconds until the process has ended."""
        start = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(SLOW_S)
        seconds = time.monotonic() - start
        self._reader.join(SLOW_S)
        while not self._lines.empty():
            self.said.append(self._lines.get())
        return seconds

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)

    def __enter__(self) -> Daemon:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join(SLOW_S)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._manager.close()
        self._folder.cleanup()
