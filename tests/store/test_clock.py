"""A wrong clock is corrected later; the system's is never touched."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from edge.records import Moment
from edge.store.clock import correct_clock
from edge.store.reading import Filter, Sightings
from edge.store.store import Store
from tests.store.conftest import Folder
from tests.store.visits import SETTINGS, moment, run, sighting, visit

TRUE = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


def seen(folder: Folder, wanted: Filter | None = None) -> list[tuple[datetime, str]]:
    with Sightings(folder.path) as record:
        return [(row.first_seen, row.clock) for row in record.rows(wanted)]


def test_past_and_coming_sightings_of_the_boot_are_corrected(folder: Folder) -> None:
    with Store.open(folder.path, SETTINGS, run(clock="untrusted")) as store:
        store.record(visit(sighting(second=10)))
        assert store.settle(5)
        correct_clock(folder.path, "boot-1", TRUE, moment(100).tick_s, "phone")
        store.record(visit(sighting(second=200)))
    with Store.open(folder.path, SETTINGS, run(clock="untrusted")) as store:
        store.record(visit(sighting(second=300)))
    expected = [(TRUE + timedelta(seconds=s), "corrected") for s in (200, 100, -90)]
    assert seen(folder) == expected
    assert seen(folder, Filter(since=TRUE + timedelta(seconds=150))) == expected[:1]


def test_what_the_clock_said_stays_in_the_record(folder: Folder) -> None:
    with Store.open(folder.path, SETTINGS, run(clock="untrusted")) as store:
        store.record(visit(sighting(second=10)))
    correct_clock(folder.path, "boot-1", TRUE, moment(100).tick_s, "phone")
    assert folder.query("SELECT first_seen FROM sightings") == [("2026-05-01T06:00:10.000+00:00",)]
    assert folder.query("SELECT boot_id, source FROM clock_offsets") == [("boot-1", "phone")]


def test_a_jump_of_the_wall_clock_within_a_boot_is_corrected_too(folder: Folder) -> None:
    jumped = sighting(second=20)
    year = timedelta(days=365)
    jumped = replace(jumped, first_seen=Moment(jumped.first_seen.wall + year, jumped.first_seen.tick_s, None))
    with Store.open(folder.path, SETTINGS, run(clock="untrusted")) as store:
        store.record([*visit(sighting(second=10)), *visit(jumped), *visit(sighting(second=30))])
    correct_clock(folder.path, "boot-1", TRUE, moment(0).tick_s, "ntp")
    assert [first - TRUE for first, _ in seen(folder)] == [timedelta(seconds=s) for s in (30, 20, 10)]


def test_other_boots_and_trusted_clocks_keep_their_times(folder: Folder) -> None:
    for of in (run(clock="untrusted", boot_id="boot-0"), run(clock="trusted")):
        with Store.open(folder.path, SETTINGS, of) as store:
            store.record(visit(sighting(second=10)))
    correct_clock(folder.path, "boot-1", TRUE, moment(100).tick_s, "phone")
    assert sorted(seen(folder)) == [(moment(10).wall, "trusted"), (moment(10).wall, "untrusted")]
