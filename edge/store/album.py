"""Sightings page by page, so that a million of them are as quick to look through as a hundred."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from edge.store.effort import WATCHED
from edge.store.filter import Filter
from edge.store.garden_state import GardenState
from edge.store.latest_run import LatestRun, latest_run
from edge.store.reading import SELECT, Row, Sightings, as_row
from edge.store.search import SEARCH_S, Mark, search
from edge.store.verdicts import Verdict, append_verdicts, verdicts_of, withdrawals


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


class Album(Sightings):
    """What the page asks of the record, each answer bounded in time."""

    def __init__(self, data: Path, search_s: float = SEARCH_S) -> None:
        super().__init__(data)
        self._search_s = search_s

    def page(self, wanted: Filter, size: int, after: Mark | None = None) -> Page:
        """The next `size` sightings, newest first, that come after that mark."""
        with self._faults():
            found = search(self._db, wanted, size + 1, after, newer=False, search_s=self._search_s)
            rows = self._rows([id for id, _mark in found.sightings[:size]])
            if len(found.sightings) > size:
                return Page(rows, found.sightings[size - 1][1], None)
            if found.is_time_up and found.last is not None:
                return Page(rows, found.last, self.at_site(datetime.fromtimestamp(found.last.first_at, UTC)))
            return Page(rows, None, None)

    def beside(self, id: str, wanted: Filter) -> tuple[str | None, str | None]:
        """The ids of the next newer and the next older sighting; None where there is none near."""
        with self._faults():
            here = self._db.execute("SELECT first_at, rowid FROM sightings WHERE id = ?", (id,)).fetchone()
            half_s = self._search_s / 2  # for each way
            ways = (search(self._db, wanted, 1, Mark(*here), newer=n, search_s=half_s) for n in (True, False))
            newer, older = (one.sightings[0][0] if one.sightings else None for one in ways)
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

    def append(self, verdicts: Sequence[Verdict]) -> None:
        """Raises OSError or sqlite3.Error, with nothing written."""
        append_verdicts(self._path.parent, verdicts)

    def withdrawals(self, judged_at: datetime, judged_by: str, by: str, now: datetime) -> list[Verdict]:
        """What has to be appended so that nothing counts any more that this person judged at that time.
        Raises sqlite3.Error."""
        return withdrawals(self._path.parent, judged_at, judged_by, by, now)

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
            return latest_run(self._db)

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
