"""One sighting: photo, machine, people, why."""

from __future__ import annotations

import re

import pytest

from tests.review.web.conftest import BEE, ODD, SLUG, Browser, judge
from tests.store.conftest import Folder


def test_the_machine_and_people_are_both_shown(browser: Browser, record: Folder) -> None:
    judge(record, SLUG, "bee", "beneficial", "Li Hua")
    page = browser.get(f"/sighting/{SLUG}").text
    assert re.search(r"The machine says</dt><dd><b>Slug</b> 95%", page)
    assert re.search(r"People say</dt><dd><b>Bee</b> <small>Li Hua", page)
    assert "Counted as Slug (95% sure)" in page


def test_its_neighbours_keep_to_the_filter(browser: Browser) -> None:
    page = browser.get(f"/sighting/{BEE}").text
    assert f'rel="prev" data-key="ArrowLeft" href="/sighting/{ODD}"' in page
    assert f'rel="next" data-key="ArrowRight" href="/sighting/{SLUG}"' in page
    page = browser.get(f"/sighting/{BEE}?label=bee").text
    assert "rel=" not in page.split("<main")[1]


def test_each_class_has_a_key_of_its_own(browser: Browser) -> None:
    buttons = re.findall(r'name="label" value="(\w+)"[^>]*data-key="(\w)"', browser.get(f"/sighting/{SLUG}").text)
    assert buttons == [("slug", "1"), ("bee", "2"), ("unknown", "u"), ("background", "x")]


def test_why_there_is_no_photo_is_said(browser: Browser, record: Folder) -> None:
    record.execute("UPDATE photos SET path = NULL, sha256 = NULL, missing = 'disk_full' WHERE sighting_id = ?", SLUG)
    page = browser.get(f"/sighting/{SLUG}").text
    assert "none: the disk was full" in page
    assert "<img" not in page.split("<main")[1]


@pytest.mark.parametrize("id", ["0" * 32, "ab", "AB" * 16, "ab" * 17, "..%2f..%2fetc%2fpasswd", "%00" * 32, "é" * 32])
def test_what_is_no_sighting_is_not_there(browser: Browser, id: str) -> None:
    assert browser.get(f"/sighting/{id}").status_code == 404
    assert browser.get(f"/photo/{id}").status_code == 404


def test_all_that_people_said_stays_to_be_read(browser: Browser, record: Folder) -> None:
    judge(record, SLUG, "bee", "beneficial", "Li Hua")
    assert "All that people said" not in browser.get(f"/sighting/{SLUG}").text
    judge(record, SLUG, "slug", "pest", "Ms Wang")
    page = browser.get(f"/sighting/{SLUG}").text
    assert re.search(r"<li>Bee <small>Li Hua.*<li>Slug <small>Ms Wang", page, re.S)
