"""Who reads the effort takes a rest for neither watched nor blind, and is told of the computer's strains."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from edge.model.labels import Label
from edge.review.charts.of_period import charts
from edge.review.export.commands import export_command
from edge.review.report.commands import report_command
from edge.store.effort import RESTS
from edge.store.reading import Sightings
from edge.store.rows import Effort
from edge.store.store import Store
from edge.times.pause import read
from tests.programs import gardenwatch
from tests.review.web.conftest import LABELS, Browser, browser, clock, guarded, record
from tests.review.web.test_live import STATE, running, watch
from tests.store.conftest import Folder
from tests.store.test_counts import watched
from tests.store.visits import SETTINGS, START, moment, run, sighting, visit

__all__ = ["browser", "clock", "guarded", "record", "running"]


def quarter(number: int, kind: str, seconds: float = 900) -> Effort:
    """In that quarter of an hour of the tale."""
    return Effort(number * 900, START + timedelta(seconds=number * 900), kind, seconds)


@pytest.fixture
def season(tmp_path: Path) -> Folder:
    """Two slugs in half an hour of watching, ten minutes of dark, three kinds of rest; a bad power supply."""
    folder, garden = Folder(tmp_path / "data"), run()
    with Store.open(folder.path, SETTINGS, garden) as store:
        for second in (10, 20):
            store.record(visit(sighting(second)))
        store.effort(moment(10), 0.0)
        store.strain(moment(30), "under_voltage", 20.0)
        store.strain(moment(60), "under_voltage", 30.0)
    seen = [quarter(0, "watched"), quarter(1, "watched"), quarter(2, "dark", 600)]
    nights = [quarter(number, "off_hours") for number in range(3, 43)]
    watched(folder, garden, *seen, quarter(2, "paused", 300), *nights, quarter(43, "duty_cycle"))
    return folder


def test_counts_keep_rests_apart(season: Folder) -> None:
    with Sightings(season.path) as record:
        counts = record.counts()
        (past,) = record.runs()
    assert counts.watched_s == 1800
    assert sum(slot.blind_s for slot in counts.hours) == 600
    assert (past.watched_s, past.blind_s) == (1800, {"dark": 600})
    assert past.rest_s == {"paused": 300, "off_hours": 36000, "duty_cycle": 900}


def test_visits_per_watched_hour_are_the_same_with_a_rest_and_without(season: Folder) -> None:
    with Sightings(season.path) as record:
        with_rest = {chart.name: chart for chart in charts(record.counts(), LABELS)}
        season.execute(f"DELETE FROM effort WHERE kind IN ({', '.join('?' * len(RESTS))})", *RESTS)
        without = {chart.name: chart for chart in charts(record.counts(), LABELS)}
    assert with_rest["rates"] == without["rates"]
    assert with_rest["effort"].table[:2] == without["effort"].table, "a day at rest has a row of its own, of nought"
    assert "watched 0.5 h, blind 0.2 h; not watched on purpose 10.3 h" in with_rest["effort"].svg
    assert "on purpose" not in without["effort"].svg


def test_the_report_has_no_share_of_a_rest_and_no_fault_in_it(season: Folder) -> None:
    out = season.path.parent / "report.html"
    words = ["--data", str(season.path), "--out", str(out)]
    done = CliRunner().invoke(report_command(lambda: LABELS), words, catch_exceptions=False, obj="auto")
    assert done.exit_code == 0
    page = re.sub(r"<[^>]+>", " ", out.read_text("utf-8"))
    assert re.search(r"watched\s+30.0 min\s+75.0%", page)
    assert re.search(r"outside the hours of watching\s+10.0 h\s+–", page)
    assert "nothing could be seen: somebody" not in page
    assert "too little voltage: use the computer&#x27;s own power supply and a short cable (for 0.8 min)" in page


def test_a_camtrap_package_tells_of_the_rest(season: Folder) -> None:
    out, config = season.path.parent / "package", season.path.parent / "gardenwatch.yaml"
    config.write_text("site: {name: Bed, latitude: 31.2, longitude: 121.5, contributor: Class 8}\n")
    named = {"slug": Label("slug", "Slug", "蛞蝓", "Arion", "genus", "pest")}
    words = ["--data", str(season.path), "--format", "camtrap-dp", "--out", str(out), "--config", str(config)]
    done = CliRunner().invoke(export_command(lambda: named), words, catch_exceptions=False, obj="auto")
    assert done.exit_code == 0, done.output
    with (out / "deployments.csv").open(encoding="utf-8") as file:
        (deployment,) = csv.DictReader(file)
    told = deployment["deploymentComments"]
    assert "watched 1800 s; blind 600 s: dark; not watched on purpose 900 s: duty_cycle" in told


def test_explain_tells_that_nobody_watched(season: Folder) -> None:
    told = gardenwatch("explain", "2026-05-01T14:35", "--data", season.path).stdout
    assert "For 300 s nobody watched: somebody had paused the watching." in told
    assert "For 600 s nothing could be seen: it was dark." in told


@pytest.mark.usefixtures("running")
def test_a_teacher_pauses_on_the_page_and_sees_it(browser: Browser, record: Folder) -> None:
    assert "Pause the watching" in browser.get("/").text
    browser.post("/pause", minutes="30")
    pause = read(record.path)
    assert pause is not None
    assert timedelta(minutes=20) < pause.until - datetime.now(UTC) <= timedelta(minutes=30)
    page = browser.get("/").text
    assert "The watching is paused" in page
    assert "for 30 min more" in page
    browser.post("/pause", minutes="0")
    assert read(record.path) is None
    assert "The garden is being watched" in browser.get("/").text


@pytest.mark.usefixtures("running")
def test_the_page_says_why_nobody_watches(browser: Browser, record: Folder) -> None:
    from dataclasses import replace

    watch(record.path, browser, replace(STATE, camera="resting", rest="off_hours"))
    page = browser.get("/").text
    assert "Nobody watches just now" in page
    assert "outside the hours of watching" in page
    assert "last frame" not in page


@pytest.mark.parametrize("minutes", ["", "-1", "31", "1e9"])
def test_only_what_the_list_offers_is_a_pause(browser: Browser, record: Folder, minutes: str) -> None:
    assert browser.post("/pause", minutes=minutes).status_code == 400
    assert read(record.path) is None


@pytest.mark.usefixtures("running")
def test_a_viewer_may_not_pause(guarded: Browser, record: Folder) -> None:
    guarded.log_in("viewer")
    assert "Pause the watching" not in guarded.get("/").text
    assert guarded.post("/pause", minutes="30").status_code == 403
    assert read(record.path) is None


def test_today_tells_of_the_computer_s_strain(browser: Browser, record: Folder) -> None:
    record.execute(
        "INSERT INTO strains SELECT id, 0, ?, 'under_voltage', 120 FROM runs", START.isoformat(timespec="milliseconds")
    )
    assert "too little voltage" in browser.get("/").text
