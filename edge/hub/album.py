"""What the page asks of all gardens' records, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import DictRow, dict_row

from edge.errors import StoreFault
from edge.hub import judged
from edge.hub.counting import counts_between
from edge.hub.garden_states import states
from edge.hub.rows import SELECT, as_row, mark_of
from edge.hub.schema import connect, newest, version_of
from edge.hub.wanted import conditions, scope
from edge.language import _
from edge.records import Receipt
from edge.store.album import Page, Tally
from edge.store.counts import Counts
from edge.store.filter import Filter
from edge.store.garden_state import GardenState
from edge.store.latest_run import LatestRun
from edge.store.past_further import FurtherPhoto
from edge.store.reading import Row
from edge.store.run import local
from edge.store.search import Mark
from edge.store.verdicts import Verdict

LONGEST_MS = 10_000
"""Of one question; more gardens than a page can tell of must not hold up the storing."""
SLICE = timedelta(minutes=15)
CHUNK = 500
"""Rows of one question, where many are read."""


class HubAlbum:
    """Of one garden, or of all; changes nothing but what people say here."""

    def __init__(self, database: str, garden: str | None = None) -> None:
        """Raises StoreFault where the database cannot be reached, or was never stored into."""
        self._garden = garden
        with self._faults():
            self._db = connect(database)
            self._db.execute("SET default_transaction_read_only = on")
            self._db.execute(f"SET statement_timeout = {LONGEST_MS}".encode())
            version = version_of(self._db)
            self._db.row_factory = dict_row  # type: ignore[assignment]
        if version != newest():
            self._db.close()
            raise StoreFault(
                _("a hub database of schema {number}").format(number=newest()),
                str(version),
                _("start `gardenwatch hub` once, which brings it up to date"),
            )

    def page(self, wanted: Filter, size: int, after: Mark | None = None) -> Page:
        """The next `size` sightings, newest first, that come after that mark."""
        found = self._search(wanted, size + 1, after, newer=False)
        rows = [as_row(one) for one in found[:size]]
        return Page(rows, mark_of(found[size - 1]) if len(found) > size else None, None)

    def rows(self, wanted: Filter) -> Iterator[Row]:
        """Newest first."""
        after = None
        while (page := self.page(wanted, CHUNK, after)).rows:
            yield from page.rows
            if (after := page.next) is None:
                return

    def beside(self, id: str, wanted: Filter) -> tuple[str | None, str | None]:
        """The ids of the next newer and the next older sighting."""
        here = self._all("SELECT first_seen, place FROM sightings WHERE id = %s", [id])
        found = [self._search(wanted, 1, mark_of(here[0]), newer) for newer in (True, False)]
        newer, older = (one[0]["id"] if one else None for one in found)
        return newer, older

    def tally(self, since: datetime, until: datetime) -> list[Tally]:
        """How many animals of each class began in that span, most first."""
        where, values = scope(self._garden)
        query = (
            f"SELECT truth, truth_role, count(*) AS n FROM sightings WHERE {where} AND first_seen >= %s"
            " AND first_seen < %s AND truth_role != 'background' GROUP BY truth, truth_role ORDER BY n DESC, truth"
        )
        return [Tally(*one.values()) for one in self._all(query, [*values, since, until])]

    def labels_seen(self) -> list[str]:
        """Every label there is in any garden, by hopping over the index."""
        query = (
            "WITH RECURSIVE hop(label) AS ((SELECT min(truth) FROM sightings) UNION ALL"
            " SELECT (SELECT min(truth) FROM sightings WHERE truth > hop.label) FROM hop WHERE hop.label IS NOT NULL)"
            " SELECT label FROM hop WHERE label IS NOT NULL ORDER BY label"
        )
        return [one["label"] for one in self._all(query)]

    def known(self, ids: Collection[str]) -> set[str]:
        """Those of the ids that are a sighting's."""
        return {one["id"] for one in self._all("SELECT id FROM sightings WHERE id = ANY(%s)", [list(ids)])}

    def one(self, id: str) -> Row:
        return as_row(self._all(f"{SELECT} WHERE s.id = %s", [id])[0])

    def photo_of(self, id: str) -> str | None:
        """Relative to the hub's data folder."""
        found = self._all("SELECT path FROM photos WHERE sighting_id = %s", [id])
        return found[0]["path"] if found else None

    def further(self, id: str) -> list[FurtherPhoto]:
        """They stay on the device."""
        return []

    def receipt(self, id: str) -> Receipt:
        """What the looks together said; each look and each test stay on the device."""
        votes: dict[str, float] = self._all("SELECT candidates FROM sightings WHERE id = %s", [id])[0]["candidates"]
        return Receipt(0, dict(sorted(votes.items(), key=lambda vote: -vote[1])), "")

    def verdicts(self, id: str) -> list[Verdict]:
        """The garden's one that counts there, whose earlier ones stay on the device; and all that were given here."""
        with self._faults():
            return judged.verdicts_of(self._db, id)

    def append(self, verdicts: Sequence[Verdict]) -> None:
        """They stay here; a garden never hears of them."""
        with self._faults():
            judged.append(self._db, verdicts)

    def withdrawals(self, judged_at: datetime, judged_by: str, by: str, now: datetime) -> list[Verdict]:
        """What has to be appended so that nothing counts any more that this person judged here at that time."""
        with self._faults():
            return judged.withdrawals(self._db, judged_at, judged_by, by, now)

    def latest_run(self) -> LatestRun | None:
        """No garden's own."""
        return None

    def newest_at(self) -> float | None:
        """Unix seconds of the newest sighting."""
        where, values = scope(self._garden)
        found = self._all(f"SELECT max(first_seen) AS newest FROM sightings WHERE {where}", values)[0]["newest"]
        return None if found is None else float(found.timestamp())

    def effort(self, since: datetime, until: datetime) -> dict[str, float]:
        """Seconds by kind of the quarters of an hour that touch that span."""
        where, values = scope(self._garden)
        span = "start > %s AND start < %s"
        query = f"SELECT kind, sum(seconds) AS seconds FROM effort WHERE {where} AND {span} GROUP BY kind"
        return {one["kind"]: one["seconds"] for one in self._all(query, [*values, since - SLICE, until])}

    def counts(self, since: datetime | None = None, until: datetime | None = None) -> Counts:
        """Visits and effort of that time, as each garden's own clock showed them."""
        zone = self.at_site(datetime.now(UTC)).tzinfo
        assert zone is not None
        with self._faults():
            return counts_between(self._db, self._garden, since, until, zone)

    def at_site(self, instant: datetime) -> datetime:
        """As the garden's clock shows it; of several, that of the one that was heard last."""
        where, values = scope(self._garden)
        query = f"SELECT timezone, utc_offset_s FROM gardens WHERE {where} ORDER BY last_heard DESC LIMIT 1"
        found = self._all(query, values)
        return local(instant, *found[0].values()) if found else instant.astimezone()

    def gardens(self) -> list[GardenState]:
        """All of them, by name, with their present day."""
        with self._faults():
            return states(self._db)

    def storing(self) -> Mapping[str, Any]:
        """How the storing goes: at, stored, refused, waiting, lag_s."""
        return self._all("SELECT * FROM state")[0]

    def close(self) -> None:
        self._db.close()

    def _search(self, wanted: Filter, most: int, after: Mark | None, newer: bool) -> list[DictRow]:
        terms, values = conditions(wanted, self._garden)
        if after is not None:
            terms += f" AND (s.first_seen, s.place) {'>' if newer else '<'} (to_timestamp(%s), %s)"
            values += [after.first_at, after.number]
        way = "ASC" if newer else "DESC"
        return self._all(f"{SELECT} WHERE {terms} ORDER BY s.first_seen {way}, s.place {way} LIMIT %s", [*values, most])

    def _all(self, query: str, values: Sequence[Any] = ()) -> list[DictRow]:
        with self._faults():
            return self._db.execute(query.encode(), values).fetchall()  # type: ignore[return-value]

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            raise StoreFault(
                _("a hub database that answers"), " ".join(str(error).split()), _("look at PostgreSQL; try again")
            ) from error
