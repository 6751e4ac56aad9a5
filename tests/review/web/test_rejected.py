"""What was not counted is shown with the reason."""

from __future__ import annotations

import re

import pytest

from edge.review.web import rejected
from edge.store.store import Store
from tests.review.web.conftest import Browser
from tests.store.conftest import Folder
from tests.store.test_rejections import rejection
from tests.store.visits import SETTINGS, run


@pytest.fixture
def leaves(record: Folder) -> Folder:
    """Three leaves, the last of them too small."""
    with Store.open(record.path, SETTINGS, run()) as store:
        store.reject([rejection(10), rejection(20), rejection(30, "too_small")])
    return record


def test_newest_first_with_the_reason_and_the_picture(browser: Browser, leaves: Folder) -> None:
    page = browser.get("/rejected").text
    assert page.index("it was too small to be told") < page.index("it moved like a leaf in the wind")
    pictures = re.findall(r'src="(/rejected/[0-9a-f]{32})"', page)
    assert len(pictures) == 3
    assert browser.get(pictures[0]).data.startswith(b"\xff\xd8")


def test_older_ones_are_on_further_pages(browser: Browser, leaves: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rejected, "PAGE", 2)
    first = browser.get("/rejected").text
    link = re.search(r'href="(/rejected\?before=\d+)"', first)
    assert link
    second = browser.get(link[1]).text
    assert (first.count('<img src="/rejected'), second.count('<img src="/rejected')) == (2, 1)
    assert 'rel="next"' not in second


def test_without_any_that_is_said(browser: Browser) -> None:
    assert "There is nothing." in browser.get("/rejected?before=nonsense").text


def test_its_picture_is_deleted_for_good(browser: Browser, leaves: Folder) -> None:
    [(id,)] = leaves.query("SELECT id FROM rejections WHERE reason = 'too_small'")
    page = browser.post("/photo/delete", id=id, sure="yes")
    assert page.request.path == "/rejected"
    assert browser.get(f"/rejected/{id}").status_code == 404
    assert "it was too small to be told" in page.text, "the row stays"
