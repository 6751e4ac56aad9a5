"""A device without a clock takes the time from a visitor's phone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from edge.boot import boot_id
from edge.records import Moment
from edge.review.web import clock, garden
from edge.store.filter import Filter
from edge.store.reading import Sightings
from edge.store.store import Store
from tests.review.web.conftest import PASSWORDS, Browser
from tests.store.conftest import Folder
from tests.store.test_crash import wait_until
from tests.store.visits import SETTINGS, run, sighting, visit

TRUE = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
MILLISECONDS = str(int(TRUE.timestamp() * 1000))


@pytest.fixture
def lost(record: Folder, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A watcher of this boot that does not know the time, and saw something at its tick 1005."""
    ticks = SimpleNamespace(monotonic=lambda: 1065.0, sleep=time.sleep)
    for module in (clock, garden):
        monkeypatch.setattr(module, "time", ticks)
    with Store.open(record.path, SETTINGS, run(clock="untrusted", boot_id=boot_id())) as store:
        store.record(visit(sighting(5, "slug")))
        assert store.settle(60)
        yield store


def newest(folder: Folder) -> tuple[datetime, str]:
    with Sightings(folder.path) as record:
        row = next(record.rows(Filter(limit=1)))
        return row.first_seen, row.clock


def test_it_is_offered_where_the_device_does_not_know_the_time(browser: Browser, lost: Store) -> None:
    assert "The device does not know the time." in browser.get("/").text


def test_the_browsers_time_corrects_what_was_and_what_comes(browser: Browser, record: Folder, lost: Store) -> None:
    page = browser.post("/time", time=MILLISECONDS)
    assert page.status_code == 200
    assert "The device does not know the time." not in page.text
    wait_until(lambda: newest(record) == (TRUE - timedelta(seconds=60), "corrected"))
    lost.record(visit(sighting(50, "bee", "beneficial")))
    wait_until(lambda: newest(record) == (TRUE - timedelta(seconds=15), "corrected"))
    assert record.query("SELECT source, boot_id FROM clock_offsets") == [("browser", boot_id())], "it is kept"
    wait_until(lambda: record.query("SELECT applied FROM clock_offsets") == [(1,)])


def test_a_later_better_time_goes_before_it(browser: Browser, record: Folder, lost: Store) -> None:
    browser.post("/time", time=MILLISECONDS)
    lost.clock_trusted(Moment(TRUE + timedelta(seconds=7), 1065.0, None))
    wait_until(lambda: newest(record)[0] == TRUE - timedelta(seconds=53))
    assert browser.post("/time", time=MILLISECONDS).status_code == 400, "a time source knows better than a phone"


def test_without_scripts_the_time_is_typed_in_the_sites_zone(browser: Browser, record: Folder, lost: Store) -> None:
    browser.post("/time", time="2026-07-01T20:00:00")
    wait_until(lambda: newest(record)[0] == TRUE - timedelta(seconds=60))


@pytest.mark.parametrize("text", ["", "now", "0", "-5", "9" * 30, "1999-01-01T00:00", "2200-01-01T00:00", "²"])
def test_what_is_no_time_of_these_days_is_refused(browser: Browser, record: Folder, lost: Store, text: str) -> None:
    assert browser.post("/time", time=text).status_code == 400
    assert record.query("SELECT count(*) FROM clock_offsets") == [(0,)]


@pytest.mark.parametrize("kind", ["trusted", "file"])
def test_a_device_that_knows_the_time_keeps_it(browser: Browser, record: Folder, kind: str) -> None:
    Store.open(record.path, SETTINGS, run(clock=kind, boot_id=boot_id())).close()  # type: ignore[arg-type]
    assert browser.post("/time", time=MILLISECONDS).status_code == 400


def test_a_record_of_another_boot_or_device_cannot_be_corrected_here(browser: Browser, record: Folder) -> None:
    Store.open(record.path, SETTINGS, run(clock="untrusted", boot_id="another")).close()
    assert "Take the time from here" not in browser.get("/").text
    assert browser.post("/time", time=MILLISECONDS).status_code == 400


def test_only_teachers_may(guarded: Browser, record: Folder, lost: Store) -> None:
    guarded.post("/login", name="Li", password=PASSWORDS["viewer"])
    assert guarded.post("/time", time=MILLISECONDS).status_code == 403


def test_the_page_itself_goes_by_the_corrected_time(browser: Browser, record: Folder, lost: Store) -> None:
    browser.post("/time", time=str(int((TRUE - timedelta(days=1)).timestamp() * 1000)))
    assert "today" in browser.get("/").text, "what came a minute ago came today, whatever the system's clock says"
