"""Wrong clocks: marked, corrected, and durations right all the time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from edge.records import Moment
from edge.store.store import Store
from tests.faults.clocks import clocks
from tests.programs import gardenwatch
from tests.store.visits import SETTINGS, run, sighting, visit


def test_order_times_and_durations_are_right_once_the_clock_is(tmp_path: Path) -> None:
    assert clocks(5, tmp_path).broken == ()


def test_a_visit_in_the_night_in_which_summer_time_ends_lasts_as_long_as_it_did(tmp_path: Path) -> None:
    half_past_two = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    first, last = Moment(half_past_two, 1000.0, None), Moment(half_past_two.replace(hour=1), 2800.0, None)
    seen = replace(sighting(), first_seen=first, decided=first, box_moment=first, last_seen=last)
    with Store.open(tmp_path / "data", SETTINGS, run(timezone="Europe/Berlin")) as store:
        store.record(visit(seen))
    table = gardenwatch("sightings", "--data", tmp_path / "data").stdout
    assert " 1800.0 " in table
