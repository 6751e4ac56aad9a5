"""What every way of telling has in common."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from edge.store.outbox import Kind, Parcel


class Undelivered(Exception):
    """Nothing could be sent now. The text names no secret and is for a person."""


class Absent(Undelivered):
    """Who should hear it is away. The connection stands and will say when they are back, so looking costs nothing."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of some parcels."""

    sent: tuple[Parcel, ...] = ()
    gone: tuple[Parcel, ...] = ()
    """What they tell of is no longer in the record."""
    failed: tuple[Parcel, ...] = ()
    why: str = ""
    """Of the failed ones."""


class Channel(Protocol):
    """One broker, or one address of people. Used by one thread only."""

    name: str
    kinds: tuple[Kind, ...]
    """What it gets of every sighting by itself."""
    at_once: int
    """Parcels in one delivery."""

    def prepare(self, db: sqlite3.Connection) -> None:
        """Before each look into the outbox: connected, where that is needed. Raises Undelivered; never waits longer
        than its timeouts."""

    def deliver(self, db: sqlite3.Connection, parcels: Sequence[Parcel]) -> Delivery:
        """Raises Undelivered where it could not try at all."""

    def close(self) -> None:
        """Takes leave, within half a second."""
