"""The day in one message: visits, best photos, effort, faults."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path

from edge.language import _, _n, listed
from edge.model.labels import UNKNOWN, Label
from edge.review.listing import roles
from edge.review.reasons import blind_in_words
from edge.review.report.tables import duration, fault_sentences
from edge.store.counts import Counts
from edge.store.effort import RESTS, WATCHED
from edge.store.judged import best_photos
from edge.store.past_faults import faults_between
from edge.store.reading import Sightings
from edge.telling.message import Message, Picture, picture
from edge.telling.payloads import name_of

PER_LABEL = 2
"""Photos of one animal; a day of bees would show nothing else."""


def span_of(day: date, at: str | None, zone: datetime) -> tuple[datetime, datetime]:
    """A day and a night up to that time of that day, so that nothing falls between two digests; without a time all of
    the day. `zone` is any moment on the site's clock."""
    ends = datetime.combine(day + timedelta(days=at is None), time.fromisoformat(at or "00:00"), zone.tzinfo)
    begins = datetime.combine(ends.date() - timedelta(days=1), ends.time(), zone.tzinfo)
    return begins, ends


def due_day(now: datetime, at: str) -> date:
    """The latest day whose digest should be out at that moment on the site's clock."""
    return now.date() - timedelta(days=f"{now:%H:%M}" < at)


def digest(
    record: Sightings,
    data: Path,
    span: tuple[datetime, datetime],
    labels: Mapping[str, Label],
    site: str | None,
    photos: int,
    footer: str = "",
) -> Message:
    """Raises StoreError, StoreFault."""
    since, until = span
    counts = record.counts(since, until)
    day = (until - timedelta(hours=12)).date().isoformat()  # most of a morning's digest is the day before
    title = _n("{where}: one visit on {day}", "{where}: {count} visits on {day}", counts.visits)
    faults = fault_sentences(counts, record.ask(lambda db: faults_between(db, since, until)))
    return Message(
        title.format(where=site or _("The garden"), count=counts.visits, day=day),
        (
            _("{since} to {until}").format(since=f"{since:%Y-%m-%d %H:%M}", until=f"{until:%Y-%m-%d %H:%M %z}"),
            *_visits(counts, labels),
            *_effort(counts),
            *(faults or [_("No faults that the record tells of.")]),
        ),
        tuple(_photos(record, data, counts, labels, photos)),
        footer=footer,
    )


def _visits(counts: Counts, labels: Mapping[str, Label]) -> Iterator[str]:
    if counts.visits:
        named = listed(f"{name_of(one.label, labels)} {one.count}" for one in counts.labels)
        yield _("Visits: {named}").format(named=named)
        names = roles()
        by_role = {role: sum(one.count for one in counts.labels if one.role == role) for role in ("pest", "beneficial")}
        yield listed(f"{names[role]} {count}" for role, count in by_role.items())
    else:
        yield _("No visits.")


def _effort(counts: Counts) -> Iterator[str]:
    """No visits in no watched hour is no zero, so it is always told."""
    yield _("Watched: {time}").format(time=duration(counts.watched_s))
    others = sorted(((kind, s) for kind, s in counts.seconds.items() if s >= 60), key=lambda item: -item[1])
    if said := [_timed(kind, s) for kind, s in others if kind not in (WATCHED, *RESTS)]:
        yield _("Nothing could be seen: {reasons}").format(reasons=listed(said))
    if said := [_timed(kind, s) for kind, s in others if kind in RESTS]:
        yield _("Not watched on purpose: {reasons}").format(reasons=listed(said))


def _timed(kind: str, seconds: float) -> str:
    return f"{blind_in_words(kind)} {duration(seconds)}"


def _photos(record: Sightings, data: Path, counts: Counts, labels: Mapping[str, Label], most: int) -> Iterator[Picture]:
    """The best of each animal in turn, the most frequent first."""
    found = [
        record.ask(partial(_best, counts, one.label)) for one in counts.labels[: max(most, 0)] if one.label != UNKNOWN
    ]
    turns = [own[number] for number in range(PER_LABEL) for own in found if number < len(own)]
    for number, (id, path) in enumerate(turns[:most], 1):
        row = record.one(id)
        name = name_of(row.truth, labels)
        caption = f"{name}, {row.first_seen:%H:%M}"
        if (shown := picture(data / path, f"photo-{number}.jpg", caption)) is not None:
            yield shown


def _best(counts: Counts, label: str, db: sqlite3.Connection) -> Sequence[tuple[str, str]]:
    return list(best_photos(db, label, counts.since, counts.until, PER_LABEL))
