"""Boards without hardware: one that records what the wire would have seen, one that stands for none."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from edge.board.base import BoardHealth
from edge.board.fault import Fault
from edge.language import _

UNO_PINS = frozenset(f"D{number}" for number in range(2, 20))
"""D0 and D1 are the serial line itself; D14 to D19 are A0 to A5 (pinpong 0.6.2, `extension/uno.py`)."""
KEPT = 10_000
"""Changes remembered: a blinking lamp must not fill the memory in a term."""


class LevelChange(NamedTuple):
    """A pin went high or low."""

    tick_s: float
    """By the clock that the board was given."""
    pin: str
    on: bool


class FakeBoard:
    """An Uno that isn't there: like the wire, it knows changes of level, not writes, and starts low.

    What a real Uno cannot do is refused, as there: it changes nothing, and health says so.
    """

    def __init__(
        self,
        on_change: Callable[[LevelChange], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`on_change` is called in the writer's thread, before `write` returns."""
        self.changes: deque[LevelChange] = deque(maxlen=KEPT)
        self.refused: list[str] = []
        """Why writes were refused, oldest first."""
        self._on_change, self._clock = on_change, clock
        self._high: set[str] = set()
        self._closed = False
        self._lock = threading.Lock()

    def write(self, pin: str, on: bool) -> None:
        if self._closed:
            self.refused.append(_("expected an open board; found {pin} written after close").format(pin=pin))
        elif pin not in UNO_PINS:
            self.refused.append(Fault("unknown_pin", {"pin": pin, "error": "D2 … D19"}).sentence())
        else:
            self._set(pin, on)

    def level(self, pin: str) -> bool:
        return pin in self._high

    def health(self) -> BoardHealth:
        if self.refused:
            return BoardHealth("failed", self.refused[-1])
        return BoardHealth("ready", _("no real board: what it would do is only told"))

    def close(self) -> None:
        for pin in sorted(self._high):
            self._set(pin, False)
        self._closed = True

    def _set(self, pin: str, on: bool) -> None:
        with self._lock:
            if (pin in self._high) == on:
                return
            (self._high.add if on else self._high.discard)(pin)
            change = LevelChange(self._clock(), pin, on)
            self.changes.append(change)
        if self._on_change is not None:
            self._on_change(change)


class NoBoard:
    """No board is configured; nothing is lit, nothing is wrong."""

    def write(self, pin: str, on: bool) -> None:
        """Does nothing."""

    def health(self) -> BoardHealth:
        return BoardHealth("off", _("no board is configured (board.kind: none)"))

    def close(self) -> None:
        """Nothing to let go of."""
