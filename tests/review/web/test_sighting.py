"""One sighting: photo, machine, people, why."""

from __future__ import annotations

import re

import pytest

from edge.store.store import Store
from tests.review.web.conftest import BEE, ODD, SLUG, Browser, judge
from tests.store.conftest import Folder
from tests.store.visits import SETTINGS, run, sighting, visit


def test_the_machine_and_people_are_both_shown(browser: Browser, record: Folder) -> None:
    judge(record, SLUG, "bee", "beneficial", "Li Hua")
    page = browser.get(f"/sighting/{SLUG}").text
    assert re.search(r"The machine says</dt><dd><b>Slug</b> 95%", page)
    assert re.search(r"People say</dt><dd><b>Bee</b> <small>Li Hua", page)
    assert "Counted as Slug (95% sure)" in page


def test_its_neighbours_keep_to_the_filter(browser: Browser) -> None:
    page = browser.get(f"/sighting/{BEE}").text
    assert f'rel="prev" data-swipe="right" data-key="ArrowLeft" href="/sighting/{ODD}"' in page
    assert f'rel="next" data-swipe="left" data-key="ArrowRight" href="/sighting/{SLUG}"' in page
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


FURTHER = "12" * 16


@pytest.fixture
def more(record: Folder) -> Folder:
    """A visit with two further photos."""
    with Store.open(record.path, SETTINGS, run()) as store:
        store.record(visit(sighting(40, id=FURTHER), further=2))
    return record


def large(page: str) -> str:
    return page.split('<figure class="large">')[1].split("</figure>")[0]


def test_the_other_photos_lie_beneath_and_each_can_be_seen_large_with_its_box(browser: Browser, more: Folder) -> None:
    page = browser.get(f"/sighting/{FURTHER}?role=pest").text
    strip = re.findall(r'<li><a href="([^"]+)"', page.split('class="strip"')[1].split("</ul>")[0])
    assert [address.rsplit("=", 1)[1] for address in strip] == ["photo", "more-1", "more-2"]
    assert f"/photo/{FURTHER}?v=1" in large(page)
    assert "role=pest" in strip[1]
    chosen = large(browser.get(strip[1].replace("&amp;", "&")).text)
    assert f"/photo/{FURTHER}/1" in chosen
    assert "<rect" in chosen
    photo = browser.get(f"/photo/{FURTHER}/1")
    assert photo.data == (more.path / "photos" / "12" / f"{FURTHER}-more-1.jpg").read_bytes()
    assert "no-cache" in photo.headers["Cache-Control"]


@pytest.mark.parametrize("chosen", ["more-9", "../../etc/passwd", "<script>"])
def test_a_photo_that_is_not_there_is_the_best_one(browser: Browser, more: Folder, chosen: str) -> None:
    assert f"/photo/{FURTHER}?v=1" in large(browser.get(f"/sighting/{FURTHER}", query_string={"photo": chosen}).text)


@pytest.mark.parametrize("path", [f"{FURTHER}/3", f"{FURTHER}/0", f"{FURTHER}/-1", f"{FURTHER}/x", f"{SLUG}/1", "ab/1"])
def test_a_further_photo_that_is_not_there_is_not_found(browser: Browser, more: Folder, path: str) -> None:
    assert browser.get(f"/photo/{path}").status_code == 404


def test_a_photo_whose_file_is_gone_is_said_or_another_one_is_shown(browser: Browser, more: Folder) -> None:
    (more.path / "photos" / "12" / f"{FURTHER}-1.jpg").unlink()
    assert f"/photo/{FURTHER}/1" in large(browser.get(f"/sighting/{FURTHER}").text)
    for file in (more.path / "photos" / "12").iterdir():
        file.unlink()
    assert "its file is gone; see `gardenwatch verify`" in large(browser.get(f"/sighting/{FURTHER}").text)


def test_a_visit_with_one_photo_has_no_strip(browser: Browser) -> None:
    assert 'class="strip"' not in browser.get(f"/sighting/{SLUG}").text


def test_when_a_photo_is_deleted_its_visit_shows_none(browser: Browser, more: Folder) -> None:
    page = browser.post("/photo/delete", id=FURTHER, sure="yes").text
    assert "none: deleted" in page
    assert browser.get(f"/photo/{FURTHER}/1").status_code == 404
