"""How one garden is, in a few words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class GardenState:
    """Times are the garden's own."""

    name: str
    """Of the device in its topics; empty for the record's own."""
    well: bool | None
    """Whether it says so itself and is there; None where nothing is known."""
    online: bool | None
    last_heard: datetime | None
    last_id: str | None
    """Of the newest sighting."""
    last_seen: datetime | None
    visits: int
    """Of its present day."""
    watched_s: float
    """Of its present day."""
    waiting: int
    """Messages that it has still to tell."""
