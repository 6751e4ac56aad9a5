"""A courier brings what waits, waits longer after each failure, and loses nothing that it did not say."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from edge.store import outbox
from edge.store.notices import Notice
from edge.store.outbox import Parcel
from edge.store.rows import transaction
from edge.store.schema import DATABASE, connect
from edge.store.store import Store
from edge.telling.backoff import MOST_S
from edge.telling.channel import Delivery
from edge.telling.courier import Courier
from tests.programs import SLOW_S
from tests.store.visits import SETTINGS, change, run, sighting, visit
from tests.telling.post import DAY_S, Clocks, Remembering

SENTINEL = "S3ntinel-never-seen"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    with Store.open(tmp_path, SETTINGS, run()):
        return tmp_path


@pytest.fixture
def db(data: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect(data / DATABASE)) as db:
        yield db


def hears_of(db: sqlite3.Connection, *numbers: int) -> None:
    """So many sightings, each with a notice."""
    rows = [("teachers", f"{number:032x}:slugs") for number in numbers]
    with transaction(db):
        db.executemany("INSERT INTO outbox (channel, kind, ref) VALUES (?, 'notice', ?)", rows)


def courier(data: Path, post: Remembering, most: int = 500, days: float = 14) -> Courier:
    return Courier(data, post, most, days * DAY_S, post.clocks.now, post.clocks.tick)


def passes(one: Courier, db: sqlite3.Connection, seconds: float, steps: int = 100_000) -> None:
    """Time passes in the courier's own steps, with nothing between them."""
    clocks = one.channel.clocks  # type: ignore[attr-defined]
    until = clocks.tick_s + seconds
    for _step in range(steps):
        pause_s = one.step(db)
        if clocks.tick_s >= until and pause_s > 0:
            return
        clocks.tick_s += max(pause_s, one._not_before_s - clocks.tick_s if one.failure else 0.0)
    raise AssertionError("too many steps")


def test_everything_goes_in_its_order(data: Path, db: sqlite3.Connection) -> None:
    post = Remembering()
    hears_of(db, *range(30))
    passes(courier(data, post), db, 1)
    assert [int(one.ref[:32], 16) for one in post.had] == list(range(30))
    assert [row[:3] for row in outbox.outcomes(db)] == [("teachers", "sent", 30)]


def test_after_a_fortnight_without_a_network_everything_is_delivered(data: Path, db: sqlite3.Connection) -> None:
    """Ten notices a day; the network comes back on the fourteenth."""
    post = Remembering(works=False)
    one = courier(data, post, days=15)
    for day in range(14):
        hears_of(db, *range(day * 10, day * 10 + 10))
        passes(one, db, DAY_S)
    assert one.failure == "no route to host"
    assert post.had == []
    assert 14 * DAY_S / MOST_S < len(post.attempts) < 1.5 * 14 * DAY_S / (0.5 * MOST_S), "patient, never asleep"
    post.works = True
    passes(one, db, MOST_S)
    assert one.failure == ""
    assert [int(parcel.ref[:32], 16) for parcel in post.had] == list(range(140))
    assert [row[:3] for row in outbox.outcomes(db)] == [("teachers", "sent", 140)]


@pytest.mark.parametrize(("most", "outcome", "sent"), [(50, "too_many", 50), (500, "too_old", 130)])
def test_what_is_too_much_or_too_old_after_weeks_is_dropped_and_counted(
    data: Path, db: sqlite3.Connection, most: int, outcome: str, sent: int
) -> None:
    """Three weeks and some minutes offline with ten notices each morning, of which two weeks may wait."""
    post = Remembering(works=False)
    one = courier(data, post, most=most, days=14)
    for day in range(21):
        hears_of(db, *range(day * 10, day * 10 + 10))
        passes(one, db, DAY_S)
    post.works = True
    passes(one, db, MOST_S)
    counted = {outcome: count for _channel, outcome, count, _at in outbox.outcomes(db)}
    assert counted == {"sent": sent, outcome: 210 - sent}
    assert [int(parcel.ref[:32], 16) for parcel in post.had] == list(range(210 - sent, 210)), "the newest are kept"


def test_pauses_double_with_a_random_part_up_to_ten_minutes(data: Path, db: sqlite3.Connection) -> None:
    post = Remembering(works=False)
    one = courier(data, post)
    hears_of(db, 1)
    passes(one, db, 3 * 3600)
    pauses = [after - before for before, after in zip(post.attempts, post.attempts[1:], strict=False)]
    for number, pause in enumerate(pauses):
        whole = min(2.0**number, MOST_S)
        assert 0.5 * whole <= pause <= whole + 0.01
    assert len(set(pauses)) == len(pauses), "no two gardens come in step"


def test_who_is_away_for_weeks_is_told_at_once_when_they_are_back(
    data: Path, db: sqlite3.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    """The connection stands and says it: no pause has to run out, and the log says it once."""
    post = Remembering(works=False)
    one = courier(data, post)
    hears_of(db, 1)
    passes(one, db, 3 * 3600)
    post.works, post.away = True, True
    passes(one, db, 3600)
    assert (one.failure, post.had) == ("nobody listens", [])
    post.away = False
    assert one.step(db) == 0.0
    assert (one.failure, len(post.had)) == ("", 1)
    assert len([line for line in caplog.messages if line.startswith("cannot tell")]) == 1


def test_one_that_is_refused_does_not_stand_before_the_others(data: Path, db: sqlite3.Connection) -> None:
    post = Remembering(refused={1})
    one = courier(data, post)
    hears_of(db, *range(5))
    passes(one, db, MOST_S)
    assert [parcel.number for parcel in post.had] == [2, 3, 4, 5]
    (left,) = outbox.waiting(db, "teachers", 10, None)
    assert (left.number, left.failure) == (1, "too large")
    assert left.attempts > 3


def test_killed_between_sending_and_marking_it_comes_again_with_the_same_id(data: Path, db: sqlite3.Connection) -> None:
    post = Remembering()
    hears_of(db, 7)
    first = courier(data, post)
    first.channel.prepare(db)
    first.channel.deliver(db, outbox.waiting(db, "teachers", 1, None))  # and here the power is cut
    passes(courier(data, post), db, 1)
    assert len(post.had) == 2
    assert len({parcel.id for parcel in post.had}) == 1
    assert outbox.waiting(db, "teachers", 1, None) == []


def test_on_a_full_disk_what_was_told_is_not_told_again(data: Path, db: sqlite3.Connection) -> None:
    """It cannot be taken out of the outbox for a while; everybody gets it once all the same."""
    post = Remembering()
    one = courier(data, post)
    hears_of(db, *range(3))
    db.execute("CREATE TRIGGER full BEFORE DELETE ON outbox BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END")
    for _attempt in range(5):
        with pytest.raises(sqlite3.DatabaseError, match="full"):
            one.step(db)
        post.clocks.tick_s += MOST_S
    assert len(post.had) == 1
    db.execute("DROP TRIGGER full")
    passes(one, db, 1)
    assert [int(parcel.ref[:32], 16) for parcel in post.had] == [0, 1, 2]
    assert [row[:3] for row in outbox.outcomes(db)] == [("teachers", "sent", 3)]


def test_ten_thousand_that_wait_are_counted_and_go_in_their_order(data: Path, db: sqlite3.Connection) -> None:
    post = Remembering(at_once=20, works=False)
    one = courier(data, post, most=20_000)
    hears_of(db, *range(10_000))
    with closing(one.database()) as own:
        passes(one, own, 60)
        assert one.waiting == 10_000
        post.works = True
        passes(one, own, MOST_S)
    assert [int(parcel.ref[:32], 16) for parcel in post.had] == list(range(10_000))
    assert one.waiting == 0


def test_one_that_cannot_be_made_into_a_message_does_not_stand_before_the_others(
    data: Path, db: sqlite3.Connection
) -> None:
    class Choosy(Remembering):
        def deliver(self, db: sqlite3.Connection, parcels: Sequence[Parcel]) -> Delivery:
            if any(parcel.number == 3 for parcel in parcels):
                raise KeyError(SENTINEL)
            return super().deliver(db, parcels)

    post = Choosy(at_once=20)
    one = courier(data, post)
    hears_of(db, *range(50))
    passes(one, db, 10 * MOST_S)
    assert sorted(parcel.number for parcel in post.had) == [number for number in range(1, 51) if number != 3]
    (left,) = outbox.waiting(db, "teachers", 10, None)
    assert (left.number, left.failure) == (3, "KeyError")


def test_a_fault_in_a_library_is_told_without_what_it_says(
    data: Path, db: sqlite3.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    """It may hold an address, a password, or a token; it goes on."""

    class Stumbling(Remembering):
        def prepare(self, db: sqlite3.Connection) -> None:
            if not self.attempts:
                self.attempts.append(0.0)
                raise KeyError(SENTINEL)

    post = Stumbling()
    hears_of(db, 1)
    passes(courier(data, post), db, MOST_S)
    assert len(post.had) == 1
    assert "courier stumbled channel=teachers error=KeyError" in caplog.text
    assert "in prepare" in caplog.text, "where it was"
    assert SENTINEL not in caplog.text


def test_without_a_true_clock_nothing_grows_old(data: Path, db: sqlite3.Connection) -> None:
    post = Remembering(works=False, clocks=Clocks(start=None))
    one = courier(data, post, days=14)
    hears_of(db, *range(3))
    passes(one, db, 30 * DAY_S)
    post.clocks.start = 2.0e9  # the network sets it, and works
    post.works = True
    passes(one, db, MOST_S)
    assert len(post.had) == 3


def test_its_thread_sends_what_a_rule_wrote_and_takes_leave_at_the_end(data: Path, db: sqlite3.Connection) -> None:
    post = Remembering()
    one = courier(data, post)
    one.start()
    slug = sighting()
    with Store.open(data, SETTINGS, run()) as store:
        store.record([change("opened", slug, 90)], [Notice("teachers", slug.id, "slugs")])
        assert store.settle(60)
    one.stop()
    one.join(SLOW_S)
    assert [parcel.ref for parcel in post.had] == [f"{slug.id}:slugs"], "also what the stop itself wrote"
    assert post.closed


def test_a_database_that_was_set_aside_is_left_for_the_new_one(data: Path) -> None:
    """The watcher begins a new one while it watches, and whoever is to be told goes on there."""
    post = Remembering(kinds=("sighting",))
    one = courier(data, post)
    with closing(one.database()) as old:
        one.step(old)
        (data / DATABASE).rename(data / "spoilt.db")
        with Store.open(data, SETTINGS, run()) as store:
            post.clocks.tick_s += 60
            with pytest.raises(sqlite3.OperationalError, match="replaced"):
                one.step(old)
            with closing(one.database()) as new:
                post.clocks.tick_s += 60
                one.step(new)
                store.record(visit(sighting()))
                assert store.settle(60)
                one.step(new)
    assert [parcel.kind for parcel in post.had] == ["sighting"]
