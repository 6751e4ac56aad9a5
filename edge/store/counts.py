"""How many visits there were, and how long was watched, by hour of day and by day."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo

from edge.store.effort import RESTS, SLICE_S, WATCHED
from edge.store.run import utc_text

HOURS = 24
DAY_S = 86400
HOUR_S = 3600


@dataclass(slots=True)
class Slot:
    """What happened in one hour of the day, or on one day."""

    visits: dict[str, int] = field(default_factory=dict)
    """By role, as known now; without the background."""
    seconds: dict[str, float] = field(default_factory=dict)
    """By kind: watched, why it was blind, or why nobody watched."""

    @property
    def count(self) -> int:
        return sum(self.visits.values())

    @property
    def watched_s(self) -> float:
        return self.seconds.get(WATCHED, 0.0)

    @property
    def blind_s(self) -> float:
        return blind_of(self.seconds)


def blind_of(seconds: dict[str, float]) -> float:
    """Seconds in which was watched and nothing could be seen."""
    return sum(s for kind, s in seconds.items() if kind != WATCHED and kind not in RESTS)


def rest_of(seconds: dict[str, float]) -> float:
    """Seconds in which nobody meant to watch."""
    return sum(s for kind, s in seconds.items() if kind in RESTS)


@dataclass(frozen=True, slots=True)
class LabelCount:
    """Visits of one label, as known now."""

    label: str
    role: str
    count: int


@dataclass(frozen=True, slots=True)
class Counts:
    """The visits and the effort of a period. Verdicts go before the machine's labels."""

    since: datetime
    """In the site's zone: as asked for, else the first that is known."""
    until: datetime
    labels: tuple[LabelCount, ...]
    """The most frequent first."""
    hours: tuple[Slot, ...]
    """24: what happened at 0 to 1 o'clock, and so on, on all days together."""
    days: dict[date, Slot]
    """Every day of the period in its order, also those without a visit."""

    @property
    def visits(self) -> int:
        return sum(label.count for label in self.labels)

    @property
    def seconds(self) -> dict[str, float]:
        """Of the whole period, by kind."""
        total: dict[str, float] = {}
        for slot in self.hours:
            for kind, seconds in slot.seconds.items():
                total[kind] = total.get(kind, 0.0) + seconds
        return total

    @property
    def watched_s(self) -> float:
        return self.seconds.get(WATCHED, 0.0)


def counts_between(db: sqlite3.Connection, since: datetime | None, until: datetime | None, zone: tzinfo) -> Counts:
    """The period's counts, in `zone`; None means from the first or to the last that is known.

    Both ends count in whole quarters of an hour. Some tenths of a second for a season of a million sightings (see
    tests/bench/charts.py). Raises sqlite3.Error.
    """
    begin, end = _bounds(db, since, until)
    hours, days = tuple(Slot() for _ in range(HOURS)), days_between(begin, end, zone)
    labels: dict[tuple[str, str], int] = {}
    for first, last, offset_s in _stretches(begin, end, zone):
        for role, label, count in db.execute(_LABELS, (first, last)):
            labels[role, label] = labels.get((role, label), 0) + count
        for hour, role, count in db.execute(_VISITS, (offset_s, first, last)):
            for slot in _slots(hour, hours, days):
                slot.visits[role] = slot.visits.get(role, 0) + count
        near = (_text(first - SLICE_S), _text(last + SLICE_S))
        for hour, kind, seconds in db.execute(_EFFORT, (offset_s, *near, first, last)):
            for slot in _slots(hour, hours, days):
                slot.seconds[kind] = slot.seconds.get(kind, 0.0) + seconds
    ordered = sorted(labels.items(), key=lambda item: (-item[1], item[0]))
    return Counts(
        datetime.fromtimestamp(begin, zone),
        datetime.fromtimestamp(end, zone),
        tuple(LabelCount(label, role, count) for (role, label), count in ordered if count),
        hours,
        days,
    )


_LABELS = """
SELECT role, label, sum(count) FROM visit_counts INDEXED BY visit_counts_labels
WHERE slice_at >= ? AND slice_at < ? AND role != 'background' GROUP BY role, label
"""
# The inner sums come in the table's own order, so that only they are sorted.
_VISITS = """
SELECT (slice_at + ?) / 3600 AS hour, role, sum(visits) FROM (SELECT slice_at, role, sum(count) AS visits
  FROM visit_counts WHERE slice_at >= ? AND slice_at < ? AND role != 'background' GROUP BY slice_at, role)
GROUP BY hour, role HAVING sum(visits) > 0
"""
# Seconds count where their middle is; they begin when the first of their kind was told in that quarter of an hour.
_EFFORT = """
SELECT CAST((middle_at + ?) / 3600 AS INTEGER) AS hour, kind, sum(seconds) FROM (
  SELECT e.kind, e.seconds, e.seconds / 2 + CASE WHEN r.tick_zero_at IS NULL THEN strftime('%s', e.slice_start)
    ELSE r.tick_zero_at + max(e.slice_tick_s, r.started_tick_s) END AS middle_at
  FROM runs r CROSS JOIN effort e ON e.run_id = r.id
  WHERE r.tick_zero_at IS NOT NULL OR e.slice_start BETWEEN ? AND ?)
WHERE middle_at >= ? AND middle_at < ? GROUP BY hour, kind
"""
_FIRST_AND_LAST = f"""
SELECT min(first), max(last) + {SLICE_S:.0f} FROM (
  SELECT min(slice_at) AS first, max(slice_at) AS last FROM visit_counts WHERE count > 0
  UNION ALL SELECT strftime('%s', min(e.slice_start)) + 0, strftime('%s', max(e.slice_start)) + 0
    FROM runs r JOIN effort e ON e.run_id = r.id WHERE r.tick_zero_at IS NULL
  UNION ALL SELECT min(r.tick_zero_at + max(e.slice_tick_s, r.started_tick_s)), max(r.tick_zero_at + e.slice_tick_s)
    FROM runs r JOIN effort e ON e.run_id = r.id WHERE r.tick_zero_at IS NOT NULL)
"""


def _bounds(db: sqlite3.Connection, since: datetime | None, until: datetime | None) -> tuple[int, int]:
    """Unix seconds."""
    first, last = since.timestamp() if since else None, until.timestamp() if until else None
    if first is None or last is None:
        known_first, known_last = db.execute(_FIRST_AND_LAST).fetchone()
        now = datetime.now(UTC).timestamp()
        first = (known_first or now) if first is None else first
        last = max(known_last or now, first) if last is None else last
    return int(first // SLICE_S * SLICE_S), int(-(-last // SLICE_S) * SLICE_S)


def days_between(begin: int, end: int, zone: tzinfo) -> dict[date, Slot]:
    """An empty slot for each day of that time, unix seconds, in `zone`."""
    first = datetime.fromtimestamp(begin, zone).date()
    last = datetime.fromtimestamp(max(end - 1, begin), zone).date()
    return {first + timedelta(days=number): Slot() for number in range((last - first).days + 1)}


def _stretches(begin: int, end: int, zone: tzinfo) -> Iterator[tuple[int, int, int]]:
    """Parts of that time with one offset from UTC each: a season has a change of summer time or two."""
    start, offset_s = begin, _offset_s(begin, zone)
    for day in range(begin + DAY_S, end + DAY_S, DAY_S):
        if _offset_s(min(day, end), zone) == offset_s:
            continue
        low, high = max(start, day - DAY_S), min(day, end)  # it changes after low, up to high
        while high - low > SLICE_S:
            middle = (low + high) // 2
            low, high = (middle, high) if _offset_s(middle, zone) == offset_s else (low, middle)
        change = int(high // SLICE_S * SLICE_S)
        yield start, change, offset_s
        start, offset_s = change, _offset_s(high, zone)
    yield start, end, offset_s


def _text(at: float) -> str:
    """As a slice's start is written."""
    return utc_text(datetime.fromtimestamp(at, UTC))


def _offset_s(at: int, zone: tzinfo) -> int:
    offset = datetime.fromtimestamp(at, zone).utcoffset()
    return round(offset.total_seconds()) if offset else 0


def _slots(hour: int, hours: tuple[Slot, ...], days: dict[date, Slot]) -> Iterator[Slot]:
    """`hour` counts local hours since 1970."""
    yield hours[hour % HOURS]
    yield days.setdefault(date(1970, 1, 1) + timedelta(days=hour // HOURS), Slot())
