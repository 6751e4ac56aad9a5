"""The first view tells whether all is well."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from edge.boot import BOOT_ID, boot_id
from edge.heartbeat import FILE
from edge.records import Moment
from edge.store.store import Store
from tests.review.web.conftest import SLUG, Browser, judge, shown
from tests.store.conftest import Folder
from tests.store.visits import SETTINGS, START, run


def test_it_shows_what_came_on_the_last_day_with_visitors(browser: Browser) -> None:
    page = browser.get("/")
    assert page.status_code == 200
    assert "3 visitors" in page.text
    assert "2026-05-01" in page.text
    assert "Nobody watches now" in page.text
    assert "stopped 2026-05-01" in page.text


def test_what_a_person_said_counts_there_too(browser: Browser, record: Folder) -> None:
    judge(record, SLUG, "background", "background")
    page = browser.get("/")
    assert "2 visitors" in page.text
    assert "Slug" not in page.text


def test_a_watcher_that_goes_on_is_called_one(browser: Browser, record: Folder) -> None:
    record.execute(
        "UPDATE runs SET end_reason = NULL, last_alive = ?", datetime.now(UTC).isoformat(timespec="milliseconds")
    )
    assert "The garden is being watched" in browser.get("/").text
    record.execute(
        "UPDATE runs SET last_alive = ?", (datetime.now(UTC) - timedelta(minutes=4)).isoformat(timespec="milliseconds")
    )
    assert "The watcher is silent" in browser.get("/").text


def beat(record: Folder, pid: int, age_s: float, boot: str | None = None) -> None:
    at = datetime.now(UTC) - timedelta(seconds=age_s)
    values = {"at": at.isoformat(), "pid": pid, "boot_id": boot or boot_id(), "state": "watching"}
    (record.path / FILE).write_text(json.dumps(values), encoding="utf-8")


def test_a_watcher_that_died_is_called_silent_after_the_beat_that_it_missed(browser: Browser, record: Folder) -> None:
    alive = datetime.now(UTC).isoformat(timespec="milliseconds")
    record.execute("UPDATE runs SET end_reason = NULL, last_alive = ?", alive)
    died = subprocess.Popen([sys.executable, "-c", ""])
    died.wait()
    for pid, age_s, said in (
        (died.pid, 1, "The garden is being watched"),  # it may be in a container of its own
        (died.pid, 40, "The watcher is silent"),
        (os.getpid(), 40, "The garden is being watched"),  # a full disk keeps no beats
    ):
        beat(record, pid, age_s)
        assert said in browser.get("/").text


@pytest.mark.skipif(not BOOT_ID.exists(), reason="this system does not tell one boot from another")
def test_a_watcher_of_before_the_power_cut_is_called_silent(browser: Browser, record: Folder) -> None:
    alive = datetime.now(UTC).isoformat(timespec="milliseconds")
    record.execute("UPDATE runs SET end_reason = NULL, last_alive = ?", alive)
    beat(record, os.getpid(), 40, "another boot")
    assert "The watcher is silent" in browser.get("/").text


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"at": 1, "pid": "x"}', b'{"at": "2026-05-01", "pid": 1, "boot_id": 2}']
)
def test_a_beat_that_cannot_be_read_says_nothing(browser: Browser, record: Folder, content: bytes) -> None:
    alive = datetime.now(UTC).isoformat(timespec="milliseconds")
    record.execute("UPDATE runs SET end_reason = NULL, last_alive = ?", alive)
    (record.path / FILE).write_bytes(content)
    assert "The garden is being watched" in browser.get("/").text


def test_disk_clock_model_and_camera_are_told_and_a_nearly_full_disk_is_ill(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = browser.get("/").text
    for said in ("<dt>clock</dt><dd>right", "<dt>model</dt><dd>tiny-1", "<dt>camera</dt><dd>", " GB free of "):
        assert said in page
    full = shutil.disk_usage("/")._replace(total=32_000_000_000, free=1_000_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: full)
    assert '<div class="ill"><dt>disk</dt><dd>1.0 GB free of 32' in browser.get("/").text


def test_in_the_first_minute_nothing_is_called_ill(browser: Browser, record: Folder) -> None:
    now = datetime.now(UTC)
    for began, ill in ((now, False), (now - timedelta(minutes=10), True)):
        at = began.isoformat(timespec="milliseconds")
        record.execute("DELETE FROM effort")
        record.execute("UPDATE runs SET end_reason = NULL, started = ?, last_alive = ?", at, now.isoformat())
        assert ('<div class="ill"><dt>watched</dt>' in browser.get("/").text) is ill


def test_watched_and_blind_time_of_the_day_are_told(browser: Browser, record: Folder) -> None:
    with Store.open(record.path, SETTINGS, run()) as store:
        store.effort(Moment(START + timedelta(seconds=600), 1600, None), 600.0)
        store.effort(Moment(START + timedelta(seconds=900), 1900, None), 240.0, blind="dark")
    page = browser.get("/").text
    assert "10 min" in page
    assert "4 min · it was dark" in page


def test_an_untrusted_clock_is_told(browser: Browser, record: Folder) -> None:
    Store.open(record.path, SETTINGS, run(clock="untrusted")).close()
    assert "not set since the device was switched on" in browser.get("/").text


def test_it_leads_to_the_last_visitor(browser: Browser) -> None:
    assert shown(browser.get("/")) == ["ef" * 16]


def test_a_folder_that_is_gone_is_told_with_what_to_do(browser: Browser, record: Folder) -> None:
    (record.path / "gardenwatch.db").rename(record.path / "elsewhere")
    page = browser.get("/")
    assert page.status_code == 503
    assert "name the folder of `gardenwatch run`" in page.text
