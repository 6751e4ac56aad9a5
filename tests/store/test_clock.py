"""A wrong clock is corrected later; the system's is never touched."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from edge.records import Moment, Sighting
from edge.store import clock
from edge.store.clock import ClockCorrection, trust_clock
from edge.store.filter import Filter
from edge.store.reading import Sightings
from edge.store.rows import save
from edge.store.schema import connect
from edge.store.store import Store
from tests.store.conftest import Folder
from tests.store.test_crash import wait_until
from tests.store.visits import SETTINGS, START, moment, run, sighting, visit

TRUE = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


def true_at(second: float) -> Moment:
    """The moment at which it is known that it is TRUE."""
    return Moment(TRUE, moment(second).tick_s, None)


def after_trust(second: float) -> Sighting:
    """A sighting under the clock that was set at second 100."""
    known = sighting(second)
    wall = TRUE + timedelta(seconds=second - 100)
    return replace(known, first_seen=replace(known.first_seen, wall=wall))


def seen(folder: Folder, wanted: Filter | None = None) -> list[tuple[datetime, str]]:
    with Sightings(folder.path) as record:
        return [(row.first_seen, row.clock) for row in record.rows(wanted)]


def test_once_the_clock_is_trusted_past_sightings_are_corrected_and_coming_ones_stand(folder: Folder) -> None:
    with Store.open(folder.path, SETTINGS, run(clock="untrusted")) as store:
        store.record([*visit(sighting(10)), *visit(sighting(20))])
        assert store.settle(60)
        store.clock_trusted(true_at(100))
        store.record(visit(after_trust(200)))
        expected = [(TRUE + timedelta(seconds=s), kind) for s, kind in ((100, "trusted"), (-80, "corrected"))]
        wait_until(lambda: seen(folder, Filter(since=TRUE - timedelta(seconds=81))) == expected)
    assert seen(folder)[2] == (TRUE + timedelta(seconds=-90), "corrected")


def test_a_sighting_that_began_before_and_ends_after_is_corrected_as_a_whole(folder: Folder) -> None:
    with Store.open(folder.path, SETTINGS, run(clock="untrusted")) as store:
        store.clock_trusted(true_at(100))
        began = sighting(90)
        store.record(visit(replace(began, last_seen=Moment(TRUE + timedelta(seconds=20), moment(120).tick_s, None))))
    with Sightings(folder.path) as record:
        (row,) = record.rows()
    assert (row.first_seen, row.last_seen) == (TRUE - timedelta(seconds=10), TRUE + timedelta(seconds=20))


def test_earlier_and_later_runs_of_the_boot_are_corrected_too(folder: Folder) -> None:
    with Store.open(folder.path, SETTINGS, run(clock="untrusted")) as store:
        store.record(visit(sighting(10)))
    with Store.open(folder.path, SETTINGS, run(clock="untrusted")) as store:
        store.clock_trusted(true_at(100))
    with Store.open(folder.path, SETTINGS, run(clock="untrusted")) as store:
        store.record(visit(sighting(300)))
    assert seen(folder) == [(TRUE + timedelta(seconds=s), "corrected") for s in (200, -90)]


def test_only_the_first_telling_counts(folder: Folder) -> None:
    with Store.open(folder.path, SETTINGS, run(clock="untrusted")) as store:
        store.record(visit(sighting(10)))
        for second in (100, 200, 300):
            store.clock_trusted(true_at(second))
    assert folder.query("SELECT boot_id, source FROM clock_offsets") == [("boot-1", "ntp")]
    assert seen(folder) == [(TRUE - timedelta(seconds=90), "corrected")]


def test_a_clock_that_was_trusted_all_along_or_is_a_file_s_stays_as_it_is(folder: Folder) -> None:
    for kind in ("trusted", "file"):
        with Store.open(folder.path, SETTINGS, run(clock=kind)) as store:  # type: ignore[arg-type]
            store.record(visit(sighting(10)))
            store.clock_trusted(true_at(100))
    assert sorted(seen(folder)) == [(moment(10).wall, "file"), (moment(10).wall, "trusted")]
    assert folder.query("SELECT * FROM clock_offsets") == []


def test_telling_never_waits_for_a_database_that_is_held(folder: Folder) -> None:
    with Store.open(folder.path, SETTINGS, run(clock="untrusted")) as store:
        store.record(visit(sighting(10)))
        assert store.settle(60)
        with closing(sqlite3.connect(folder.path / "gardenwatch.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            store.clock_trusted(true_at(100))
            other.execute("COMMIT")
        wait_until(lambda: seen(folder) == [(TRUE - timedelta(seconds=90), "corrected")])


def test_what_the_clock_said_stays_in_the_record(folder: Folder) -> None:
    with Store.open(folder.path, SETTINGS, run(clock="untrusted")) as store:
        store.record(visit(sighting(10)))
        store.clock_trusted(true_at(100))
    assert folder.query("SELECT first_seen FROM sightings") == [("2026-05-01T06:00:10.000+00:00",)]


def test_a_jump_of_the_wall_clock_within_a_boot_is_corrected_too(folder: Folder) -> None:
    jumped = sighting(20)
    year = timedelta(days=365)
    jumped = replace(jumped, first_seen=Moment(jumped.first_seen.wall + year, jumped.first_seen.tick_s, None))
    with Store.open(folder.path, SETTINGS, run(clock="untrusted")) as store:
        store.record([*visit(sighting(10)), *visit(jumped), *visit(sighting(30))])
        assert store.settle(60)
        store.clock_trusted(true_at(100))
        wait_until(
            lambda: [first - TRUE for first, _ in seen(folder)] == [timedelta(seconds=s - 100) for s in (30, 20, 10)]
        )


def test_other_boots_and_trusted_clocks_keep_their_times(folder: Folder) -> None:
    for of in (run(clock="untrusted", boot_id="boot-0"), run(clock="trusted")):
        with Store.open(folder.path, SETTINGS, of) as store:
            store.record(visit(sighting(10)))
    with Store.open(folder.path, SETTINGS, run(clock="untrusted")) as store:
        store.clock_trusted(true_at(100))
    assert sorted(seen(folder)) == [(moment(10).wall, "trusted"), (moment(10).wall, "untrusted")]


def corrected(db: sqlite3.Connection) -> int:
    """How many sightings are in their true place."""
    query = "SELECT count(*) FROM sightings WHERE first_at > ?"
    return int(db.execute(query, ((TRUE - timedelta(days=1)).timestamp(),)).fetchone()[0])


def test_the_order_of_a_season_is_corrected_in_small_transactions_and_after_a_restart(folder: Folder) -> None:
    garden = run(clock="untrusted")
    Store.open(folder.path, SETTINGS, garden).close()
    with closing(connect(folder.path / "gardenwatch.db")) as db:
        for second in range(250):
            save(db, garden.id, sighting(second), "left", None)
        trust_clock(db, garden, true_at(300))
        correction, changes = ClockCorrection(), list[int]()
        for _ in range(3):  # the first one only looks for what there is
            before = corrected(db)
            assert correction.step(db)
            changes.append(corrected(db) - before)
        assert changes == [0, clock.BATCH, clock.BATCH]
    uncorrected = f"SELECT count(*) FROM sightings WHERE first_at < {START.timestamp() + 250}"
    assert folder.query(uncorrected) == [(50,)]
    with Store.open(folder.path, SETTINGS, run()):
        wait_until(lambda: folder.query("SELECT applied FROM clock_offsets") == [(1,)])
    assert folder.query(uncorrected) == [(0,)]
