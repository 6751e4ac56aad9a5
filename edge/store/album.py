"""Sightings page by page, so that a million of them are as quick to look through as a hundred."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from edge.store.effort import WATCHED
from edge.store.filter import Filter, terms
from edge.store.garden_state import GardenState
from edge.store.reading import SELECT, Row, Sightings, as_row
from edge.store.run import local
from edge.store.verdicts import Verdict, verdicts_of

SEARCH_S = 0.06
"""How long one page is searched for. A filter that few sightings meet then says how far it has looked, and goes on
from there when asked: no question takes longer than any other."""
_LOOK_AT_CLOCK = 256
"""Rows between two looks at the time; some tenths of a millisecond."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the order of sightings: newest first, then the later row."""

    first_at: float
    number: int

    def __str__(self) -> str:
        return f"{self.first_at!r}_{self.number}"

    @classmethod
    def parse(cls, text: str) -> Mark | None:
        """None for what is no mark."""
        first_at, _, number = text.partition("_")
        try:
            mark = cls(float(first_at), int(number))
        except ValueError:
            return None
        return mark if abs(mark.first_at) < 1e11 and 0 <= mark.number < 2**62 else None


@dataclass(frozen=True, slots=True)
class Page:
    """Some sightings, and where the next ones begin."""

    rows: list[Row]
    next: Mark | None
    """None where there are no more."""
    searched_to: datetime | None
    """Where the time was up before the page was full: how far back was looked."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of one class."""

    label: str
    role: str
    count: int


@dataclass(frozen=True, slots=True)
class LatestRun:
    """The run that goes on, or the last one."""

    source: str
    model_id: str
    software: str
    started: datetime
    """In the site's zone, corrected."""
    last_alive: datetime
    ended: str | None
    """stop or crash; None while it runs."""
    clock: str
    """trusted, untrusted, file, or corrected."""
    boot_id: str
    tick_zero_at: float | None
    """Unix seconds of tick 0 by a corrected clock."""
    set_since: bool
    """A time source has set the clock while it ran."""


class Album(Sightings):
    """What the page asks of the record, each answer bounded in time."""

    def __init__(self, data: Path, search_s: float = SEARCH_S) -> None:
        super().__init__(data)
        self._search_s = search_s

    def page(self, wanted: Filter, size: int, after: Mark | None = None) -> Page:
        """The next `size` sightings, newest first, that come after that mark."""
        with self._faults():
            found, last, timed_out = self._search(wanted, size + 1, after, newer=False)
            rows = self._rows([id for id, _mark in found[:size]])
            if len(found) > size:
                return Page(rows, found[size - 1][1], None)
            if timed_out and last is not None:
                return Page(rows, last, self.at_site(datetime.fromtimestamp(last.first_at, UTC)))
            return Page(rows, None, None)

    def beside(self, id: str, wanted: Filter) -> tuple[str | None, str | None]:
        """The ids of the next newer and the next older sighting; None where there is none near."""
        with self._faults():
            here = self._db.execute("SELECT first_at, rowid FROM sightings WHERE id = ?", (id,)).fetchone()
            mark = Mark(*here)
            found = [self._search(wanted, 1, mark, newer)[0] for newer in (True, False)]
            newer, older = (one[0][0] if one else None for one in found)
            return newer, older

    def tally(self, since: datetime, until: datetime) -> list[Tally]:
        """How many animals of each class began in that span, most first."""
        query = (
            "SELECT truth, truth_role, count(*) AS n FROM sightings WHERE first_at >= ? AND first_at < ?"
            " AND truth_role != 'background' GROUP BY truth, truth_role ORDER BY n DESC, truth"
        )
        with self._faults():
            return [Tally(*row) for row in self._db.execute(query, (since.timestamp(), until.timestamp()))]

    def labels_seen(self) -> list[str]:
        """Every label there is, by hopping over the index: as quick for a million rows as for ten."""
        query = (
            "WITH RECURSIVE hop(label) AS (SELECT min(truth) FROM sightings UNION ALL"
            " SELECT (SELECT min(truth) FROM sightings WHERE truth > hop.label) FROM hop WHERE hop.label IS NOT NULL)"
            " SELECT label FROM hop WHERE label IS NOT NULL"
        )
        with self._faults():
            return [str(label) for (label,) in self._db.execute(query)]

    def known(self, ids: Collection[str]) -> set[str]:
        """Those of the ids that are a sighting's."""
        places = ", ".join("?" * len(ids))
        with self._faults():
            return {id for (id,) in self._db.execute(f"SELECT id FROM sightings WHERE id IN ({places})", [*ids])}

    def photo_of(self, id: str) -> str | None:
        """Where the photo of that sighting is, relative to the data folder, as the record says."""
        with self._faults():
            found = self._db.execute("SELECT path FROM photos WHERE sighting_id = ?", (id,)).fetchone()
            return str(found[0]) if found and found[0] else None

    def verdicts(self, id: str) -> list[Verdict]:
        """All that people said of that sighting, the first one first."""
        return self.ask(lambda db: verdicts_of(db, id))

    def newest_at(self) -> float | None:
        """Unix seconds of the newest sighting."""
        found = self.ask(lambda db: db.execute("SELECT max(first_at) FROM sightings").fetchone()[0])
        return None if found is None else float(found)

    def gardens(self) -> list[GardenState]:
        """This one alone, with its present day."""
        run, now = self.latest_run(), self.at_site(datetime.now(UTC))
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        last = next(iter(self.page(Filter(), 1).rows), None)
        return [
            GardenState(
                name="",
                well=None,
                online=None,
                last_heard=None if run is None else run.last_alive,
                last_id=None if last is None else last.id,
                last_seen=None if last is None else last.first_seen,
                visits=sum(one.count for one in self.tally(midnight, midnight + timedelta(days=1))),
                watched_s=self.effort(midnight, midnight + timedelta(days=1)).get(WATCHED, 0.0),
                waiting=0,
            )
        ]

    def latest_run(self) -> LatestRun | None:
        """None before the first run."""
        with self._faults():
            row = self._db.execute("SELECT * FROM runs ORDER BY rowid DESC LIMIT 1").fetchone()
            return None if row is None else _latest_run(row)

    def _search(
        self, wanted: Filter, most: int, after: Mark | None, newer: bool
    ) -> tuple[list[tuple[str, Mark]], Mark | None, bool]:
        """Ids with marks; the last mark looked at; whether the time was up."""
        index, quick, slow = _split(wanted)
        if after is not None:
            quick[f"(first_at, rowid) {'>' if newer else '<'} (?, ?)"] = [after.first_at, after.number]
        order = "first_at, rowid" if newer else "first_at DESC, rowid DESC"
        query = (
            f"SELECT id, first_at, rowid, {' AND '.join(slow) or '1'} FROM sightings INDEXED BY {index}"
            f" WHERE {' AND '.join(quick) or '1'} ORDER BY {order}"
        )
        values = [value for part in (slow, quick) for own in part.values() for value in own]
        until = time.monotonic() + (self._search_s if most > 1 else self._search_s / 2)  # neighbours: both ways
        found: list[tuple[str, Mark]] = []
        mark: Mark | None = None
        for count, (id, first_at, number, fits) in enumerate(self._db.execute(query, values), 1):
            mark = Mark(first_at, number)
            if fits:
                found.append((id, mark))
                if len(found) == most:
                    return found, mark, False
            if count % _LOOK_AT_CLOCK == 0 and time.monotonic() > until:
                return found, mark, True
        return found, mark, False

    def _rows(self, ids: list[str]) -> list[Row]:
        """In the order of the ids."""
        places = ", ".join("?" * len(ids))
        rows = {row["id"]: as_row(row) for row in self._db.execute(f"{SELECT} WHERE current.id IN ({places})", ids)}
        return [rows[id] for id in ids]

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, ValueError, TypeError, KeyError) as error:
            raise self._unreadable(error) from error


def _split(wanted: Filter) -> tuple[str, dict[str, list[Any]], dict[str, list[Any]]]:
    """The index to walk along, what it answers by itself, and what each row has to be asked."""
    asked = terms(replace(wanted, limit=None))
    quick = {term: own for term, own in asked.items() if term.startswith("first_at")}
    if "truth = ?" in asked:
        index, key = "sightings_truth", {"truth = ?": asked["truth = ?"]}
    elif "truth_role = ?" in asked:
        index, key = "sightings_role", {"truth_role = ?": asked["truth_role = ?"]}
    elif wanted.judged in ("yes", "agrees", "differs"):
        index, key = "sightings_judged", {"verdict IS NOT NULL": []}
    else:
        index, key = "sightings_first", {}
    quick = key | quick
    return index, quick, {term: own for term, own in asked.items() if term not in quick}


def _latest_run(row: sqlite3.Row) -> LatestRun:
    started, clock = datetime.fromisoformat(row["started"]), row["clock"]
    alive = datetime.fromisoformat(row["last_alive"])
    if row["tick_zero_at"] is not None:
        true_start = datetime.fromtimestamp(row["tick_zero_at"] + row["started_tick_s"], UTC)
        if row["trusted_tick_s"] is None:
            alive += true_start - started
        started, clock = true_start, "corrected"
    zone = (row["timezone"], row["utc_offset_s"])
    return LatestRun(
        source=row["source"],
        model_id=row["model_id"],
        software=row["software"],
        started=local(started, *zone),
        last_alive=local(max(alive, started), *zone),
        ended=row["end_reason"],
        clock=clock,
        boot_id=row["boot_id"],
        tick_zero_at=row["tick_zero_at"],
        set_since=row["trusted_tick_s"] is not None,
    )
