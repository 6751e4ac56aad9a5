"""The hub as a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import yaml

from tests.conftest import PROJECT

SLOW_S = 240.0
"""A limit for a machine that is ten times too busy; nothing waits that long."""


class Hub:
    """`gardenwatch hub` in a process of its own."""

    def __init__(self, folder: Path, port: int, database: str) -> None:
        folder.mkdir(exist_ok=True)
        self.data = folder / "data"
        self._file = folder / "hub.yaml"
        self._log = folder / "log"
        said = {"data": "data", "database": database, "broker": {"host": "127.0.0.1", "port": port}}
        self._file.write_text(yaml.safe_dump(said), encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with open(self._log, "ab") as log:
            words = [sys.executable, "-m", "edge", "hub", "--config", str(self._file)]
            self._process = subprocess.Popen(words, cwd=PROJECT, stdout=log, stderr=log)

    def end(self, number: int) -> int:
        assert self._process is not None
        self._process.send_signal(number)
        return self._process.wait(SLOW_S)

    @property
    def log(self) -> str:
        return self._log.read_text("utf-8")

    def files(self) -> list[str]:
        return sorted(path.name for path in self.data.rglob("*.jpg"))
