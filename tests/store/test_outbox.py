"""What is to be told is written with what it tells of, waits in order, and leaves only when it is told."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from edge.store import outbox
from edge.store.deletion import delete_photo
from edge.store.notices import Notice
from edge.store.outbox import Kind, Parcel
from edge.store.rows import Effort, add_effort, save, start_run
from edge.store.schema import DATABASE, connect
from edge.store.store import Store
from edge.store.verdicts import Verdict, append_verdicts
from tests.store.visits import SETTINGS, change, moment, run, sighting, visit

ALL: tuple[Kind, ...] = ("event", "sighting", "photo", "effort")
DAY_S = 86_400.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An open record that tells a broker of everything."""
    with Store.open(tmp_path, SETTINGS, run()) as store, closing(connect(tmp_path / DATABASE)) as db:
        outbox.subscribe(db, "mqtt", ALL)
        yield store


@pytest.fixture
def db(store: Store, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect(tmp_path / DATABASE)) as db:
        yield db


def waiting(db: sqlite3.Connection, channel: str = "mqtt", most: int = 100, now: float | None = 1e9) -> list[Parcel]:
    return outbox.waiting(db, channel, most, now)


def kinds(db: sqlite3.Connection) -> list[tuple[str, str]]:
    return [(one.kind, one.ref) for one in waiting(db)]


def empty(db: sqlite3.Connection) -> None:
    outbox.done(db, waiting(db), "sent", 1.0)
    assert waiting(db) == []


def test_a_visit_is_told_when_it_opens_and_again_when_it_is_over(store: Store, db: sqlite3.Connection) -> None:
    one = sighting()
    store.record([change("opened", one, 90)])
    assert store.settle(60)
    assert kinds(db) == [("event", one.id), ("sighting", one.id), ("photo", one.id)]
    first = {parcel.kind: parcel.id for parcel in waiting(db)}
    empty(db)
    store.record([change("closed", one)])
    assert store.settle(60)
    assert kinds(db) == [("sighting", one.id)]
    assert waiting(db)[0].id not in first.values(), "it is another message"


def test_news_of_a_sighting_takes_the_place_of_what_still_waits(store: Store, db: sqlite3.Connection) -> None:
    one = sighting()
    store.record([change("opened", one, 90)])
    assert store.settle(60)
    sent = waiting(db)
    store.record([change("closed", one)])  # while the older news is on its way
    assert store.settle(60)
    outbox.done(db, sent, "sent", 1.0)
    assert kinds(db) == [("sighting", one.id)], "the end is not lost with the beginning"


def test_a_verdict_and_a_deleted_photo_are_told(store: Store, db: sqlite3.Connection, tmp_path: Path) -> None:
    one = sighting()
    store.record(visit(one))
    assert store.settle(60)
    empty(db)
    append_verdicts(tmp_path, [Verdict(one.id, "snail", "pest", "Ms Li", moment(60).wall)])
    assert kinds(db) == [("sighting", one.id)]
    empty(db)
    assert delete_photo(tmp_path, one.id)
    assert kinds(db) == [("sighting", one.id)]


def test_what_a_crash_left_open_is_told_as_over(tmp_path: Path) -> None:
    one = sighting()
    with Store.open(tmp_path, SETTINGS, run()):
        pass
    with closing(connect(tmp_path / DATABASE)) as db:
        outbox.subscribe(db, "mqtt", ALL)
        killed = run()
        start_run(db, killed)
        save(db, killed.id, one, None, None)  # and then the power was cut
        empty(db)
        with Store.open(tmp_path, SETTINGS, run()):
            assert kinds(db) == [("sighting", one.id)]


def test_effort_is_told_once_when_its_quarter_of_an_hour_is_over(store: Store, db: sqlite3.Connection) -> None:
    this = run()
    start_run(db, this)
    for _minute in range(3):
        add_effort(db, this, [Effort(0.0, moment(0).wall, "watched", 60.0)], moment(60).wall)
    assert waiting(db, now=1000.0) == [], "its age is not known yet"
    outbox.keep_bounds(db, "mqtt", 100, DAY_S, now=1000.0)
    assert waiting(db, now=1000.0) == []
    assert [one.ref for one in waiting(db, now=2300.0)] == [f"{this.id}:0.0"]


def test_a_notice_is_written_with_its_sighting_and_once_for_each_rule(store: Store, db: sqlite3.Connection) -> None:
    one = sighting()
    notices = [
        Notice("teachers", one.id, "slug!"),
        Notice("teachers", one.id, "slug!"),
        Notice("phone", one.id, "slug!"),
    ]
    store.record([change("opened", one, 90)], notices)
    assert store.settle(60)
    assert [parcel.ref for parcel in waiting(db, "teachers")] == [f"{one.id}:slug!"]
    assert [parcel.ref for parcel in waiting(db, "phone")] == [f"{one.id}:slug!"]


def test_what_was_tried_least_comes_first(store: Store, db: sqlite3.Connection) -> None:
    store.record([*visit(sighting(0)), *visit(sighting(60))])
    assert store.settle(60)
    first, second, *_others = waiting(db)
    outbox.failed(db, [first], "refused")
    assert waiting(db)[0] == second
    last = waiting(db)[-1]
    assert (last.number, last.attempts, last.failure, last.id) == (first.number, 1, "refused", first.id)


def test_the_oldest_go_when_too_many_wait_and_are_counted(store: Store, db: sqlite3.Connection) -> None:
    store.record([change for second in range(5) for change in visit(sighting(60.0 * second))])
    assert store.settle(60)
    assert len(waiting(db)) == 15
    assert outbox.keep_bounds(db, "mqtt", 10, DAY_S, now=None) == 5
    assert [one.number for one in waiting(db)] == list(range(6, 16))
    assert [row[:3] for row in outbox.outcomes(db)] == [("mqtt", "too_many", 5)]


def test_age_counts_only_under_a_clock_that_is_right(store: Store, db: sqlite3.Connection) -> None:
    """A board without a clock starts in another year, and loses nothing when the network sets it."""
    store.record(visit(sighting()))
    assert store.settle(60)
    assert outbox.keep_bounds(db, "mqtt", 100, 14 * DAY_S, now=None) == 0
    assert outbox.keep_bounds(db, "mqtt", 100, 14 * DAY_S, now=1e9) == 0
    assert outbox.keep_bounds(db, "mqtt", 100, 14 * DAY_S, now=1e9 + 13 * DAY_S) == 0
    assert outbox.keep_bounds(db, "mqtt", 100, 14 * DAY_S, now=1e9 + 15 * DAY_S) == 3
    assert [row[:3] for row in outbox.outcomes(db)] == [("mqtt", "too_old", 3)]


def test_what_waits_for_somebody_who_is_no_longer_told_is_counted_as_gone(store: Store, db: sqlite3.Connection) -> None:
    store.record(visit(sighting()))
    assert store.settle(60)
    outbox.forget_others(db, [], 5.0)
    assert waiting(db) == []
    assert outbox.outcomes(db) == [("mqtt", "gone", 3, 5.0)]
    store.record(visit(sighting(60)))
    assert store.settle(60)
    assert waiting(db) == [], "nobody wants to hear of it"
