"""What waits to be told to others, in the database."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from edge.store.rows import transaction

Kind = Literal["event", "sighting", "photo", "effort", "notice", "digest"]
Outcome = Literal["sent", "too_many", "too_old", "gone"]
"""`gone`: what it tells of is no longer in the record, or nobody is to be told any more."""

EFFORT_RIPE_S = 1200.0
"""A slice of effort is a quarter of an hour long, and is written up to a minute later."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One row that waits."""

    number: int
    channel: str
    kind: Kind
    ref: str
    since: float | None
    """Unix seconds from which its age counts; None as long as nobody had set the clock."""
    attempts: int
    failure: str

    @property
    def id(self) -> str:
        """The same in every attempt and after a restart, so that a receiver can drop what it had before."""
        return f"{self.ref}-{self.number}"


def subscribe(db: sqlite3.Connection, channel: str, kinds: Collection[Kind]) -> None:
    """From now on the channel gets these by itself. Writes nothing where that is so already: a disk may be full."""
    before = {kind for (kind,) in db.execute("SELECT kind FROM subscriptions WHERE channel = ?", (channel,))}
    if before != set(kinds):
        with transaction(db):
            db.execute("DELETE FROM subscriptions WHERE channel = ?", (channel,))
            db.executemany("INSERT INTO subscriptions VALUES (?, ?)", [(channel, kind) for kind in kinds])


def forget_others(db: sqlite3.Connection, channels: Collection[str], now: float) -> None:
    """What waits for a channel that is no longer there is counted as gone, and it gets nothing more."""
    query = "SELECT channel FROM subscriptions UNION SELECT channel FROM outbox"
    for channel in {channel for (channel,) in db.execute(query)} - set(channels):
        with transaction(db):
            db.execute("DELETE FROM subscriptions WHERE channel = ?", (channel,))
            count = db.execute("DELETE FROM outbox WHERE channel = ?", (channel,)).rowcount
            _count(db, channel, "gone", count, now)


def add_digest(db: sqlite3.Connection, channel: str, day: date) -> bool:
    """Once for each day, whatever restarts and clocks do; False where it was there before."""
    with transaction(db):
        query = "INSERT INTO digests (channel, day) VALUES (?, ?) ON CONFLICT DO NOTHING"
        new = db.execute(query, (channel, day.isoformat())).rowcount > 0
        if new:
            values = (channel, day.isoformat())
            db.execute("INSERT INTO outbox (channel, kind, ref) VALUES (?, 'digest', ?)", values)
    return new


def waiting(db: sqlite3.Connection, channel: str, most: int, now: float | None) -> list[Parcel]:
    """The next parcels: those that were tried least, in their order.

    So one that is refused again and again never stands before the others.
    """
    ripe = 0.0 if now is None else now - EFFORT_RIPE_S
    query = (
        "SELECT number, channel, kind, ref, since, attempts, failure FROM outbox WHERE channel = ?"
        " AND (kind != 'effort' OR since <= ?) ORDER BY attempts, number LIMIT ?"
    )
    return [Parcel(*row) for row in db.execute(query, (channel, ripe, most))]


def count(db: sqlite3.Connection, channel: str) -> int:
    """How many wait."""
    return int(db.execute("SELECT count(*) FROM outbox WHERE channel = ?", (channel,)).fetchone()[0])


def keep_bounds(db: sqlite3.Connection, channel: str, most: int, most_age_s: float, now: float | None) -> int:
    """Drops what is too old or too much, the oldest first; returns how many. Without a clock nothing has an age."""
    if not _needs_bounds(db, channel, most, most_age_s, now):
        return 0
    dropped = 0
    with transaction(db):
        if now is not None:
            db.execute("UPDATE outbox SET since = ? WHERE channel = ? AND since IS NULL", (now, channel))
            query = "DELETE FROM outbox WHERE channel = ? AND since < ?"
            dropped += _count(db, channel, "too_old", db.execute(query, (channel, now - most_age_s)).rowcount, now)
        query = (
            "DELETE FROM outbox WHERE channel = ?1 AND number <="
            " (SELECT number FROM outbox WHERE channel = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)"
        )
        dropped += _count(db, channel, "too_many", db.execute(query, (channel, most)).rowcount, now)
    return dropped


def _needs_bounds(db: sqlite3.Connection, channel: str, most: int, most_age_s: float, now: float | None) -> bool:
    """Looks before it writes: most of the time nothing is to be done, and a card is worn by writing."""
    count, unseen, oldest = db.execute(
        "SELECT count(*), count(*) - count(since), min(since) FROM outbox WHERE channel = ?", (channel,)
    ).fetchone()
    return count > most or (now is not None and (unseen > 0 or (oldest is not None and oldest < now - most_age_s)))


def done(db: sqlite3.Connection, parcels: Sequence[Parcel], outcome: Outcome, now: float | None) -> None:
    """They are told. News of the same thing that came meanwhile has another number, and stays."""
    if parcels:
        with transaction(db):
            db.executemany("DELETE FROM outbox WHERE number = ?", [(one.number,) for one in parcels])
            _count(db, parcels[0].channel, outcome, len(parcels), now)


def failed(db: sqlite3.Connection, parcels: Sequence[Parcel], why: str) -> None:
    """They were tried once more; they go behind those that were tried less."""
    if parcels:
        with transaction(db):
            query = "UPDATE outbox SET attempts = attempts + 1, failure = ? WHERE number = ?"
            db.executemany(query, [(why, one.number) for one in parcels])


def outcomes(db: sqlite3.Connection) -> list[tuple[str, Outcome, int, float]]:
    """Channel, outcome, how many, when the last (unix seconds)."""
    return list(db.execute("SELECT channel, outcome, count, last_at FROM outcomes ORDER BY channel, outcome"))


def queues(db: sqlite3.Connection) -> list[tuple[str, int, float | None, int, str]]:
    """Of each channel with something waiting: how many, since when, attempts at one, the last failure."""
    query = (
        "SELECT channel, count(*), min(since), max(attempts),"
        " coalesce((SELECT failure FROM outbox o WHERE o.channel = outbox.channel AND failure != ''"
        "  ORDER BY attempts DESC, number DESC LIMIT 1), '')"
        " FROM outbox GROUP BY channel ORDER BY channel"
    )
    return list(db.execute(query))


def _count(db: sqlite3.Connection, channel: str, outcome: Outcome, count: int, now: float | None) -> int:
    if count:
        db.execute(
            "INSERT INTO outcomes VALUES (?1, ?2, ?3, ?4)"
            " ON CONFLICT DO UPDATE SET count = count + excluded.count, last_at = excluded.last_at",
            (channel, outcome, count, now or 0.0),
        )
    return count
