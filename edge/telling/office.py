"""Everybody who is to be told, each with a courier of their own."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Protocol

from edge.glimpse import State
from edge.telling.courier import Courier

LEAVE_S = 0.7
"""How long a stop waits for all farewells; with the record and the board it must end within two seconds."""
HEALTH_EVERY_S = 5.0
"""How often it is asked how the watcher is; it is told when it changes."""


class Listener(Protocol):
    """Who wants to know how the watcher is."""

    def tell_health(self, health: dict[str, object]) -> None: ...


class Office:
    """Without anybody to tell it does nothing. No method waits for a network, none raises."""

    def __init__(self, couriers: Sequence[Courier] = (), listeners: Sequence[Listener] = ()) -> None:
        self._couriers, self._listeners = couriers, listeners
        self._due_s = 0.0

    @property
    def waiting(self) -> int:
        """Messages of all channels that wait, some seconds ago; none of it is news to the record."""
        return sum(courier.waiting for courier in self._couriers)

    def start(self) -> None:
        for courier in self._couriers:
            courier.start()

    def notice(self, tick_s: float, state: Callable[[], State]) -> None:
        """Once in every turn of the loop."""
        if self._listeners and tick_s >= self._due_s:
            self._due_s = tick_s + HEALTH_EVERY_S
            for listener in self._listeners:
                listener.tell_health(as_health(state()))

    def close(self) -> None:
        """All take leave at once; what still waits stays in the outbox."""
        for courier in self._couriers:
            courier.stop()
        until_s = time.monotonic() + LEAVE_S
        for courier in self._couriers:
            courier.join(until_s - time.monotonic())


def as_health(state: State) -> dict[str, object]:
    """In the watcher's own words; a dark night is no trouble, a camera that is being opened is not yet."""
    well = state.camera != "lost" and state.scene in ("seen", "dark") and state.store == "ok"
    kept = {key: value for key, value in asdict(state).items() if key in ("camera", "scene", "store", "board", "lamp")}
    return {"well": well and state.board not in ("backoff", "failed"), **kept}
