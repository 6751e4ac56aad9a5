"""Sightings as they are known now, for who looks at them."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from edge.errors import StoreError, StoreFault, UsageError
from edge.language import _
from edge.records import Box
from edge.store.faults import behind, is_damage
from edge.store.run import local
from edge.store.schema import BUSY_MS, DATABASE, refuse_other

# Rows fetched at once: a season streams through without filling the memory.
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Filter:
    """Which sightings; None means all that are animals. Labels and roles are the current truth: a verdict goes first.

    What later looks or a person found to be no animal is given only where its label or role is asked for.
    """

    since: datetime | None = None
    """Aware; first seen then or later."""
    until: datetime | None = None
    """Aware; first seen before."""
    label: str | None = None
    role: str | None = None
    min_confidence: float | None = None
    limit: int | None = None
    """Only the newest so many."""


@dataclass(frozen=True, slots=True)
class Row:
    """One sighting with its photo and the latest verdict."""

    id: str
    source: str
    first_seen: datetime
    """In the site's zone; corrected, where an untrusted clock was corrected later."""
    last_seen: datetime
    first_seen_s: float | None
    """Seconds into a file source."""
    last_seen_s: float | None
    decided_s: float | None
    label: str
    """The machine's."""
    role: str
    confidence: float
    box: Box
    """In the best photo, in source pixels."""
    box_s: float | None
    photo: str | None
    """Relative to the data folder, with forward slashes."""
    photo_missing: str | None
    """Why there is no photo."""
    model_id: str
    verdict: str | None
    """The latest label that a person gave."""
    closed: bool
    clock: str
    """trusted, untrusted, file, or corrected."""


class Sightings:
    """A read-only look into a data folder, while a watcher may write there."""

    def __init__(self, data: Path) -> None:
        """Raises UsageError where there is no database, StoreError where this software cannot read it."""
        self._path = data / DATABASE
        self._db = open_database(data)

    def rows(self, wanted: Filter | None = None) -> Iterator[Row]:
        """Newest first. Raises StoreError where the database is damaged, StoreFault where the disk fails."""
        where, values = _conditions(wanted or Filter())
        try:
            cursor = self._db.execute(f"SELECT * FROM current {where}", values)
            while chunk := [_row(row) for row in cursor.fetchmany(_CHUNK)]:
                yield from chunk
        except (sqlite3.Error, ValueError, TypeError) as error:  # a damaged row may hold a time that is none
            raise _unreadable(self._path, error) from error

    def find(self, beginning: str) -> str:
        """The id of the one sighting whose id begins so. Raises UsageError where there is none, or more than one."""
        wanted = beginning.lower()
        query = "SELECT id FROM sightings WHERE id >= ? AND id < ? ORDER BY id LIMIT 2"
        try:
            found = [id for (id,) in self._db.execute(query, (wanted, wanted + "g"))]
        except sqlite3.Error as error:
            raise _unreadable(self._path, error) from error
        if len(found) == 1 and wanted:
            return str(found[0])
        raise UsageError(
            _("the id of one sighting, or its beginning"),
            _("{id}, of several sightings").format(id=repr(beginning))
            if found
            else _("{id}, of no sighting").format(id=repr(beginning)),
            _("`gardenwatch sightings --format jsonl` lists the ids"),
        )

    def at_site(self, instant: datetime) -> datetime:
        """An aware instant as the site's clock shows it: the zone of the latest run."""
        try:
            run = self._db.execute("SELECT timezone, utc_offset_s FROM runs ORDER BY rowid DESC LIMIT 1").fetchone()
        except sqlite3.Error as error:
            raise _unreadable(self._path, error) from error
        return local(instant, *run) if run else instant.astimezone()

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_database(data: Path) -> sqlite3.Connection:
    """The folder's database, to be read only. Raises UsageError, StoreError, StoreFault."""
    path = data / DATABASE
    try:
        if not path.is_file():
            found = _("a folder without one") if data.is_dir() else _("no such folder")
            raise UsageError(
                _("a data folder with sightings ({path})").format(path=path),
                found,
                _("name the folder of `gardenwatch run` with --data, or run it first"),
            )
        db = _connect_read_only(path)
        try:
            refuse_other(db, path)
        except BaseException:
            db.close()
            raise
    except (OSError, sqlite3.Error) as error:
        raise _unreadable(path, behind(error, path, os.O_RDONLY)) from error
    return db


def _unreadable(path: Path, error: Exception) -> StoreError | StoreFault:
    if isinstance(error, PermissionError):
        return StoreError(
            _("a database that can be read in {path}").format(path=path),
            str(error),
            _("give this user the right to read it and the folders above it"),
        )
    if isinstance(error, ValueError | TypeError) or (isinstance(error, sqlite3.Error) and is_damage(error)):
        return StoreError(
            _("a whole database in {path}").format(path=path),
            _("a damaged one ({error})").format(error=error),
            _(
                "stop `gardenwatch run`, rename that file, and start again: its sightings come back from the photos; "
                "keep the old file for what only it knew"
            ),
        )
    return StoreFault(
        _("a database that can be read in {path}").format(path=path), str(error), _("try again; look at the disk")
    )


def _connect_read_only(path: Path) -> sqlite3.Connection:
    """On a card mounted read-only WAL's index cannot be made; then nobody writes, and the file stands alone."""
    address = f"{path.resolve().as_uri()}?mode=ro"
    try:
        return _open(address)
    except sqlite3.OperationalError:
        if path.with_name(path.name + "-wal").exists():
            raise
        return _open(address + "&immutable=1")


def _open(address: str) -> sqlite3.Connection:
    db = sqlite3.connect(address, uri=True, isolation_level=None, timeout=BUSY_MS / 1000)
    db.row_factory = sqlite3.Row
    try:
        db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.Error:
        db.close()
        raise
    return db


def _conditions(wanted: Filter) -> tuple[str, list[Any]]:
    pairs = [
        ("first_at >= ?", wanted.since and wanted.since.timestamp()),
        ("first_at < ?", wanted.until and wanted.until.timestamp()),
        ("truth = ?", wanted.label),
        ("truth_role = ?", wanted.role),
        ("truth_role != ?", None if wanted.role or wanted.label else "background"),
        ("confidence >= ?", wanted.min_confidence),
    ]
    used = [(condition, value) for condition, value in pairs if value is not None]
    where = "WHERE " + " AND ".join(condition for condition, _value in used) if used else ""
    values = [value for _condition, value in used]
    if wanted.limit is not None:
        return f"{where} ORDER BY first_at DESC LIMIT ?", [*values, wanted.limit]
    return f"{where} ORDER BY first_at DESC", values


def _row(row: sqlite3.Row) -> Row:
    return Row(
        id=row["id"],
        source=row["source"],
        first_seen=_instant(row, row["first_seen"], row["first_tick_s"]),
        last_seen=_instant(row, row["last_seen"], row["last_tick_s"]),
        first_seen_s=row["first_s"],
        last_seen_s=row["last_s"],
        decided_s=row["decided_s"],
        label=row["label"],
        role=row["role"],
        confidence=row["confidence"],
        box=Box(row["box_x"], row["box_y"], row["box_w"], row["box_h"]),
        box_s=row["box_s"],
        photo=row["photo"],
        photo_missing=row["photo_missing"],
        model_id=row["model_id"],
        verdict=row["verdict"],
        closed=bool(row["closed"]),
        clock=row["clock"],
    )


def _instant(row: sqlite3.Row, text: str, tick_s: float) -> datetime:
    """What the clock said; or the tick on the corrected clock."""
    if row["tick_zero_at"] is None:
        wall = datetime.fromisoformat(text)
    else:
        wall = datetime.fromtimestamp(row["tick_zero_at"] + tick_s, UTC)
    return local(wall, row["timezone"], row["utc_offset_s"])
