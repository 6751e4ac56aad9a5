"""Visits and effort, summed up by hour of day and by day."""

from __future__ import annotations

import random
import shutil
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from edge.records import Moment, Sighting
from edge.store import rows, schema
from edge.store.counts import Counts, LabelCount
from edge.store.reading import Sightings
from edge.store.rows import Effort, add_effort
from edge.store.run import Run
from edge.store.store import Store
from edge.store.verdicts import Verdict, append_verdicts
from tests.store.conftest import Folder
from tests.store.test_clock import TRUE, true_at
from tests.store.test_crash import wait_until
from tests.store.visits import SETTINGS, START, moment, run, sighting, visit

RECOUNTED = """
SELECT CAST(first_at / 900 AS INTEGER) * 900, truth_role, truth, count(*) FROM sightings GROUP BY 1, 2, 3
"""


def counted(folder: Folder, since: datetime | None = None, until: datetime | None = None) -> Counts:
    with Sightings(folder.path) as record:
        return record.counts(since, until)


def keep(folder: Folder, *sightings: Sighting, of: Run | None = None) -> None:
    with Store.open(folder.path, SETTINGS, of or run()) as store:
        for one in sightings:
            store.record(visit(one))


def watched(folder: Folder, of: Run, *efforts: Effort) -> None:
    with closing(schema.connect(folder.path / schema.DATABASE)) as db:
        add_effort(db, of, list(efforts), START)


def test_visits_stand_in_the_site_s_hours_and_days(folder: Folder) -> None:
    keep(folder, sighting(0), sighting(3600, "bee", "beneficial"), sighting(11 * 3600, "bee", "beneficial"))
    counts = counted(folder)
    assert {hour: slot.visits for hour, slot in enumerate(counts.hours) if slot.count} == {
        14: {"pest": 1},  # 06:00 UTC in Shanghai
        15: {"beneficial": 1},
        1: {"beneficial": 1},
    }
    assert {day: slot.count for day, slot in counts.days.items()} == {date(2026, 5, 1): 2, date(2026, 5, 2): 1}
    assert counts.labels == (LabelCount("bee", "beneficial", 2), LabelCount("slug", "pest", 1))


def test_a_verdict_counts_and_a_verdict_that_is_taken_back_does_not(folder: Folder) -> None:
    slug = sighting(0)
    keep(folder, slug, sighting(60))
    append_verdicts(folder.path, [Verdict(slug.id, "ant", "neutral", "Li Hua", moment(99).wall)])
    assert [(one.label, one.count) for one in counted(folder).labels] == [("ant", 1), ("slug", 1)]
    append_verdicts(folder.path, [Verdict(slug.id, None, None, "Li Hua", moment(100).wall)])
    assert [(one.label, one.count) for one in counted(folder).labels] == [("slug", 2)]


def test_what_was_found_to_be_no_animal_is_no_visit(folder: Folder) -> None:
    keep(folder, sighting(0), sighting(60, "background", "background"))
    assert counted(folder).visits == 1


def test_only_the_time_that_is_asked_for_counts(folder: Folder) -> None:
    keep(folder, sighting(0), sighting(86400), sighting(2 * 86400))
    counts = counted(folder, START + timedelta(hours=1), START + timedelta(days=2))
    assert (counts.visits, list(counts.days)) == (1, [date(2026, 5, 1), date(2026, 5, 2), date(2026, 5, 3)])
    assert (counts.since, counts.until) == (START + timedelta(hours=1), START + timedelta(days=2))


def test_hours_follow_the_change_to_summer_time(folder: Folder) -> None:
    """In Berlin the clock went from 2 to 3 on 29 March 2026, at 01:00 UTC."""
    before = datetime(2026, 3, 29, 0, 45, tzinfo=UTC)
    seen = [
        replace(sighting(0), first_seen=Moment(before + timedelta(minutes=15 * number), 1000.0, None))
        for number in range(2)
    ]
    seen = [seen[0], replace(seen[1], id="ab" * 16)]
    keep(folder, *seen, of=run(timezone="Europe/Berlin"))
    assert [hour for hour, slot in enumerate(counted(folder).hours) if slot.count] == [1, 3]


def test_effort_stands_in_the_hour_of_its_middle(folder: Folder) -> None:
    garden = run()
    keep(folder, sighting(0), of=garden)
    quarter, day = START + timedelta(minutes=55), START + timedelta(days=1)
    watched(
        folder,
        garden,
        Effort(0, START, "watched", 800),
        Effort(0, START + timedelta(seconds=20), "dark", 100),
        Effort(900, quarter, "watched", 900),  # from 14:55, so most of it lies after 15:00
        Effort(90000, day, "watched", 60),
    )
    counts = counted(folder)
    assert {hour: slot.seconds for hour, slot in enumerate(counts.hours) if slot.seconds} == {
        14: {"watched": 860, "dark": 100},
        15: {"watched": 900},
    }
    assert counts.seconds == {"watched": 1760, "dark": 100}
    assert (counts.days[date(2026, 5, 1)].watched_s, counts.days[date(2026, 5, 1)].blind_s) == (1700, 100)
    assert counts.days[date(2026, 5, 2)].watched_s == 60


def test_a_corrected_clock_moves_visits_and_effort(folder: Folder) -> None:
    garden = run(clock="untrusted")
    with Store.open(folder.path, SETTINGS, garden) as store:
        store.record(visit(sighting(10)))
        store.effort(moment(50), 40)
        assert store.settle(60)
        store.clock_trusted(true_at(100))
        wait_until(lambda: list(counted(folder).days) == [TRUE.date()])
    counts = counted(folder)
    assert list(counts.days) == [TRUE.date()]
    assert counts.seconds == {"watched": 40}


def test_a_folder_without_a_visit_has_counts_of_nothing(folder: Folder) -> None:
    Store.open(folder.path, SETTINGS, run()).close()
    counts = counted(folder)
    assert (counts.visits, counts.labels, counts.seconds) == (0, (), {})


def test_the_sums_are_those_of_the_rows_whatever_happened_to_them(folder: Folder) -> None:
    rng = random.Random(5)
    sightings = [sighting(rng.randrange(9000)) for _ in range(30)]
    keep(folder, *sightings)
    for _ in range(60):
        label = rng.choice([None, "ant", "bee", "background"])
        role = {None: None, "ant": "neutral", "bee": "beneficial"}.get(label, "background")
        append_verdicts(folder.path, [Verdict(rng.choice(sightings).id, label, role, "Li Hua", START)])
    folder.execute("UPDATE sightings SET first_at = first_at + 1800 WHERE rowid % 3 = 0")
    folder.execute("DELETE FROM photos WHERE sighting_id = ?", sightings[0].id)
    folder.execute("DELETE FROM sightings WHERE id = ?", sightings[0].id)
    assert folder.query("SELECT * FROM visit_counts WHERE count > 0 ORDER BY 1, 2, 3") == folder.query(RECOUNTED)


def test_a_database_of_an_earlier_schema_is_summed_up_at_once(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = tmp_path / "migrations"
    earlier.mkdir()
    for file in sorted(schema.MIGRATIONS.glob("*.sql"))[:3]:
        shutil.copy(file, earlier)
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", earlier)
        of_now = rows._sighting_values
        patch.setattr(rows, "_sighting_values", lambda *a: {k: v for k, v in of_now(*a).items() if k != "margin"})
        keep(folder, sighting(0), sighting(10), sighting(9000, "bee", "beneficial"))
    Store.open(folder.path, SETTINGS, run()).close()
    assert len(folder.query(RECOUNTED)) == 2
    assert folder.query("SELECT * FROM visit_counts ORDER BY 1, 2, 3") == folder.query(RECOUNTED)
