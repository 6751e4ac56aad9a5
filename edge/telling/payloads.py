"""What the messages to other programs say, read from the record when they are sent."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from edge.language import _, current
from edge.model.labels import UNKNOWN, Label
from edge.store.outbox import Parcel
from edge.store.past_rejections import as_receipt
from edge.store.reading import SELECT, Row, as_row
from edge.store.run import local

VERSION = 1
"""Of these messages; it rises when a reader of the old ones would misunderstand."""


def as_json(values: Mapping[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


def row_of(db: sqlite3.Connection, id: str) -> Row | None:
    """The sighting as it is known now; None where the record has lost it."""
    found = db.execute(f"{SELECT} WHERE current.id = ?", (id,)).fetchone()
    return None if found is None else as_row(found)


def sighting(db: sqlite3.Connection, parcel: Parcel, device: str) -> dict[str, Any] | None:
    """All of a visit, as the record has it; sent when it opens, when it is over, and when something is corrected."""
    row = row_of(db, parcel.ref)
    if row is None:
        return None
    run = db.execute("SELECT * FROM runs WHERE id = ?", (row.run_id,)).fetchone()
    (receipt,) = db.execute("SELECT receipt FROM sightings WHERE id = ?", (row.id,)).fetchone()
    kept = db.execute("SELECT number, sha256 FROM photos WHERE sighting_id = ?", (row.id,)).fetchone()
    return {
        "v": VERSION,
        "message_id": parcel.id,
        "device": device,
        "id": row.id,
        "first_seen": _text(row.first_seen),
        "last_seen": _text(row.last_seen),
        "clock": row.clock,
        "timezone": run["timezone"],
        "label": row.label,
        "role": row.role,
        "confidence": round(row.confidence, 4),
        "candidates": {label: round(vote, 4) for label, vote in as_receipt(receipt).votes.items()},
        "verdict": row.verdict,
        "judged_by": row.judged_by,
        "judged_at": None if row.judged_at is None else _text(row.judged_at),
        "truth": row.truth,
        "truth_role": row.truth_role,
        "closed": row.closed,
        "box": list(row.box),
        "photo": None if row.photo is None else Path(row.photo).name,
        "photo_number": None if kept is None else kept["number"],
        "photo_sha256": None if kept is None else kept["sha256"],
        "photo_missing": row.photo_missing,
        "source": row.source,
        "run": row.run_id,
        "model": row.model_id,
        "config": run["config_digest"],
        "software": run["software"],
    }


def event(row: Row, parcel: Parcel, labels: Mapping[str, Label]) -> dict[str, Any]:
    """A visit that begins, as Home Assistant's event entities want it: the type, and attributes beside it."""
    return {
        "event_type": row.role,
        "message_id": parcel.id,
        "id": row.id,
        "label": row.label,
        "name": name_of(row.label, labels),
        "confidence": round(row.confidence, 4),
        "first_seen": _text(row.first_seen),
    }


def last(row: Row, labels: Mapping[str, Label]) -> dict[str, Any]:
    return {
        "label": row.truth,
        "name": name_of(row.truth, labels),
        "role": row.truth_role,
        "confidence": round(row.confidence, 4),
        "first_seen": _text(row.first_seen),
        "id": row.id,
    }


def effort(db: sqlite3.Connection, parcel: Parcel, device: str) -> dict[str, Any] | None:
    """A quarter of an hour of watching: seconds by kind, `watched` or why it was blind."""
    run_id, _colon, slice_tick_s = parcel.ref.rpartition(":")
    found = db.execute(
        "SELECT kind, seconds, slice_start FROM effort WHERE run_id = ? AND slice_tick_s = CAST(? AS REAL)",
        (run_id, slice_tick_s),
    ).fetchall()
    run = db.execute("SELECT * FROM runs WHERE id = ?", (run_id,)).fetchone()
    if not found or run is None:
        return None
    begun, tick_s = min(row["slice_start"] for row in found), float(slice_tick_s)
    corrected = run["tick_zero_at"] is not None and (run["trusted_tick_s"] is None or tick_s < run["trusted_tick_s"])
    start = datetime.fromtimestamp(run["tick_zero_at"] + tick_s, UTC) if corrected else datetime.fromisoformat(begun)
    return {
        "v": VERSION,
        "message_id": parcel.id,
        "device": device,
        "run": run_id,
        "slice": slice_tick_s,
        "start": _text(local(start, run["timezone"], run["utc_offset_s"])),
        "clock": "corrected" if corrected else run["clock"],
        "timezone": run["timezone"],
        "seconds": {row["kind"]: round(row["seconds"], 3) for row in found},
    }


def counts(db: sqlite3.Connection, now: datetime) -> dict[str, Any]:
    """The visits of the site's day so far, as known now."""
    here = at_site(db, now)
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    span = (midnight.timestamp(), (midnight + timedelta(days=1)).timestamp())
    query = (
        "SELECT role, label, sum(count) FROM visit_counts WHERE slice_at >= ? AND slice_at < ? AND role != 'background'"
        " GROUP BY role, label HAVING sum(count) > 0 ORDER BY label"
    )
    found = [(role, label, int(count)) for role, label, count in db.execute(query, span)]
    return {
        "day": here.date().isoformat(),
        "visits": sum(count for _role, _label, count in found),
        **{key: sum(n for role, _label, n in found if role == key) for key in ("pest", "beneficial", "neutral")},
        "labels": {label: count for _role, label, count in found},
    }


def at_site(db: sqlite3.Connection, instant: datetime) -> datetime:
    """As the site's clock shows it: the zone of the latest run."""
    run = db.execute("SELECT timezone, utc_offset_s FROM runs ORDER BY rowid DESC LIMIT 1").fetchone()
    return local(instant, *run) if run else instant.astimezone()


def age_s(db: sqlite3.Connection, id: str, tick_s: float, boot: str) -> float:
    """Seconds since it was counted, by ticks: a garden long offline may not know the time. What was counted before this
    boot is old; a film's is new whenever it is watched."""
    query = "SELECT s.decided_tick_s, r.boot_id, r.clock FROM sightings s JOIN runs r ON r.id = s.run_id WHERE s.id = ?"
    decided_tick_s, its_boot, clock = db.execute(query, (id,)).fetchone()
    if clock == "file":
        return 0.0
    return float(tick_s - decided_tick_s) if its_boot == boot else math.inf


def name_of(key: str, labels: Mapping[str, Label]) -> str:
    """As people call that label, in the language in use."""
    if key == UNKNOWN:
        return _("unknown animal")
    return labels[key].name(current()) if key in labels else key


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
