"""A clock that jumps by years, begins in 1970, and goes through the nights in which summer time ends and begins."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from edge.clock import SteadyClock
from edge.records import Moment, Sighting
from edge.store.reading import Row, Sightings
from edge.store.store import Store
from tests.faults.outcome import Outcome
from tests.faults.power.watched import until
from tests.store.conftest import Folder
from tests.store.visits import SETTINGS, run, sighting, visit

NIGHTS = (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2027, 3, 28, 0, 30, tzinfo=UTC))
"""Half an hour before clocks in Berlin are set."""
TICK_ZERO_S = 1000.0
VISITS = 12
YEAR = timedelta(days=365)


class WrongClock:
    """What the system's clock says, while the true time runs on; each reading may come after a jump."""

    def __init__(self, start: datetime, chance: random.Random, off: timedelta | None = None) -> None:
        self._start, self._chance = start, chance
        at_first = (datetime(1970, 1, 1, tzinfo=UTC) - start, -YEAR, timedelta(0), YEAR)
        self._off = chance.choice(at_first) if off is None else off

    def moment(self, second: float) -> Moment:
        if self._chance.random() < 0.3:
            self._off += self._chance.choice((-YEAR, YEAR, timedelta(hours=-1), timedelta(hours=1)))
        return Moment(self._start + timedelta(seconds=second) + self._off, TICK_ZERO_S + second, None)


def clocks(times: int, folder: Path, seed: int = 8) -> Outcome:
    """Each time a boot of its own. Two of three have a clock that is right only at the end; their record is read before
    and after that. The third one's is right first, then set without a time source."""
    chance, broken = random.Random(seed), list[str]()
    for number in range(times):
        start = chance.choice(NIGHTS)
        boot = _kept_boot if number % 3 == 2 else _boot
        broken += [f"{number}: {fault}" for fault in boot(folder / str(number), start, chance)]
    seen = f"{VISITS + 1} visits each, in the nights of both changes of the hour; order, times and durations compared"
    return Outcome("clock jumps, no clock, set by hand, summer time", times, seen, tuple(broken))


def _boot(data: Path, start: datetime, chance: random.Random) -> list[str]:
    clock, spans = WrongClock(start, chance), list[tuple[float, float]]()
    seconds = sorted(chance.uniform(0, 5400) for _ in range(VISITS))
    boot = replace(run(clock="untrusted", timezone="Europe/Berlin"), started=clock.moment(0))
    with Store.open(data, SETTINGS, boot) as store:
        for second in seconds:
            spans.append((second, second + chance.uniform(1, 1800)))
            store.record(visit(_seen(clock, *spans[-1])))
        store.settle(60)
        before = _rows(data)
        end = 5400.0 + 1800
        store.clock_trusted(Moment(start + timedelta(seconds=end), TICK_ZERO_S + end, None))
        spans.append((end + 10, end + 70))
        store.record(visit(_seen_right(start, *spans[-1])))
        store.settle(60)
        until(lambda: Folder(data).query("SELECT applied FROM clock_offsets") == [(1,)])
    after = _rows(data)
    faults = [f"before: {row.clock}" for row in before if row.clock != "untrusted"]
    faults += _durations(before, spans[:-1]) + _durations(after, spans)
    times = [round(row.first_seen.timestamp() - start.timestamp(), 2) for row in after]
    if times != [round(first, 2) for first, _last in spans]:
        faults.append(f"order or times: {times}")
    if [row.clock for row in after] != ["corrected"] * VISITS + ["trusted"]:
        faults.append(f"marks: {[row.clock for row in after]}")
    return faults


def _kept_boot(data: Path, start: datetime, chance: random.Random) -> list[str]:
    """What is seen by the program's own clock, which knows that nobody keeps the system's any more."""
    wrong, second, asked = WrongClock(start, chance, timedelta(0)), 0.0, list[bool]()
    steady = SteadyClock(
        lambda: (wrong.moment(second).wall if second else start).timestamp(),
        lambda: TICK_ZERO_S + second,
        lambda: TICK_ZERO_S + second,
        lambda: (asked.append(True), len(asked) == 1)[1],
    )
    started, spans = steady.now(), list[tuple[float, float]]()
    with Store.open(data, SETTINGS, replace(run(timezone="Europe/Berlin"), started=started)) as store:
        for _ in range(VISITS):
            moments = list[Moment]()
            for pause_s in (chance.uniform(1, 600), 0.5, chance.uniform(1, 900)):
                second += pause_s
                moments.append(steady.now())
            spans.append((second - pause_s - 0.5, second))
            first, decided, last = moments
            seen = replace(sighting(), first_seen=first, decided=decided, box_moment=decided, last_seen=last)
            store.record(visit(seen))
        store.settle(60)
    rows = _rows(data)
    times = [row.first_seen.timestamp() - start.timestamp() for row in rows]
    right = all(abs(one - first) < 0.05 for one, (first, _last) in zip(times, spans, strict=True))
    faults = [] if right else [f"kept: order or times: {times}"]
    return faults + _durations(rows, spans) + [f"kept: {row.clock}" for row in rows if row.clock != "trusted"]


def _durations(rows: list[Row], spans: list[tuple[float, float]]) -> list[str]:
    """Of the rows as they are listed, in whatever order that is."""
    found = sorted(round(row.last_seen.timestamp() - row.first_seen.timestamp(), 1) for row in rows)
    expected = sorted(round(last - first, 1) for first, last in spans)
    wrong = [one for one, other in zip(found, expected, strict=True) if abs(one - other) > 0.11]
    return [f"durations: {wrong}"] if wrong else []


def _seen(clock: WrongClock, first: float, last: float) -> Sighting:
    moments = [clock.moment(second) for second in (first, first + 0.5, last)]
    return replace(sighting(), first_seen=moments[0], decided=moments[1], box_moment=moments[1], last_seen=moments[2])


def _seen_right(start: datetime, first: float, last: float) -> Sighting:
    moments = [Moment(start + timedelta(seconds=s), TICK_ZERO_S + s, None) for s in (first, first + 0.5, last)]
    return replace(sighting(), first_seen=moments[0], decided=moments[1], box_moment=moments[1], last_seen=moments[2])


def _rows(data: Path) -> list[Row]:
    """The oldest first."""
    with Sightings(data) as record:
        return list(record.rows())[::-1]
