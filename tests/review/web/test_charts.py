"""Charts on the page."""

from __future__ import annotations

import pytest

from tests.review.web.conftest import Browser


@pytest.mark.parametrize("span", ["week", "month", "all", "nonsense"])
def test_the_charts_of_a_span_are_drawn_and_told(browser: Browser, span: str) -> None:
    page = browser.get(f"/charts?span={span}").text
    assert page.count('role="img"') == 5
    assert "3 visits in all" in page
    assert "2026-05-01" in page
    assert "<td" in page, "who cannot see the charts reads the tables"


def test_their_colours_come_in_a_file_that_the_policy_allows(browser: Browser) -> None:
    style = browser.get("/charts.css")
    assert style.mimetype == "text/css"
    assert ".chart" in style.text
    assert '/charts.css"' in browser.get("/charts").text
