"""Starts one training at a time, in a process that outlives the page and the studio."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from training.errors import TrainingError, UsageError
from training.language import _
from training.studio.learner import HOST, WAIT_S
from training.studio.plan import Plan
from training.train_commands import EXIT_INTERRUPTED

State = Literal["none", "running", "done", "stopped", "failed", "lost"]
FULL_BYTES = 30 * 10**6
"""Less holds no two states of a MobileNetV2 (progress.pth and best.pth, each written beside the former one)."""
STARTS_WITHIN_S = 30
"""Python alone is up in a second; a school PC that scans every file for viruses takes longer."""


@dataclass(frozen=True, slots=True)
class Present:
    """How the latest training stands; `run` and `epochs` are those it was started with."""

    state: State
    run: Path | None = None
    epochs: int = 0
    log: str = ""
    is_disk_full: bool = False


class TrainingProcess:
    """Of one workspace; its files say all, so that a new studio finds a training that an old one began."""

    def __init__(self, root: Path, language: str = "en") -> None:
        self._begun, self._door = root / "training.json", root / "training.door"
        self._end, self._log = root / "training.end", root / "training.log"
        self._language = language
        self._one_at_a_time = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def start(self, plan: Plan) -> None:
        """Raises UsageError where a training is under way, or the run's folder holds something."""
        with self._one_at_a_time:
            present = self.present()
            if present.state == "running":
                found = _("{name} under way").format(name=present.run and present.run.name)
                raise UsageError(_("no other training"), found, _("wait for its end, or stop it"))
            if plan.run.exists():
                found = _("{path}, which exists").format(path=plan.run)
                raise UsageError(_("a new name for the training"), found, _("choose another name"))
            for path in (self._begun, self._door, self._end):
                path.unlink(missing_ok=True)
            words = ["--language", self._language, *plan.words()]
            command = [sys.executable, "-m", "training.studio.learner", str(self._door), str(self._end), *words]
            with self._log.open("wb") as log:
                self._child = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env=os.environ | {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"},
                    start_new_session=True,  # a Ctrl-C for the studio is none for the training; no effect on Windows
                )
            self._begun.write_text(json.dumps({"run": str(plan.run), "epochs": plan.epochs}), encoding="utf-8")
            self._expect_it_is_there()

    def _expect_it_is_there(self) -> None:
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not self._door.is_file() and not self._end.is_file():
            assert self._child is not None
            if self._child.poll() is not None or time.monotonic() > deadline:
                todo = _("look at {path}").format(path=self._log)
                raise TrainingError(_("a training that starts"), _("a process that ended at once"), todo)
            time.sleep(0.05)

    def stop(self) -> None:
        """As Ctrl-C does: it ends within some seconds, and keeps the best network so far."""
        if self.present().state != "running" or not self._asked("stop"):
            raise UsageError(_("a training under way"), _("none"), _("start one"))

    def present(self) -> Present:
        """The truth, also where the computer was switched off in between."""
        is_ours = self._child is not None and self._child.poll() is None  # asking also lets the system forget it
        begun = _read(self._begun)
        if not begun:
            return Present("none")
        run, epochs = Path(begun["run"]), int(begun["epochs"])
        ended = _read(self._end)
        state: State = "lost"
        if ended:
            state = {0: "done", EXIT_INTERRUPTED: "stopped"}.get(ended["code"], "failed")  # type: ignore[assignment]
        elif is_ours or self._asked("there"):
            state = "running"
        elif ended := _read(self._end):  # it ended while it was asked
            return self.present()
        return Present(state, run, epochs, _last_lines(self._log), _is_full(self._begun.parent))

    def _asked(self, word: str) -> bool:
        door = _read(self._door)
        if not door:
            return False
        try:
            with socket.create_connection((HOST, door["port"]), WAIT_S) as line:
                line.sendall(f"{word} {door['secret']}".encode())
                return line.recv(100).decode("ascii", "replace") == str(door["secret"])
        except OSError:
            return False


def _read(path: Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < FULL_BYTES
    except OSError:
        return False


def _last_lines(path: Path, most: int = 12) -> str:
    """Progress bars write over themselves; only what was last on each line counts."""
    try:
        text = path.read_bytes()[-8000:].decode("utf-8", "replace")
    except OSError:
        return ""
    lines = [line.rstrip().rpartition("\r")[2] for line in text.replace("\r\n", "\n").split("\n")]
    return "\n".join([line for line in lines if line.strip()][-most:])
