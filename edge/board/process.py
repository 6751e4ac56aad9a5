"""The worker process as the daemon sees it: commands go in, messages come out, nothing blocks."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections import deque
from dataclasses import dataclass, field

LEAVE_WITHIN_S = 1.2
"""A connected worker needs about 5 ms for each pin that is on; `Board.close` promises two seconds in all."""


@dataclass(frozen=True, slots=True)
class Message:
    """One line from the worker."""

    word: str
    facts: dict[str, str] = field(default_factory=dict)


class WorkerProcess:
    """One run of edge.board.worker. `changed` is notified for each message, and once it has ended."""

    def __init__(self, board: str, port: str | None, pause_s: float, changed: threading.Condition) -> None:
        # -P: a pupil's own pinpong.py or serial.py in the current folder must not be imported.
        command = [sys.executable, "-P", "-m", "edge.board.worker", "--board", board, "--pause", f"{pause_s:.1f}"]
        if port is not None:
            command += ["--port", port]
        self._changed = changed
        self._messages: deque[Message] = deque()
        self._ended = False
        # A session of its own: Ctrl-C in the terminal is the daemon's to handle, which puts the lamp out first.
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", start_new_session=True
        )
        self._reader = threading.Thread(target=self._read, name="board-worker", daemon=True)
        self._reader.start()

    @property
    def news(self) -> bool:
        """A message waits, or the process has ended. Read it with `changed` held."""
        return bool(self._messages) or self._ended

    def take(self) -> Message | None:
        """The next message; after the last one `ended`; None where there is no news."""
        if self._messages:
            return self._messages.popleft()
        if self._ended:
            return Message("ended", {"error": f"status {self._process.wait()}"})
        return None

    def send(self, command: str) -> None:
        """Never blocks: a command is 16 bytes, and the next one goes only after the answer to the last."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(command + "\n")
            self._process.stdin.flush()
        except OSError:  # it has just died; its end is news
            return

    def end(self, *, politely: bool) -> None:
        """Pins low where `politely`, then away with it."""
        if politely:
            self.send("quit")
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(LEAVE_WITHIN_S)
        self._process.kill()
        self._process.wait()
        self._reader.join()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(OSError):  # a command that was not sent any more
            self._process.stdin.close()
        self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            facts: dict[str, str] = json.loads(line)
            with self._changed:
                self._messages.append(Message(facts.pop("word"), facts))
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()
