"""Whether photos, rows and the journal of verdicts still agree, without changing anything."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from edge.store.photos import FOLDER, FURTHER_NAME, NAME, path_of_further
from edge.store.read_only import open_database
from edge.store.verdicts import read_journal

FaultKind = Literal[
    "database", "photo_gone", "photo_changed", "photo_without_row", "verdict_lost", "verdict_unreadable"
]
FOLDERS = 256
"""Photos lie in folders 00 to ff."""
YOUNG_S = 60.0
"""A watcher writes the photo first and the row after it: a photo so young without a row is no fault."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One disagreement."""

    kind: FaultKind
    what: str
    """The photo's path in the data folder, the verdict's id, or what the database's own check says."""


@dataclass(frozen=True, slots=True)
class Step:
    """One folder of photos is done."""

    folder: int
    """1 to 256."""
    photos: int
    """Photos read so far."""
    faults: tuple[Fault, ...]


def verify(data: Path) -> Iterator[Step]:
    """Reads every photo and compares it with its row; then the journal with the verdicts.

    May run beside a watcher. Raises UsageError, StoreError, StoreFault as reading does, OSError.
    """
    with closing(open_database(data)) as db:
        yield Step(0, 0, (*_of_the_database(db), *_of_verdicts(data, db)))
        photos = 0
        for number in range(FOLDERS):
            faults = []
            files = _files(data, number)
            for path, sha256 in _rows(db, number):
                photos += 1
                files.pop(path, None)
                if (kind := _compare(data, path, sha256)) and _still_names(db, path):
                    faults.append(Fault(kind, path))
            now = time.time()
            strays = [path for path, written in files.items() if now - written > YOUNG_S]
            faults += [Fault("photo_without_row", path) for path in strays if not _still_names(db, path)]
            yield Step(number + 1, photos, tuple(faults))


def _of_the_database(db: sqlite3.Connection) -> Iterator[Fault]:
    for (said,) in db.execute("PRAGMA quick_check(20)"):
        if said != "ok":
            yield Fault("database", said)


def _of_verdicts(data: Path, db: sqlite3.Connection) -> Iterator[Fault]:
    """Each line of the journal is a row: it was written first."""
    for number, verdict in enumerate(read_journal(data), 1):
        if verdict is None:
            yield Fault("verdict_unreadable", f"verdicts.jsonl:{number}")
        elif not db.execute("SELECT 1 FROM verdicts WHERE id = ?", (verdict.id,)).fetchone():
            yield Fault("verdict_lost", verdict.id)


def _files(data: Path, number: int) -> dict[str, float]:
    """Photos of one folder, by path, with the time they were written (unix seconds)."""
    folder = data / FOLDER / f"{number:02x}"
    if not folder.is_dir():
        return {}
    return {
        file.relative_to(data).as_posix(): file.stat().st_mtime
        for file in folder.iterdir()
        if NAME.fullmatch(file.name) or FURTHER_NAME.fullmatch(file.name)
    }


def _rows(db: sqlite3.Connection, number: int) -> list[tuple[str, str]]:
    """Paths with digests of one folder, the best photos and the further ones."""
    begin, end = f"{number:02x}", f"{number:02x}g"  # ids are hexadecimal
    best = "SELECT path, sha256 FROM photos WHERE path >= ? AND path < ? ORDER BY path"
    found = [(path, sha256) for path, sha256 in db.execute(best, (f"{FOLDER}/{begin}/", f"{FOLDER}/{begin}0"))]
    query = "SELECT sighting_id, number, sha256 FROM further_photos WHERE sighting_id >= ? AND sighting_id < ?"
    further = db.execute(query, (begin, end))
    return found + [(path_of_further(id, number), sha256) for id, number, sha256 in further]


def _compare(data: Path, path: str, sha256: str) -> FaultKind | None:
    try:
        content = (data / path).read_bytes()
    except FileNotFoundError:
        return "photo_gone"
    return None if hashlib.sha256(content).hexdigest() == sha256 else "photo_changed"


def _still_names(db: sqlite3.Connection, path: str) -> bool:
    """A better photo may have taken its place meanwhile, or it was deleted with the visit's best."""
    name = FURTHER_NAME.fullmatch(path.rsplit("/", 1)[-1])
    if name is None:
        return db.execute("SELECT 1 FROM photos WHERE path = ?", (path,)).fetchone() is not None
    query = "SELECT 1 FROM further_photos WHERE sighting_id = ? AND number = ?"
    return db.execute(query, (name["sighting"], int(name["number"]))).fetchone() is not None
