"""Who is to hear of a sighting, because a rule says so."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """One rule's wish for one sighting."""

    channel: str
    sighting_id: str
    rule: str


def add_notices(db: sqlite3.Connection, notices: Iterable[Notice]) -> None:
    """Into the outbox, within the transaction of the sighting; once for each rule."""
    rows = [(one.channel, f"{one.sighting_id}:{one.rule}") for one in notices]
    if rows:
        db.executemany("INSERT OR IGNORE INTO outbox (channel, kind, ref) VALUES (?, 'notice', ?)", rows)
