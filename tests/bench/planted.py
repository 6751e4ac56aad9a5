"""Records of gardens that nobody watched: as after a term, all of it still to be told."""

from __future__ import annotations

import hashlib
import random
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from edge.store.outbox import Kind, subscribe
from edge.store.photos import jpeg, path_of
from edge.store.schema import DATABASE, connect, migrate
from edge.telling.to_hub import NAME

TERM_DAYS = 100
KINDS: tuple[Kind, ...] = ("sighting", "effort", "photo")


def plant(folder: Path, sightings: int, chance: random.Random) -> None:
    """A garden's record of a term, with one photo for each sighting, all of it still to be told."""
    (folder / "photos").mkdir(parents=True)
    with closing(connect(folder / DATABASE)) as db:
        db.execute("PRAGMA synchronous = OFF")
        migrate(db, folder / DATABASE)
        subscribe(db, NAME, KINDS)
        db.execute("BEGIN")
        begin, run = datetime(2026, 3, 1, 8, tzinfo=UTC), f"{chance.getrandbits(128):032x}"
        db.execute(
            "INSERT INTO runs VALUES"
            " (?, '0', 'tiny', 'cafe', 'boot', 'trusted', 'Asia/Shanghai', 28800, 'bench', ?, 0, ?, NULL, NULL, NULL)",
            (run, _text(begin), _text(begin)),
        )
        for number in range(sightings):
            _visit(db, folder, run, begin, number * TERM_DAYS * 86400 / sightings, chance)
        for number in range(sightings // 4):
            slice_s = 900.0 * number
            values = (run, slice_s, _text(begin + timedelta(seconds=slice_s)))
            db.execute("INSERT INTO effort VALUES (?, ?, ?, 'watched', 880)", values)
        db.execute("UPDATE outbox SET since = 0")
        db.execute("COMMIT")


def _visit(
    db: sqlite3.Connection, folder: Path, run: str, begin: datetime, second: float, chance: random.Random
) -> None:
    id = f"{chance.getrandbits(128):032x}"
    first = begin + timedelta(seconds=second)
    values = {"id": id, "run": run, "first": _text(first), "last": _text(first + timedelta(seconds=20))}
    values |= {"tick": second, "at": first.timestamp(), "label": chance.choice(["slug", "bee", "ladybird"])}
    values["receipt"] = '{"looks": 3, "votes": {"slug": 0.9}, "reason": "", "details": {}}'
    db.execute(
        "INSERT INTO sightings (id, run_id, first_seen, first_tick_s, last_seen, last_tick_s, decided, decided_tick_s,"
        " label, role, confidence, box_x, box_y, box_w, box_h, box_seen, box_tick_s, receipt, closed, close_reason,"
        " first_at) VALUES (:id, :run, :first, :tick, :last, :tick + 20, :first, :tick, :label, 'neutral', 0.9, 10, 10,"
        " 40, 30, :first, :tick, :receipt, 1, 'left', :at)",
        values,
    )
    content, path = PHOTO + bytes.fromhex(id) + b"\xff\xd9", path_of(id, 1)
    (folder / path).parent.mkdir(exist_ok=True)
    (folder / path).write_bytes(content)
    db.execute(
        "INSERT INTO photos (sighting_id, number, path, sha256, width, height, bytes, taken, taken_tick_s)"
        " VALUES (?, 1, ?, ?, 96, 96, ?, ?, ?)",
        (id, path, hashlib.sha256(content).hexdigest(), len(content), _text(first), second),
    )


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


PHOTO = jpeg(np.random.default_rng(0).integers(90, 130, (96, 96, 3), np.uint8), 80, b"Exif\0\0")[:-2]
"""Some kilobytes; each sighting's own ends with its id."""
