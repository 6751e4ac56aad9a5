"""A teacher asks for pictures for a new model."""

from __future__ import annotations

import json

import pytest

from edge.collect.wishes import FILE
from edge.glimpse import FOLDER, State
from tests.review.web.conftest import Browser
from tests.review.web.test_live import running, watch
from tests.store.conftest import Folder

__all__ = ["running"]


@pytest.mark.usefixtures("running")
def test_the_wish_is_left_for_the_watcher_and_what_it_collects_is_told(browser: Browser, record: Folder) -> None:
    watch(record.path, browser)
    assert "Collect pictures for a new model" in browser.get("/").text
    assert browser.post("/collect", label="red beetle", minutes="30").status_code == 200
    assert json.loads((record.path / FOLDER / FILE).read_text()) == {"label": "red beetle", "minutes": 30}
    watch(record.path, browser, State("open", "seen", False, "off", "ok", 0, collecting_s=1500, collected=7))
    page = browser.get("/").text
    assert "Collecting pictures: 7 so far, 25 min left." in page
    browser.post("/collect", minutes="0")
    assert json.loads((record.path / FOLDER / FILE).read_text()) == {"label": None, "minutes": 0}


@pytest.mark.parametrize(
    "asked",
    [
        {"label": "../../etc", "minutes": "10"},
        {"label": "a/b", "minutes": "10"},
        {"label": "9", "minutes": "10"},
        {"label": "slug", "minutes": "-1"},
        {"label": "slug", "minutes": "1e9"},
        {"label": "slug"},
    ],
)
def test_what_cannot_be_wished_is_refused(browser: Browser, record: Folder, asked: dict[str, str]) -> None:
    assert browser.post("/collect", **asked).status_code == 400
    assert not (record.path / FOLDER / FILE).exists()


def test_viewers_collect_nothing(guarded: Browser) -> None:
    guarded.log_in("viewer")
    assert guarded.post("/collect", minutes="10").status_code == 403
