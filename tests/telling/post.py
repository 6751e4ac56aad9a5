"""A channel that remembers what it was given, and clocks that tests turn on."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field

from edge.store.outbox import Kind, Parcel
from edge.telling.channel import Absent, Delivery, Undelivered

DAY_S = 86_400.0


@dataclass
class Clocks:
    """Monotonic and true time, a garden's fortnight in a moment."""

    tick_s: float = 0.0
    start: float | None = 1.0e9

    def tick(self) -> float:
        return self.tick_s

    def now(self) -> float | None:
        return None if self.start is None else self.start + self.tick_s


@dataclass
class Remembering:
    """Delivers everything while `works`; refuses what `refused` names. `away`: nobody listens, and it knows that."""

    name: str = "teachers"
    kinds: tuple[Kind, ...] = ()
    at_once: int = 1
    works: bool = True
    away: bool = False
    refused: set[int] = field(default_factory=set)
    had: list[Parcel] = field(default_factory=list)
    attempts: list[float] = field(default_factory=list)
    clocks: Clocks = field(default_factory=Clocks)
    closed: bool = False

    def prepare(self, db: sqlite3.Connection) -> None:
        """Needs no connection."""
        if self.away:
            raise Absent("nobody listens")

    def deliver(self, db: sqlite3.Connection, parcels: Sequence[Parcel]) -> Delivery:
        self.attempts.append(self.clocks.tick_s)
        if not self.works:
            raise Undelivered("no route to host")
        failed = tuple(one for one in parcels if one.number in self.refused)
        sent = tuple(one for one in parcels if one.number not in self.refused)
        self.had += sent
        return Delivery(sent=sent, failed=failed, why="too large" if failed else "")

    def close(self) -> None:
        self.closed = True
