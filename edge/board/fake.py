"""Boards without hardware: one that records what the wire would have seen, one that stands for none."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

from edge.board.base import BoardHealth
from edge.board.fault import Fault
from edge.language import _

log = logging.getLogger(__name__)

_EDGE = (0, 1, 2, 5, 6, 7, 8, 9, 13, 14, 15, 16, 19, 20)
PINS: dict[str, Sequence[int]] = {
    "uno": range(2, 20),
    "leonardo": range(20),
    "mega2560": range(2, 54),
    "microbit": _EDGE,
    "handpy": _EDGE,
    "rpi": (4, 5, 6, 12, 13, *range(16, 28)),
    "unihiker": (*range(18), *range(19, 25)),
}
"""Digital pins by board name (pinpong 0.6.2, `extension/`): D0 and D1 are the serial line itself, except on a
Leonardo, whose USB is its own; D14 to D19 of an Uno or Leonardo are A0 to A5. D13 is P13 where a board names its pins
so, and BCM 13 (pin 33 of the header) on a Raspberry Pi."""
KEPT = 10_000
"""Changes remembered: a blinking lamp must not fill the memory in a term."""
REFUSED_KEPT = 20
"""Refusals remembered, each once: more than a person reads."""


class LevelChange(NamedTuple):
    """A pin went high or low."""

    tick_s: float
    """By the clock that the board was given."""
    pin: str
    on: bool


class FakeBoard:
    """A board that isn't there: like the wire, it knows changes of level, not writes, and starts low.

    What a real board of that name cannot do is refused, as there: it changes nothing, and health says so.
    """

    def __init__(
        self,
        on_change: Callable[[LevelChange], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        name: str = "uno",
    ) -> None:
        """`on_change` is called in the writer's thread, before `write` returns; `name` is that of the settings."""
        self.changes: deque[LevelChange] = deque(maxlen=KEPT)
        self.refused: deque[str] = deque(maxlen=REFUSED_KEPT)
        """Why writes were refused, each reason once, oldest first."""
        self._on_change, self._clock = on_change, clock
        self._name = name.lower()
        self._pins = frozenset(f"D{number}" for number in PINS.get(self._name, ()))
        self._high: set[str] = set()
        self._closed = False
        self._lock = threading.Lock()

    def write(self, pin: str, on: bool) -> None:
        if self._closed:
            self._refuse(pin, _("expected an open board; found {pin} written after close").format(pin=pin))
        elif self._name not in PINS:
            self._refuse(pin, Fault("unknown_board", {"expected": ", ".join(PINS), "found": self._name}).sentence())
        elif pin not in self._pins:
            pins = PINS[self._name]
            error = f"{self._name}: D{pins[0]} … D{pins[-1]}"
            self._refuse(pin, Fault("unknown_pin", {"pin": pin, "error": error}).sentence())
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

    def _refuse(self, pin: str, why: str) -> None:
        if why not in self.refused:
            self.refused.append(why)
            log.warning("board refused pin=%s board=%s reason=%s", pin, self._name, why)

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
