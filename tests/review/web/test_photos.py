"""A photo is found through the record, by the sighting's id alone."""

from __future__ import annotations

import pytest

from tests.review.web.conftest import SLUG, Browser
from tests.store.conftest import Folder


def test_the_photo_is_the_file_that_the_row_names(browser: Browser, record: Folder) -> None:
    photo = browser.get(f"/photo/{SLUG}")
    assert photo.mimetype == "image/jpeg"
    assert photo.data == (record.path / "photos" / "ab" / f"{SLUG}-1.jpg").read_bytes()
    assert "private" in photo.headers["Cache-Control"]


def test_a_browser_that_has_it_gets_no_second_copy(browser: Browser) -> None:
    tag = browser.get(f"/photo/{SLUG}").headers["ETag"]
    again = browser.get(f"/photo/{SLUG}", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "../secret.jpg",
        "photos/ab/../../secret.jpg",
        "/etc/passwd",
        f"photos/cd/{SLUG}-1.jpg",
        f"photos/ab/{'cd' * 16}-1.jpg",
    ],
)
def test_even_a_forged_row_leads_nowhere_else(browser: Browser, record: Folder, path: str) -> None:
    (record.path.parent / "secret.jpg").write_bytes(b"secret")
    (record.path / "secret.jpg").write_bytes(b"secret")
    record.execute("UPDATE photos SET path = ? WHERE sighting_id = ?", path, SLUG)
    assert browser.get(f"/photo/{SLUG}").status_code == 404


def test_a_photo_that_vanished_is_not_there(browser: Browser, record: Folder) -> None:
    (record.path / "photos" / "ab" / f"{SLUG}-1.jpg").unlink()
    assert browser.get(f"/photo/{SLUG}").status_code == 404


def test_a_photo_is_deleted_for_good_and_the_sighting_still_counts(browser: Browser, record: Folder) -> None:
    assert browser.post("/photo/delete", id=SLUG).status_code == 400, "nobody said that they are sure"
    assert browser.get(f"/photo/{SLUG}").status_code == 200
    page = browser.post("/photo/delete", id=SLUG, sure="yes")
    assert "none: deleted" in page.text
    assert "Delete this photo" not in page.text
    assert browser.get(f"/photo/{SLUG}").status_code == 404
    assert not (record.path / "photos" / "ab" / f"{SLUG}-1.jpg").exists()
    assert "3 visitors" in browser.get("/").text


def test_a_browser_that_kept_a_photo_asks_whether_it_is_still_there(browser: Browser) -> None:
    assert "no-cache" in browser.get(f"/photo/{SLUG}").headers["Cache-Control"]


def test_viewers_delete_nothing(guarded: Browser, record: Folder) -> None:
    assert "Delete this photo" not in guarded.log_in("viewer").text
    assert guarded.post("/photo/delete", id=SLUG, sure="yes").status_code == 403
    assert (record.path / "photos" / "ab" / f"{SLUG}-1.jpg").exists()
