"""Photos and their table on a stick, each read back before it counts as copied."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from edge.errors import GardenwatchError
from edge.language import _
from edge.review.export.pictures import pictures
from edge.store.durable import remove, sync_folder
from edge.store.reading import Row, Sightings

FOLDER = "gardenwatch"
"""The same on every visit, so that a second one copies only what is new."""
_MB = 1024 * 1024
SPARE_MB = 10
"""For the table, and for what a file system needs itself."""


@dataclass(slots=True)
class Copied:
    """What is on the stick."""

    new: int = 0
    there: int = 0
    """Already, and whole."""
    without: int = 0
    """Sightings that have no photo."""
    bad: list[str] = field(default_factory=list)
    """Photos that could not be read here, or came back otherwise from the stick."""


def copy_photos(data: Path, record: Sightings, rows: Iterable[Row], to: Path, copied: Copied) -> Iterator[Row]:
    """Copies each photo into `to`/photos as it is named here; yields each row that is done. Raises OSError for `to`."""
    for row in rows:
        found = pictures(record, row)
        copied.without += not found
        for one in found:
            _copy(data / one.path, to / one.path, one.path, copied)
        yield row


def refuse_too_small(stick: Path, needed_bytes: int) -> None:
    """Raises GardenwatchError where the photos do not fit; before anything is written."""
    free = shutil.disk_usage(stick).free
    if needed_bytes + SPARE_MB * _MB > free:
        expected = _("{needed:.0f} MB of room on {path}").format(needed=needed_bytes / _MB + SPARE_MB, path=stick)
        found = _("{free:.0f} MB").format(free=free / _MB)
        raise GardenwatchError(
            expected, found, _("delete something there, take another stick, or narrow it with --since")
        )


def _copy(source: Path, target: Path, name: str, copied: Copied) -> None:
    try:
        content = source.read_bytes()
    except OSError:
        copied.bad.append(name)
        return
    wanted = hashlib.sha256(content).digest()
    if _digest(target) == wanted:
        copied.there += 1
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    with open(part, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
        if hasattr(os, "posix_fadvise"):  # so that it is read back from the stick, not from memory
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    if _digest(part) != wanted:
        remove(part)
        copied.bad.append(name)
        return
    os.replace(part, target)
    sync_folder(target.parent)
    copied.new += 1


def _digest(path: Path) -> bytes | None:
    try:
        return hashlib.sha256(path.read_bytes()).digest()
    except OSError:
        return None
