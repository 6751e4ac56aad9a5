"""What of many gardens' records has reached their hub."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg

from edge.store.schema import DATABASE, connect


def missing_and_doubled(folder: Path, database: str, data: Path) -> tuple[int, int, int, int]:
    """Sightings and photos and slices sent; lost; doubled; files that no row names or that are not whole."""
    told: dict[str, str] = {}
    slices = 0
    for garden in sorted(folder.iterdir()):
        with closing(connect(garden / DATABASE)) as db:
            told |= dict(db.execute("SELECT sighting_id, sha256 FROM photos"))
            slices += db.execute("SELECT count(*) FROM effort").fetchone()[0]
    with psycopg.connect(database) as hub:
        ids = [id for (id,) in hub.execute("SELECT id FROM sightings")]
        photos = hub.execute("SELECT sighting_id, sha256, path FROM photos").fetchall()
        efforts = hub.execute("SELECT count(*) FROM effort").fetchone()
    assert efforts is not None
    bad = sum(hashlib.sha256((data / path).read_bytes()).hexdigest() != told[id] for id, _sha, path in photos)
    files = sum(1 for _ in data.rglob("*.jpg"))
    lost = len(told.keys() - set(ids)) + len(told.keys() - {id for id, _sha, _path in photos}) + slices - efforts[0]
    doubled = len(ids) - len(set(ids)) + len(set(ids) - told.keys())
    doubled += abs(files - len(photos)) + max(efforts[0] - slices, 0)
    return 2 * len(told) + slices, lost, doubled, bad


def stored(database: str) -> int:
    with psycopg.connect(database) as db:
        there = db.execute("SELECT to_regclass('sightings') IS NOT NULL").fetchone()
        if there is None or not there[0]:
            return 0
        found = db.execute("SELECT count(*) FROM sightings").fetchone()
        return 0 if found is None else int(found[0])


def lag_of_hub_s(database: str) -> float:
    """As the hub says it every five seconds: from the arrival of a message to the commit."""
    with psycopg.connect(database) as db:
        there = db.execute("SELECT to_regclass('state') IS NOT NULL").fetchone()
        found = db.execute("SELECT lag_s FROM state").fetchone() if there and there[0] else None
        return 0.0 if found is None else float(found[0])


def waiting_in(folder: Path) -> int:
    total = 0
    for garden in folder.iterdir():
        with closing(sqlite3.connect(garden / DATABASE, timeout=30)) as db:
            total += db.execute("SELECT count(*) FROM outbox").fetchone()[0]
    return total
