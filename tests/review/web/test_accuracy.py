"""How good the machine is, as far as people looked."""

from __future__ import annotations

from tests.review.web.conftest import BEE, ODD, SLUG, Browser, judge
from tests.store.conftest import Folder


def test_without_verdicts_nothing_is_claimed(browser: Browser) -> None:
    page = browser.get("/accuracy").text
    assert "Nobody has judged anything yet." in page
    assert "%" not in page.split("<main")[1]


def test_each_class_has_its_share_with_the_range_that_few_verdicts_leave(browser: Browser, record: Folder) -> None:
    judge(record, SLUG, "slug", "pest")
    judge(record, BEE, "background", "background")
    judge(record, ODD, "bee", "beneficial")
    page = browser.get("/accuracy").text
    assert "Judged by people: 2; named rightly by the machine: 1." in page
    assert "<b>100%</b> <small>21%–100%</small>" in page, "one of one proves little"
    assert "<b>0%</b> <small>0%–79%</small>" in page
    assert "no animal 1" in page
    assert "Of 1 that it called unknown, people could name 1." in page
