"""Sightings as they are known now, for who looks at them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from edge.errors import StoreError, StoreFault, UsageError
from edge.language import _
from edge.records import Box, Receipt
from edge.store.counts import Counts, counts_between
from edge.store.filter import Filter, conditions
from edge.store.past_further import FurtherPhoto, past_further
from edge.store.past_rejections import PastRejection, as_receipt, past_rejections
from edge.store.past_runs import PastRun, effort_between, past_runs
from edge.store.read_only import open_database, unreadable
from edge.store.run import local
from edge.store.schema import DATABASE

# Rows fetched at once: a season streams through without filling the memory.
_CHUNK = 500

Answer = TypeVar("Answer")


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
    run_id: str
    truth: str
    """The verdict, else the machine's label."""
    truth_role: str
    judged_by: str | None
    """Who gave the verdict that counts."""
    judged_at: datetime | None
    photo_taken: datetime | None
    """In the site's zone, corrected."""
    photo_size: tuple[int, int] | None
    """Width and height of the photo's picture, in pixels."""
    garden: str = ""
    """Where there are several: the device's name in its topics."""


class Sightings:
    """A read-only look into a data folder, while a watcher may write there."""

    def __init__(self, data: Path) -> None:
        """Raises UsageError where there is no database, StoreError where this software cannot read it."""
        self._path = data / DATABASE
        self._db = open_database(data)

    def rows(self, wanted: Filter | None = None) -> Iterator[Row]:
        """Newest first. Raises StoreError where the database is damaged, StoreFault where the disk fails."""
        where, values = conditions(wanted or Filter())
        try:
            cursor = self._db.execute(f"{SELECT} {where}", values)
            while chunk := [as_row(row) for row in cursor.fetchmany(_CHUNK)]:
                yield from chunk
        except (sqlite3.Error, ValueError, TypeError) as error:  # a damaged row may hold a time that is none
            raise unreadable(self._path, error) from error

    def count(self, wanted: Filter | None = None) -> int:
        """How many rows there are."""
        where, values = conditions(wanted or Filter())
        try:
            return int(self._db.execute(f"SELECT count(*) FROM (SELECT 1 FROM current {where})", values).fetchone()[0])
        except sqlite3.Error as error:
            raise unreadable(self._path, error) from error

    def runs(self) -> list[PastRun]:
        """All runs, oldest first."""
        return self.ask(lambda db: list(past_runs(db)))

    def labels(self, wanted: Filter | None = None) -> set[str]:
        """Which labels occur, as known now."""
        where, values = conditions(wanted or Filter())
        try:
            return {label for (label,) in self._db.execute(f"SELECT DISTINCT truth FROM current {where}", values)}
        except sqlite3.Error as error:
            raise unreadable(self._path, error) from error

    def rejections(self) -> list[PastRejection]:
        """What was followed and not counted, newest first."""
        return self.ask(lambda db: list(past_rejections(db)))

    def further(self, id: str) -> list[FurtherPhoto]:
        """The photos of that sighting beside its best one."""
        return self.ask(lambda db: past_further(db, id))

    def ask(self, question: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """What that question finds in the database. Raises as `rows` does."""
        try:
            return question(self._db)
        except (sqlite3.Error, ValueError, TypeError, KeyError) as error:
            raise unreadable(self._path, error) from error

    def counts(self, since: datetime | None = None, until: datetime | None = None) -> Counts:
        """Visits and effort of that time, by hour of day and by day, as the site's clock shows them."""
        zone = self.at_site(datetime.now(UTC)).tzinfo
        assert zone is not None
        return self.ask(lambda db: counts_between(db, since, until, zone))

    def receipt(self, id: str) -> Receipt:
        """Why that sighting is one."""
        try:
            found = self._db.execute("SELECT receipt FROM sightings WHERE id = ?", (id,)).fetchone()
            return as_receipt(found[0])
        except (sqlite3.Error, ValueError, TypeError, KeyError) as error:
            raise unreadable(self._path, error) from error

    def effort(self, since: datetime, until: datetime) -> dict[str, float]:
        """Seconds by kind ("watched", or why it was blind) of the quarters of an hour that touch that span."""
        try:
            return effort_between(self._db, since, until)
        except (sqlite3.Error, ValueError) as error:
            raise unreadable(self._path, error) from error

    def one(self, id: str) -> Row:
        """The sighting of that id, as `find` gives it; of whatever role."""
        try:
            return as_row(self._db.execute(f"{SELECT} WHERE current.id = ?", (id,)).fetchone())
        except (sqlite3.Error, ValueError, TypeError) as error:
            raise unreadable(self._path, error) from error

    def find(self, beginning: str) -> str:
        """The id of the one sighting whose id begins so. Raises UsageError where there is none, or more than one."""
        wanted = beginning.lower()
        query = "SELECT id FROM sightings WHERE id >= ? AND id < ? ORDER BY id LIMIT 2"
        try:
            found = [id for (id,) in self._db.execute(query, (wanted, wanted + "g"))]
        except sqlite3.Error as error:
            raise unreadable(self._path, error) from error
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
            raise unreadable(self._path, error) from error
        return local(instant, *run) if run else instant.astimezone()

    def _unreadable(self, error: Exception) -> StoreError | StoreFault:
        return unreadable(self._path, error)

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


SELECT = """
SELECT current.*, v.judged_by, v.judged_at, p.taken, p.taken_tick_s, p.width, p.height FROM current
LEFT JOIN photos p ON p.sighting_id = current.id
LEFT JOIN verdicts v ON v.number = (SELECT max(number) FROM standing_verdicts WHERE sighting_id = current.id)
"""
"""The latest verdict's name and time stand beside the view, which knows its label only."""


def as_row(row: sqlite3.Row) -> Row:
    """A row of SELECT. Raises ValueError where it is damaged.

    All its moments follow from the first one by their ticks: the clock may have jumped in between.
    """
    first = _first_instant(row)

    def at(tick_s: float) -> datetime:
        return local(first + timedelta(seconds=tick_s - row["first_tick_s"]), row["timezone"], row["utc_offset_s"])

    return Row(
        id=row["id"],
        source=row["source"],
        first_seen=at(row["first_tick_s"]),
        last_seen=at(row["last_tick_s"]),
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
        run_id=row["run_id"],
        truth=row["truth"],
        truth_role=row["truth_role"],
        judged_by=row["judged_by"] if row["verdict"] else None,
        judged_at=datetime.fromisoformat(row["judged_at"]) if row["verdict"] else None,
        photo_taken=at(row["taken_tick_s"]) if row["photo"] else None,
        photo_size=(row["width"], row["height"]) if row["photo"] else None,
    )


def _first_instant(row: sqlite3.Row) -> datetime:
    """What the clock said, UTC; or the tick on the corrected clock."""
    if row["tick_zero_at"] is None:
        return datetime.fromisoformat(row["first_seen"]).astimezone(UTC)
    return datetime.fromtimestamp(row["tick_zero_at"] + row["first_tick_s"], UTC)
