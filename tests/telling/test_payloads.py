"""What messages say, from the record."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from edge.store.outbox import Parcel
from edge.store.rows import Effort, add_effort
from edge.store.schema import DATABASE, connect
from edge.store.store import Store
from edge.telling import payloads
from tests.store.visits import SETTINGS, START, moment, run, sighting, visit


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Two slugs and a bee of the site's first of May, of a boot."""
    this = run()
    with Store.open(tmp_path, SETTINGS, this) as store:
        store.record(visit(sighting(0, id="1" * 32)))
        store.record(visit(sighting(60, id="2" * 32)))
        store.record(visit(sighting(120, "bee", "beneficial", id="3" * 32)))
    with closing(connect(tmp_path / DATABASE)) as db:
        db.row_factory = sqlite3.Row
        efforts = [Effort(900.0, moment(0).wall, "watched", 700.5), Effort(900.0, moment(90).wall, "dark", 99.5)]
        add_effort(db, this, efforts, moment(900).wall)
        yield db


def test_the_day_of_counts_is_the_sites(db: sqlite3.Connection) -> None:
    """14:00 in Shanghai; at 23:59 there it is still that day, a minute later it is not."""
    said = payloads.counts(db, START + timedelta(hours=9, minutes=59))
    assert said == {
        "day": "2026-05-01",
        "visits": 3,
        "pest": 2,
        "beneficial": 1,
        "neutral": 0,
        "labels": {"bee": 1, "slug": 2},
    }
    assert payloads.counts(db, START + timedelta(hours=10))["visits"] == 0


def test_an_event_ages_by_ticks_and_not_over_a_boot(db: sqlite3.Connection) -> None:
    id = "2" * 32
    assert payloads.age_s(db, id, 1070.5, "boot-1") == 10.0
    assert payloads.age_s(db, id, 1070.5, "boot-2") == math.inf
    db.execute("UPDATE runs SET clock = 'file'")
    assert payloads.age_s(db, id, 1070.5, "boot-2") == 0.0


def test_a_slice_of_effort_tells_its_kinds(db: sqlite3.Connection) -> None:
    (run_id,) = db.execute("SELECT id FROM runs").fetchone()
    parcel = Parcel(9, "mqtt", "effort", f"{run_id}:900.0", 0.0, 0, "")
    said = payloads.effort(db, parcel, "g1")
    assert said is not None
    assert said["seconds"] == {"watched": 700.5, "dark": 99.5}
    assert (said["start"], said["clock"]) == ("2026-05-01T14:00:00.000+08:00", "trusted")
    assert payloads.effort(db, Parcel(9, "mqtt", "effort", "none:900.0", 0.0, 0, ""), "g1") is None


def test_what_the_record_has_lost_says_nothing(db: sqlite3.Connection) -> None:
    assert payloads.sighting(db, Parcel(9, "mqtt", "sighting", "4" * 32, 0.0, 0, ""), "g1") is None
