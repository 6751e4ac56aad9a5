"""What has been said to one worker, and what it owes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal, cast

from edge.board.fault import Fault, Reason
from edge.board.process import Message, WorkerProcess


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for the worker and for the board."""

    connect_s: float = 15.0
    """From choosing a port to ready: 2.1 s on a PC; pinpong itself gives up after 12.7 s."""
    answer_s: float = 4.0
    """For one command; the worker gives up a silent board after 2 s, so that this one means a stuck worker."""
    ping_s: float = 5.0
    """Between two questions to an idle board, so that a dead one is noticed before the next sighting."""
    retry_s: float = 1.0
    """Before the second attempt at a faulty board; doubles with each attempt."""
    retry_max_s: float = 60.0
    """The longest pause, and the one after a fault that only a person can mend."""
    settled_s: float = 60.0
    """A board that was ready for so long gets the short pause again; one with a loose contact does not."""


class Talk:
    """The conversation with one worker, by the clock; it does not wait itself."""

    def __init__(self, worker: WorkerProcess, patience: Patience, pause_s: float) -> None:
        self.worker, self.port = worker, "USB"
        self._patience = patience
        self._phase: Literal["starting", "absent", "connecting", "ready"] = "starting"
        self._asked = False
        self._sent: dict[str, bool] = {}
        self._ready_at: float | None = None
        self.fault: Fault | None = None
        """What the worker said last was wrong with the board."""
        self._due = time.monotonic() + pause_s + patience.connect_s

    @property
    def overdue(self) -> bool:
        """Past its time, the worker owes an answer; where it owes none, it is time for a ping."""
        return self._asked or self._phase in ("starting", "connecting")

    @property
    def limit_s(self) -> float:
        """How long the worker may take for what it owes now."""
        return self._patience.connect_s if self._phase in ("starting", "connecting") else self._patience.answer_s

    def remaining_s(self) -> float:
        return max(0.0, self._due - time.monotonic())

    def ready_for_s(self) -> float | None:
        """How long the board has been ready; None where it never was."""
        return None if self._ready_at is None else time.monotonic() - self._ready_at

    def order(self, wanted: dict[str, bool]) -> tuple[str, bool] | None:
        """A pin whose wanted level the worker can be told now."""
        if self._phase != "ready" or self._asked:
            return None
        return next((item for item in wanted.items() if self._sent.get(item[0]) != item[1]), None)

    def write(self, pin: str, on: bool) -> None:
        self._sent[pin] = on
        self._ask(f"write {pin} {int(on)}")

    def ping(self) -> None:
        self._ask("ping")

    def hear(self, message: Message) -> Fault | None:
        """Takes note of a message; gives the fault where it tells of one."""
        now = time.monotonic()
        if message.word in ("done", "refused"):
            self._asked, self._due = False, now + self._patience.ping_s
        if message.word == "refused":
            return Fault("unknown_pin", message.facts)
        if message.word == "done":
            return None
        if message.word == "connecting":
            self.fault = None
            self._phase, self._due, self.port = "connecting", now + self._patience.connect_s, message.facts["port"]
            return None
        if message.word == "ready":
            self._phase, self._ready_at = "ready", now
            self._due = now + (self._patience.answer_s if self._asked else self._patience.ping_s)
            return None
        if message.word == "absent":
            self._phase, self._due = "absent", now + self._patience.ping_s
        self.fault = Fault(cast(Reason, message.word), message.facts)
        return self.fault

    def _ask(self, command: str) -> None:
        self._asked, self._due = True, time.monotonic() + self._patience.answer_s
        self.worker.send(command)
