"""A bench with a USB socket and a lamp on every pin: what an emulated Uno of either make offers to a test."""

from __future__ import annotations

import os
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

LISTING = Path(__file__).parent / "listing"
PINS = 20
SLOW_S = 240.0
"""A limit for a machine that is ten times too busy; nothing waits that long."""


class Change(NamedTuple):
    """A pin went high or low."""

    tick_s: float
    """time.monotonic(), the same clock in every process."""
    on: bool


def environment(*boards: Bench) -> dict[str, str]:
    """The environment of a process that shall see these boards as USB devices; it may start the daemon."""
    ports = ",".join(f"{board.path}={board.usb_id}" for board in boards)
    path = os.pathsep.join(filter(None, (str(LISTING), os.environ.get("PYTHONPATH"))))
    return {**os.environ, "PYTHONPATH": path, "GARDENWATCH_RIG_PORTS": ports}


class Bench(ABC):
    """One Uno that can be plugged in and pulled out; its levels are remembered from one plugging to the next."""

    def __init__(self, folder: Path, *, usb_id: str = "2341:0043", name: str = "ttyACM0", plugged: bool = True) -> None:
        self.path = folder / name
        """The port, while it is plugged in: a link to a pseudo-terminal, listed by pyserial under this name."""
        self.usb_id = usb_id
        self.opened = 0
        """How often a program has opened the port, which resets the board."""
        self._changed = threading.Condition()
        self._changes: list[list[Change]] = [[] for _ in range(PINS)]
        self._plugged = False
        if plugged:
            self.plug()

    @property
    def env(self) -> dict[str, str]:
        """`environment` of this board alone."""
        return environment(self)

    def changes(self, pin: int) -> list[Change]:
        """What a lamp on that pin showed, oldest first; it starts dark, and goes dark when the board is pulled out."""
        with self._changed:
            return list(self._changes[pin])

    def levels(self, pin: int) -> list[bool]:
        return [change.on for change in self.changes(pin)]

    def level(self, pin: int) -> bool:
        return self.levels(pin)[-1:] == [True]

    def wait_for(self, condition: Callable[[], bool], timeout_s: float = SLOW_S) -> bool:
        """Looks again after everything that happens to the board. Returns whether the condition came true."""
        with self._changed:
            return self._changed.wait_for(condition, timeout_s)

    def wait_for_level(self, pin: int, on: bool, timeout_s: float = SLOW_S) -> bool:
        return self.wait_for(lambda: self.level(pin) == on, timeout_s)

    def plug(self) -> None:
        """Plugs the board in: it starts, and its port appears."""
        terminal = self._power_on()
        self.path.symlink_to(terminal)
        self._plugged = True

    def unplug(self) -> None:
        """Pulls the cable: the port hangs up and is gone, the lamps are dark."""
        if self._plugged:
            self._plugged = False
            self.path.unlink()
            self._power_off()
            self._all_dark()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug()

    @abstractmethod
    def reset(self) -> None:
        """The reset button, or a dip of the supply: the port stays, the pins go dark."""

    @abstractmethod
    def _power_on(self) -> str:
        """Starts a board; returns the name of its terminal."""

    @abstractmethod
    def _power_off(self) -> None:
        """Stops it; the terminal hangs up."""

    def _happened(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _show(self, pin: int, on: bool, tick_s: float | None = None) -> None:
        with self._changed:
            if self.level(pin) != on:
                self._changes[pin].append(Change(time.monotonic() if tick_s is None else tick_s, on))
                self._changed.notify_all()

    def _all_dark(self) -> None:
        for pin in range(PINS):
            self._show(pin, False)
