"""Recorded visits, told to the rules again in the order in which they came."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from edge.actions.acting import Actions
from edge.actions.led import Condition
from edge.actions.rules import Rules
from edge.errors import GardenwatchError
from edge.records import Change, Moment, Receipt, Sighting
from edge.store.filter import Filter
from edge.store.reading import Row, Sightings

log = logging.getLogger(__name__)

TURN_S = 0.25
"""As the loop's longest turn."""
MOST = 10_000
"""Visits recalled at the start: more than a day has."""


def events(rows: Iterable[Row], tick: Callable[[datetime], float]) -> Iterator[tuple[Moment, Change]]:
    """Each visit's beginning and end, in their order. As the record has them: with the label known last, from when it
    was first seen, which is about a second before it was counted."""
    found: list[tuple[datetime, bool, str, Row]] = []
    for row in rows:
        found.append((row.first_seen, False, row.id, row))
        found.append((max(row.last_seen, row.first_seen), True, row.id, row))
    for wall, ends, _id, row in sorted(found, key=lambda event: event[:3]):
        now = Moment(wall, tick(wall), None)
        yield now, Change("closed" if ends else "opened", _sighting(row, now))


def recall(rules: Rules, data: Path, now: Moment) -> None:
    """Lets the rules remember what they did before a restart, so that it lifts no cooldown and no daily cap."""
    wanted = Filter(since=now.wall - rules.memory, until=now.wall, limit=MOST)
    try:
        with Sightings(data) as record:
            for then, change in events(
                record.rows(wanted), lambda wall: now.tick_s - (now.wall - wall).total_seconds()
            ):
                rules.judge(change, then)
    except GardenwatchError as error:  # a sick record must not keep the watcher from watching
        log.warning("rules remember nothing error=%s", error)


def was_visited(data: Path, since: datetime, min_confidence: float) -> bool:
    """Whether a pest came since then, as far as the record can be read."""
    try:
        with Sightings(data) as record:
            return record.count(Filter(since=since, role="pest", min_confidence=min_confidence)) > 0
    except GardenwatchError as error:
        log.warning("lamp remembers nothing error=%s", error)
        return False


def replay(
    rows: Iterable[Row], actions: Actions, called: Callable[[Sighting], str], at: Callable[[Moment, str], None]
) -> int:
    """Plays visits to a hand, in turns while something blinks or beeps. Calls `at` with what comes and what the lamp
    says; `called` names a visitor. Returns how many visits there were."""
    now: Moment | None = None
    said, visits = None, 0

    def turn(moment: Moment) -> None:
        nonlocal said
        actions.turn(moment, Condition())
        if actions.lamp.says != said:
            said = actions.lamp.says
            at(moment, said)

    for moment, change in events(rows, datetime.timestamp):
        while now is not None and actions.busy and now.tick_s + TURN_S < moment.tick_s:
            now = Moment(now.wall + timedelta(seconds=TURN_S), now.tick_s + TURN_S, None)
            turn(now)
        now = moment
        turn(now)
        visits += change.kind == "opened"
        at(now, ("+ " if change.kind == "opened" else "- ") + called(change.sighting))
        actions.act([change], now)
        turn(now)
    while now is not None and actions.busy:
        now = Moment(now.wall + timedelta(seconds=TURN_S), now.tick_s + TURN_S, None)
        turn(now)
    return visits


def _sighting(row: Row, now: Moment) -> Sighting:
    role = row.role if row.role in ("pest", "beneficial", "neutral") else "background"
    return Sighting(
        id=row.id,
        first_seen=now,
        last_seen=now,
        decided=now,
        label=row.label,
        role=role,  # type: ignore[arg-type]  # one of the four
        confidence=row.confidence,
        box=row.box,
        box_moment=now,
        receipt=Receipt(0, {}, ""),
    )
