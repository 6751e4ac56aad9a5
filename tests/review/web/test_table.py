"""The gallery as a table."""

from __future__ import annotations

import csv
import io

import pytest

from edge.review.web import table
from tests.review.web.conftest import BEE, ODD, SLUG, Browser, judge
from tests.store.conftest import Folder


def rows(browser: Browser, asked: str = "") -> list[dict[str, str]]:
    answer = browser.get(f"/sightings.csv{asked}")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="sightings.csv"'
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_what_the_filter_finds_is_given_line_by_line(
    browser: Browser, record: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "AT_ONCE", 2)
    judge(record, BEE, "slug", "pest")
    assert [(row["id"], row["label"], row["verdict"]) for row in rows(browser)] == [
        (ODD, "unknown", ""),
        (BEE, "bee", "slug"),
        (SLUG, "slug", ""),
    ]
    assert [row["id"] for row in rows(browser, "?role=pest&sure=high")] == [SLUG]
    assert rows(browser, "?label=wasp") == []


def test_viewers_take_nothing_home(guarded: Browser) -> None:
    guarded.log_in("viewer")
    assert guarded.get("/sightings.csv").status_code == 403
