"""Looking through all that was seen."""

from __future__ import annotations

import re

import pytest

from edge.review.web import gallery
from tests.review.web.conftest import BEE, ODD, SLUG, Browser, judge, shown
from tests.store.conftest import Folder


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("", [ODD, BEE, SLUG]),
        ("?label=slug", [SLUG]),
        ("?label=unknown", [ODD]),
        ("?role=beneficial", [BEE]),
        ("?sure=high", [SLUG]),
        ("?sure=middle", [BEE]),
        ("?sure=low", [ODD]),
        ("?since=2026-05-01&until=2026-05-01", [ODD, BEE, SLUG]),
        ("?until=2026-04-30", []),
        ("?since=2026-05-02", []),
        ("?judged=yes", [BEE]),
        ("?judged=differs", []),
        ("?judged=no", [ODD, SLUG]),
        ("?role=pest&sure=low", []),
        ("?role=nonsense&since=yesterday&until=9999-12-31&sure=1&judged=2&after=x&label=%00", [ODD, BEE, SLUG]),
    ],
)
def test_newest_first_and_only_what_was_asked_for(
    browser: Browser, record: Folder, asked: str, expected: list[str]
) -> None:
    judge(record, BEE, "bee", "beneficial")
    page = browser.get(f"/gallery{asked}")
    assert page.status_code == 200
    assert shown(page) == expected


def test_older_ones_are_on_further_pages(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gallery, "PAGE", 1)
    found, path = [], "/gallery?role="
    while path:
        page = browser.get(path)
        found += shown(page)
        link = re.search(r'rel="next" href="([^"]+)"', page.text)
        path = link[1].replace("&amp;", "&") if link else ""
    assert found == [ODD, BEE, SLUG]


def test_nothing_found_is_said(browser: Browser) -> None:
    assert "Nothing fits these filters." in browser.get("/gallery?label=bee&judged=yes").text


def test_what_was_asked_for_is_told_in_words(browser: Browser) -> None:
    page = browser.get("/gallery?label=slug&role=pest&since=2026-05-01&until=2026-05-01&sure=high&judged=no").text
    assert "Filter · Slug · pest · 2026-05-01 · sure (90 % and more) · not judged yet<" in page
    assert "Filter · from 2026-05-01<" in browser.get("/gallery?since=2026-05-01").text
    assert "Filter<" in browser.get("/gallery?role=nonsense").text


def test_photos_are_loaded_when_they_come_into_view(browser: Browser) -> None:
    assert browser.get("/gallery").text.count('loading="lazy"') == 3


def test_what_people_said_is_marked(browser: Browser, record: Folder) -> None:
    judge(record, BEE, "bee", "beneficial", "Li <b>Hua")
    judge(record, SLUG, "bee", "beneficial")
    page = browser.get("/gallery").text
    assert "✓ Li &lt;b&gt;Hua" in page, "and no name can bring markup into the page"
    assert "✎ Ms Wang" in page
    assert "the machine said Slug" in page
