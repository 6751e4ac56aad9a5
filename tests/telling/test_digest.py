"""The day in one message: once a day at its time, whatever restarts and clocks do."""

from __future__ import annotations

import io
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from PIL import Image as Pillow

from edge.model.labels import Label
from edge.settings import Config
from edge.store import outbox
from edge.store.reading import Sightings
from edge.store.rows import Effort, add_effort
from edge.store.schema import DATABASE, connect
from edge.store.store import Store
from edge.telling.commands import digest as digest_command
from edge.telling.digest import digest, due_day, span_of
from edge.telling.opening import people_of
from tests.rigs.receivers import MailServer
from tests.store.visits import SETTINGS, START, moment, run, sighting, visit

LABELS = {"slug": Label("slug", "slug", "蛞蝓", role="pest"), "bee": Label("bee", "bee", "蜜蜂", role="beneficial")}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Three slugs and a bee in the afternoon of 1 May in Shanghai, after 14:00; and a day watched and dark."""
    folder, this = tmp_path / "data", run()
    with Store.open(folder, SETTINGS, this) as store:
        for number in range(3):
            store.record(visit(sighting(600.0 * number)))
        store.record(visit(sighting(60, "bee", "beneficial")))
    with closing(connect(folder / DATABASE)) as db:
        efforts = [Effort(900.0, moment(0).wall, "watched", 850.0), Effort(900.0, moment(0).wall, "dark", 300.0)]
        add_effort(db, this, efforts, moment(900).wall)
    return folder


def test_it_tells_visits_effort_faults_and_shows_the_best_of_each(data: Path) -> None:
    with Sightings(data) as record:
        zone = record.at_site(START)
        said = digest(record, data, span_of(date(2026, 5, 1), None, zone), LABELS, "School garden", 6)
    assert said.title == "School garden: 4 visits on 2026-05-01"
    assert said.lines == (
        "2026-05-01 00:00 to 2026-05-02 00:00 +0800",
        "Visits: slug 3, bee 1",
        "pest 3, beneficial 1",
        "Watched: 14.2 min",
        "Nothing could be seen: it was dark 5.0 min",
        "No faults that the record tells of.",
    )
    assert [one.caption.split(",")[0] for one in said.pictures] == ["slug", "bee", "slug"], "in turn"
    with Pillow.open(io.BytesIO(said.pictures[0].content)) as picture:
        assert not picture.getexif()


def test_a_day_without_a_visit_says_how_long_was_watched(data: Path) -> None:
    with Sightings(data) as record:
        said = digest(record, data, span_of(date(2026, 5, 3), None, record.at_site(START)), LABELS, None, 6)
    assert said.title == "The garden: 0 visits on 2026-05-03"
    assert "No visits." in said.lines
    assert "Watched: 0.0 min" in said.lines


def test_a_rest_on_purpose_is_no_blindness(data: Path) -> None:
    with closing(connect(data / DATABASE)) as db:
        (id, zero) = db.execute("SELECT id, 900.0 FROM runs").fetchone()
        for kind, seconds in (("off_hours", 36_000.0), ("paused", 600.0)):
            query = "INSERT INTO effort (run_id, slice_tick_s, slice_start, kind, seconds) VALUES (?, ?, ?, ?, ?)"
            db.execute(query, (id, zero, moment(0).wall.isoformat(timespec="milliseconds"), kind, seconds))
    with Sightings(data) as record:
        said = digest(record, data, span_of(date(2026, 5, 1), None, record.at_site(START)), LABELS, None, 0)
    assert "Nothing could be seen: it was dark 5.0 min" in said.lines
    assert (
        "Not watched on purpose: outside the hours of watching 10.0 h, somebody had paused the watching 10.0 min"
        in said.lines
    )


@pytest.mark.parametrize(("at", "day"), [("07:00", "2026-05-01"), ("18:00", "2026-05-02"), (None, "2026-05-02")])
def test_it_is_called_by_the_day_that_is_most_of_it(data: Path, at: str | None, day: str) -> None:
    with Sightings(data) as record:
        said = digest(record, data, span_of(date(2026, 5, 2), at, record.at_site(START)), LABELS, None, 0)
    assert said.title.endswith(f" visits on {day}")


def test_one_visit_is_one(tmp_path: Path) -> None:
    with Store.open(tmp_path, SETTINGS, run()) as store:
        store.record(visit(sighting()))
    with Sightings(tmp_path) as record:
        said = digest(record, tmp_path, span_of(date(2026, 5, 1), None, record.at_site(START)), LABELS, "Bed", 0)
    assert said.title == "Bed: one visit on 2026-05-01"


def test_nothing_falls_between_two_digests(data: Path) -> None:
    zone = datetime(2026, 5, 1, tzinfo=UTC)
    first, second = (span_of(date(2026, 5, day), "18:00", zone) for day in (1, 2))
    assert first[1] == second[0]
    assert span_of(date(2026, 5, 1), None, zone) == (zone, zone + timedelta(days=1))


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
@pytest.mark.parametrize("at", ["18:00", "02:30"])
def test_nothing_falls_between_where_summer_time_begins_or_ends(day: str, hours: int, at: str) -> None:
    """02:30 does not come in spring, and comes twice in autumn."""
    zone = datetime(2026, 1, 1, tzinfo=ZoneInfo("Europe/Berlin"))
    days = [date.fromisoformat(day) + timedelta(days=number) for number in (-1, 0, 1, 2)]
    spans = [tuple(end.astimezone(UTC) for end in span_of(one, at, zone)) for one in days]
    assert all(before[1] == after[0] for before, after in pairwise(spans))
    assert sum((end - begin).total_seconds() for begin, end in spans) == (3 * 24 + hours) * 3600


@pytest.mark.parametrize(("clock", "day"), [("17:59", 30), ("18:00", 1), ("23:59", 1)])
def test_it_is_due_from_its_time_on(clock: str, day: int) -> None:
    now = datetime.fromisoformat(f"2026-05-01T{clock}+08:00")
    assert due_day(now, "18:00").day == day


def test_it_is_written_once_a_day_over_restarts_and_clocks_that_jump(data: Path, tmp_path: Path) -> None:
    pytest.importorskip("apprise", reason="apprise is not installed: pip install 'gardenwatch[notify]'")
    (tmp_path / "secrets.yaml").write_text("notify: {teachers: 'json://127.0.0.1:1/'}\n", "utf-8")
    (tmp_path / "secrets.yaml").chmod(0o600)
    values = {"data": str(data), "secrets": str(tmp_path / "secrets.yaml"), "notify": {"to": ["teachers"]}}
    settings = Config.model_validate({**values, "digest": {"at": "18:00"}})
    times = [  # on the site's clock
        *("2026-05-01T17:00", "2026-05-01T18:00", "2026-05-01T18:01"),
        *("2026-05-01T12:00", "2026-05-01T19:00"),  # the clock was put back
        *("2026-05-02T20:00", "2026-05-02T21:00"),
        *("2031-01-01T20:00", "2026-05-02T22:00", "2026-05-03T18:00"),  # and was far ahead for a moment
    ]
    with closing(connect(data / DATABASE)) as db:
        for text in times:
            now = datetime.fromisoformat(f"{text}+08:00").timestamp()
            for _restart in range(2):
                people = people_of(settings, "teachers", {})
                people._now = lambda now=now: now  # type: ignore[misc]
                people.prepare(db)
        days = [one.ref for one in outbox.waiting(db, "teachers", 20, None)]
    assert days == ["2026-04-30", "2026-05-01", "2026-05-02", "2031-01-01", "2026-05-03"]


def test_the_command_shows_writes_and_sends_it(data: Path, tmp_path: Path) -> None:
    pytest.importorskip("apprise", reason="apprise is not installed: pip install 'gardenwatch[notify]'")
    with MailServer() as mail:
        address = f"mailto://127.0.0.1:{mail.port}?from=garden@school.example&to=head@school.example"
        (tmp_path / "secrets.yaml").write_text(f"notify: {{teachers: '{address}'}}\n", "utf-8")
        (tmp_path / "secrets.yaml").chmod(0o600)
        (tmp_path / "c.yaml").write_text("data: data\nnotify: {to: [teachers]}\nsite: {name: Bed}\n", "utf-8")
        words = ["--config", str(tmp_path / "c.yaml"), "--date", "2026-05-01"]
        shown = CliRunner().invoke(digest_command, words, obj="en").output
        sent = CliRunner().invoke(digest_command, [*words, "--send"], obj="en").output
    assert shown.splitlines()[0] == "Bed: 4 visits on 2026-05-01"
    assert sent == "✓ teachers: sent\n"
    (came,) = mail.came
    assert came["subject"] == "Bed: 4 visits on 2026-05-01"
    assert sum(part.get_content_type() == "image/jpeg" for part in came.walk()) == 3
    CliRunner().invoke(digest_command, [*words, "--out", str(tmp_path / "day.html")], obj="en")
    assert "<h1>Gardenwatch: Bed</h1>" in (tmp_path / "day.html").read_text("utf-8")
