"""What the watcher writes into the database, each call one transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from edge.records import Box, Moment, Sighting
from edge.store.notices import Notice, add_notices
from edge.store.photo_record import plain_json
from edge.store.photos import Photo
from edge.store.run import Run, utc_text

Missing = Literal["disk_full", "disk_slow", "disk_failing", "broken", "withheld", "deleted", "expired"]
CloseReason = Literal["left", "stop", "crash", "rebuilt"]


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """A sighting's photo, or why there is none."""

    number: int
    photo: Photo | None
    missing: Missing | None
    box: Box | None
    """Of the photo; None without one: then the sighting's own holds."""
    taken: Moment


@dataclass(frozen=True, slots=True)
class Effort:
    """Seconds of one quarter of an hour, of one kind."""

    slice_tick_s: float
    slice_start: datetime
    kind: str
    """"watched", why it was blind, or why nobody watched."""
    seconds: float


@dataclass(frozen=True, slots=True)
class Withheld:
    """Movers of one quarter of an hour of which no picture is kept."""

    slice_tick_s: float
    slice_start: datetime
    count: int


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All or nothing. IMMEDIATE, so that waiting for another writer happens at the start."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def start_run(db: sqlite3.Connection, run: Run, ended: Literal["crash"] | None = None) -> None:
    """A run that is there already stays as it is; a boot's clock correction holds for its later runs too."""
    with transaction(db):
        insert_run(db, run, ended)


def insert_run(db: sqlite3.Connection, run: Run, ended: Literal["crash"] | None) -> None:
    """As `start_run`, within a transaction."""
    values = {
        **{key: value for key, value in asdict(run).items() if key != "started"},
        "started": utc_text(run.started.wall),
        "started_tick_s": run.started.tick_s,
        "last_alive": utc_text(run.started.wall),
        "end_reason": ended,
    }
    insert(db, "runs", values, "ON CONFLICT (id) DO NOTHING")
    db.execute(
        "UPDATE runs SET tick_zero_at = (SELECT tick_zero_at FROM clock_offsets WHERE boot_id = runs.boot_id"
        " ORDER BY number DESC LIMIT 1) WHERE id = ? AND clock = 'untrusted'",
        (run.id,),
    )


def close_after_crash(db: sqlite3.Connection) -> tuple[int, int]:
    """Ends runs and sightings that nobody ended, and asks for a sweep then. Returns how many of each."""
    with transaction(db):
        runs = db.execute("UPDATE runs SET end_reason = 'crash' WHERE end_reason IS NULL").rowcount
        sightings = close_all(db, "crash")
        if runs:
            db.execute(SWEEP_ALL)
    return runs, sightings


def end_run(db: sqlite3.Connection, run: Run) -> None:
    """A clean stop; what is still open was open when the watching ended."""
    with transaction(db):
        close_all(db, "stop")
        db.execute("UPDATE runs SET end_reason = 'stop' WHERE id = ?", (run.id,))


def close_all(db: sqlite3.Connection, reason: CloseReason) -> int:
    return db.execute("UPDATE sightings SET closed = 1, close_reason = ? WHERE closed = 0", (reason,)).rowcount


def save(
    db: sqlite3.Connection,
    run_id: str,
    sighting: Sighting,
    closed: CloseReason | None,
    photo: PhotoRow | None,
    notices: Iterable[Notice] = (),
) -> None:
    """The sighting as known now, with its photo where a new one came. Raises sqlite3.Error."""
    with transaction(db):
        insert_sighting(db, run_id, sighting, closed, photo)
        add_notices(db, notices)


def insert_sighting(
    db: sqlite3.Connection, run_id: str, sighting: Sighting, closed: CloseReason | None, photo: PhotoRow | None
) -> None:
    """As `save`, within a transaction."""
    _upsert(db, "sightings", _sighting_values(run_id, sighting, closed), "id")
    db.execute(f"{CORRECTED} AND sightings.id = ?", (sighting.id,))
    if photo is not None:
        _upsert(db, "photos", _photo_values(sighting.id, photo), "sighting_id")


def add_effort(db: sqlite3.Connection, run: Run, efforts: list[Effort], last_alive: datetime) -> None:
    """Adds to what the slices have already."""
    with transaction(db):
        db.executemany(
            "INSERT INTO effort VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET seconds = seconds + excluded.seconds",
            [(run.id, e.slice_tick_s, utc_text(e.slice_start), e.kind, e.seconds) for e in efforts],
        )
        db.execute("UPDATE runs SET last_alive = ? WHERE id = ?", (utc_text(last_alive), run.id))


def add_strains(db: sqlite3.Connection, run: Run, strains: list[Effort]) -> None:
    """Adds to what the slices have already."""
    with transaction(db):
        db.executemany(
            "INSERT INTO strains VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET seconds = seconds + excluded.seconds",
            [(run.id, one.slice_tick_s, utc_text(one.slice_start), one.kind, one.seconds) for one in strains],
        )


def add_withheld(db: sqlite3.Connection, run: Run, counts: list[Withheld]) -> None:
    """Adds to what the slices have already."""
    with transaction(db):
        db.executemany(
            "INSERT INTO withheld VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count",
            [(run.id, one.slice_tick_s, utc_text(one.slice_start), one.count) for one in counts],
        )


SWEEP_ALL = "INSERT INTO sweep (only, done) VALUES (1, '') ON CONFLICT (only) DO UPDATE SET done = ''"
CORRECTED = """
UPDATE sightings SET first_at = r.tick_zero_at + first_tick_s FROM runs r
WHERE r.id = sightings.run_id AND r.tick_zero_at IS NOT NULL
AND (r.trusted_tick_s IS NULL OR first_tick_s < r.trusted_tick_s)
"""
"""Which sightings, the caller adds."""


def _sighting_values(run_id: str, sighting: Sighting, closed: CloseReason | None) -> dict[str, Any]:
    return {
        "id": sighting.id,
        "run_id": run_id,
        "first_at": sighting.first_seen.wall.timestamp(),
        **moment_values(sighting.first_seen, "first_seen", "first"),
        **moment_values(sighting.last_seen, "last_seen", "last"),
        **moment_values(sighting.decided, "decided", "decided"),
        **moment_values(sighting.box_moment, "box_seen", "box"),
        **box_values(sighting.box),
        "label": sighting.label,
        "role": sighting.role,
        "confidence": float(sighting.confidence),
        "margin": _margin(sighting.receipt.votes),
        "receipt": json.dumps(asdict(sighting.receipt), default=plain_json),
        "closed": int(closed is not None),
        "close_reason": closed,
    }


def _margin(votes: Mapping[str, float]) -> float | None:
    """How far the best label is before the second; None without votes."""
    best = sorted((float(vote) for vote in votes.values()), reverse=True)
    return best[0] - (best[1] if len(best) > 1 else 0.0) if best else None


def _photo_values(sighting_id: str, row: PhotoRow) -> dict[str, Any]:
    file: dict[str, Any] = dict.fromkeys(("path", "sha256", "width", "height", "bytes"))
    if row.photo is not None:
        file = asdict(row.photo)
    taken = moment_values(row.taken, "taken", "taken")
    return {
        "sighting_id": sighting_id,
        "number": row.number,
        **file,
        **box_values(row.box),
        **taken,
        "missing": row.missing,
    }


def moment_values(moment: Moment, text: str, prefix: str) -> dict[str, Any]:
    return {text: utc_text(moment.wall), f"{prefix}_tick_s": moment.tick_s, f"{prefix}_s": moment.source_s}


def box_values(box: Box | None) -> dict[str, int | None]:
    values = (None,) * 4 if box is None else tuple(int(value) for value in (box.x, box.y, box.w, box.h))
    return dict(zip(("box_x", "box_y", "box_w", "box_h"), values, strict=True))


def _upsert(db: sqlite3.Connection, table: str, values: Mapping[str, Any], key: str) -> None:
    update = ", ".join(f"{name} = excluded.{name}" for name in values if name != key)
    insert(db, table, values, f"ON CONFLICT ({key}) DO UPDATE SET {update}")


def insert(db: sqlite3.Connection, table: str, values: Mapping[str, Any], conflict: str) -> None:
    columns, places = ", ".join(values), ", ".join(f":{name}" for name in values)
    db.execute(f"INSERT INTO {table} ({columns}) VALUES ({places}) {conflict}", values)
