"""What cannot be written is told, and can be done once more."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from edge.review.web import judging
from edge.store.verdicts import Verdict, append_verdicts
from tests.review.web.conftest import BEE, ODD, SLUG, Browser, verdicts
from tests.store.conftest import Folder


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Transactions after which the disk is full; empty: it is not."""
    left: list[int] = []

    def append(data: Path, some: Sequence[Verdict]) -> None:
        if left and left[0] == 0:
            raise sqlite3.OperationalError("database or disk is full")
        if left:
            left[0] -= 1
        append_verdicts(data, some)

    monkeypatch.setattr("edge.store.album.append_verdicts", append)
    return left


def test_an_undo_that_could_not_be_written_can_be_tried_again(
    browser: Browser, record: Folder, refusing: list[int]
) -> None:
    browser.post("/verdict", id=[SLUG, BEE], label="background")
    refusing.append(0)
    page = browser.post("/undo")
    assert page.status_code == 503
    assert "2 judged as no animal" in page.text, "the page still offers it"
    refusing.clear()
    browser.post("/undo")
    assert dict(record.query("SELECT id, truth FROM sightings")) == {SLUG: "slug", BEE: "bee", ODD: "unknown"}
    assert "0 done" in browser.get("/call").text


def test_what_was_judged_before_the_disk_was_full_can_be_taken_back(
    browser: Browser, record: Folder, refusing: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "AT_ONCE", 1)
    refusing.append(2)
    page = browser.post("/verdict", id=[SLUG, BEE, ODD], label="background")
    assert page.status_code == 503
    assert "2 judged as no animal" in page.text
    assert len(verdicts(record)) == 2
    refusing.clear()
    browser.post("/undo")
    assert dict(record.query("SELECT id, truth FROM sightings")) == {SLUG: "slug", BEE: "bee", ODD: "unknown"}


def test_a_database_that_is_held_by_another_program_is_told_so(
    browser: Browser, record: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at_once(data: Path, some: Sequence[Verdict]) -> None:
        with closing(sqlite3.connect(data / "gardenwatch.db", timeout=0)) as db:
            db.execute("BEGIN IMMEDIATE")

    with closing(sqlite3.connect(record.path / "gardenwatch.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        monkeypatch.setattr("edge.store.album.append_verdicts", at_once)
        page = browser.post("/verdict", id=SLUG, label="bee")
        assert (page.status_code, "another program writes just now" in page.text) == (503, True)
        assert browser.get("/gallery").status_code == 200, "looking goes on"


def test_two_who_judge_the_same_at_once_are_both_remembered(browser: Browser, record: Folder) -> None:
    other = Browser(browser._client.application.test_client())
    browser.post("/verdict", id=SLUG, label="bee", by="Li Hua")
    other.post("/verdict", id=SLUG, label="background", by="Ms Wang")
    assert verdicts(record) == [(SLUG, "bee", "Li Hua"), (SLUG, "background", "Ms Wang")]
    browser.post("/undo")
    assert record.query("SELECT truth FROM sightings WHERE id = ?", SLUG) == [("background",)], "not the other's"


def test_the_later_of_two_who_takes_it_back_leaves_what_the_earlier_said(browser: Browser, record: Folder) -> None:
    other = Browser(browser._client.application.test_client())
    browser.post("/verdict", id=SLUG, label="bee", by="Li Hua")
    other.post("/verdict", id=SLUG, label="background", by="Ms Wang")
    other.post("/undo")
    assert record.query("SELECT truth FROM sightings WHERE id = ?", SLUG) == [("bee",)]


ACTIONS: list[tuple[str, dict[str, Any]]] = [
    ("/verdict", {"id": SLUG, "label": "bee"}),
    ("/photo/delete", {"id": SLUG, "sure": "yes"}),
    ("/collect", {"minutes": "10"}),
    ("/pause", {"minutes": "10"}),
]


@pytest.mark.parametrize(("path", "fields"), ACTIONS)
def test_a_damaged_database_or_a_folder_that_went_away_is_told(
    browser: Browser, record: Folder, path: str, fields: dict[str, Any]
) -> None:
    browser.get("/")
    for name in ("gardenwatch.db-wal", "gardenwatch.db-shm"):
        (record.path / name).unlink(missing_ok=True)
    (record.path / "gardenwatch.db").write_bytes(b"no database at all" * 1000)
    if path in ("/verdict", "/photo/delete"):
        page = browser.post(path, **fields)
        assert (page.status_code, "a damaged one" in page.text) == (503, True)
    record.path.rename(record.path.with_name("elsewhere"))
    page = browser.post(path, **fields)
    assert page.status_code == 503
    assert "no such f" in page.text.lower()
