"""A photo without a row becomes a sighting again, from the record it carries."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from edge.store.further import add
from edge.store.photo_record import PhotoRecord, from_photo
from edge.store.photos import Photo, path_of, path_of_further
from edge.store.rows import PhotoRow, insert_run, insert_sighting, transaction

_LATEST_VERDICT = """
UPDATE sightings SET verdict = v.label, verdict_role = v.role
FROM (SELECT label, role FROM standing_verdicts WHERE sighting_id = ? ORDER BY number DESC LIMIT 1) v
WHERE sightings.id = ?
"""
_END_OF_IMAGE = b"\xff\xd9"


def adopt(db: sqlite3.Connection, file: Path) -> None:
    """Writes the sighting, closed, with the verdict that counts on it, and its run where that is unknown too.

    When the animal left is not known from a photo: `last_seen` is what was known when the photo was written.
    Raises OSError or ValueError for a photo that is broken or carries no record, sqlite3.Error.
    """
    record, photo = _read(file, path_of)
    row = PhotoRow(record.number, photo, None, record.sighting.box, record.taken)
    with _kept(), transaction(db):
        insert_run(db, record.run, ended="crash")
        insert_sighting(db, record.run.id, record.sighting, "rebuilt", row)
        db.execute(_LATEST_VERDICT, (record.sighting.id, record.sighting.id))


def adopt_further(db: sqlite3.Connection, file: Path) -> None:
    """Writes the row of a further photo of a sighting that is there. Raises as `adopt`."""
    record, photo = _read(file, path_of_further)
    with _kept():
        add(db, record.sighting, record.number, photo, record.taken)


def _read(file: Path, path_of: Callable[[str, int], str]) -> tuple[PhotoRecord, Photo]:
    if not file.is_file():  # opening a pipe would wait for ever
        raise ValueError("no file")
    record = from_photo(file)
    content = file.read_bytes()
    if not content.endswith(_END_OF_IMAGE):
        raise ValueError("the picture is cut off")
    from PIL import Image as Pillow  # late, as in photo_record

    with Pillow.open(file) as image:
        width, height = image.size
    path = path_of(record.sighting.id, record.number)
    if file.parts[-3:] != tuple(path.split("/")):
        raise ValueError(f"its record is that of {path}")
    return record, Photo(path, hashlib.sha256(content).hexdigest(), width, height, len(content))


@contextmanager
def _kept() -> Iterator[None]:
    try:
        yield
    except OverflowError as error:  # a number or a year that no database has
        raise ValueError(f"its record holds what cannot be kept ({error})") from error
