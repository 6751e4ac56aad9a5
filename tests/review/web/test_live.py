"""The page shows what the watcher sees now."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from edge.glimpse import FOLDER, Glimpse, State
from edge.privacy import NOTHING, UNSEEN, Hidden
from edge.records import Box, Frame, Region
from tests.review.web.conftest import Browser
from tests.store.conftest import Folder
from tests.store.visits import moment

STATE = State("open", "seen", True, "ready", "ok", 2)


def watch(data: Path, browser: Browser, state: State = STATE, hidden: Hidden = NOTHING, late_s: float = 0) -> None:
    """A watcher that runs, and that notices that somebody looks."""
    glimpse = Glimpse(data)
    browser.get("/live.json")
    frame = Frame(np.full((90, 160, 3), 90, np.uint8), 1, moment(0))
    now = datetime.now(UTC) - timedelta(seconds=late_s)
    glimpse.show(frame, [Region(Box(11, 22, 33, 44))], hidden, now, lambda: state)


@pytest.fixture
def running(record: Folder) -> Path:
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    record.execute("UPDATE runs SET end_reason = NULL, last_alive = ?", now)
    return record.path


def test_today_shows_the_present_picture_with_what_moves_and_the_lamp(browser: Browser, running: Path) -> None:
    assert "comes in a moment" in browser.get("/").text
    watch(running, browser)
    page = browser.get("/").text
    assert 'src="/live.jpg"' in page
    assert '<rect x="11" y="22" width="33" height="44"/>' in page
    assert "on · board: ready" in page
    assert browser.get("/live.jpg").data == (running / FOLDER / "frame.jpg").read_bytes()
    assert browser.get("/live.json").json["regions"] == [[11, 22, 33, 44]]  # type: ignore[index]


def test_where_a_person_may_be_in_it_there_is_none_and_it_is_said(browser: Browser, running: Path) -> None:
    watch(running, browser, hidden=UNSEEN)
    assert "a person may be in it" in browser.get("/").text
    assert browser.get("/live.jpg").status_code == 404


def test_what_the_watcher_suffers_from_is_told(browser: Browser, running: Path) -> None:
    watch(running, browser, State("lost", "blurred", False, "failed", "disk_full", 0))
    page = browser.get("/").text
    for told in ("lost", "the picture was blurred", "needs a person; see the log", "cannot be written; see the log"):
        assert told in page


def test_what_a_dead_watcher_left_counts_for_nothing(browser: Browser, running: Path) -> None:
    watch(running, browser, late_s=60)
    page = browser.get("/").text
    assert "on · board" not in page
    assert 'src="/live.jpg"' not in page, "an old picture is not the present one"
    assert browser.get("/live.json").json == {"there": False}


def test_a_pause_that_the_watcher_does_not_keep_is_not_called_one(browser: Browser, running: Path) -> None:
    """A film is never paused, and a camera is closed only moments later."""
    watch(running, browser)
    browser.post("/pause", minutes="10")
    page = browser.get("/").text
    assert "The garden is being watched" in page
    assert "A pause was asked for" in page
    watch(running, browser, replace(STATE, camera="resting", rest="paused"))
    page = browser.get("/").text
    assert "The watching is paused" in page
    assert "A pause was asked for" not in page


@pytest.mark.parametrize(
    "left", ["", "[]", "{}", '{"at": "x"}', '{"at": "2026-01-01", "size": ["a"], "regions": [[1]]}']
)
def test_what_cannot_be_read_is_as_nothing(browser: Browser, running: Path, left: str) -> None:
    (running / FOLDER).mkdir()
    (running / FOLDER / "state.json").write_text(left)
    assert browser.get("/").status_code == 200
    assert browser.get("/live.json").json == {"there": False}


def test_strangers_see_no_picture(guarded: Browser, running: Path) -> None:
    watch(running, guarded)
    assert guarded.get("/live.jpg").status_code == 401
