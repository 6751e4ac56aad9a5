"""The charts tell the truth, to the eye and to a screen reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import pytest

from edge import language
from edge.model.labels import Label
from edge.review.charts.of_period import Chart, charts
from edge.store.counts import Counts, LabelCount, Slot

SVG = "{http://www.w3.org/2000/svg}"
NAMES = {"bee": Label("bee", "Bee", "蜜蜂", "Apis mellifera", "species", "beneficial")}
FIRST = date(2026, 5, 1)


def period(days: int = 3, label: str = "bee") -> Counts:
    """Four bees at noon and a slug at six, in twice as many hours; one night of dark."""
    hours = tuple(Slot() for _ in range(24))
    hours[12].visits, hours[12].seconds = {"beneficial": 4}, {"watched": 7200.0}
    hours[6].visits, hours[6].seconds = {"pest": 1}, {"watched": 1799.0}
    hours[0].seconds = {"dark": 3600.0, "camera_lost": 60.0}
    slots = {FIRST + timedelta(days=number): Slot() for number in range(days)}
    slots[FIRST] = Slot({"beneficial": 4, "pest": 1}, {"watched": 8999.0, "dark": 3600.0, "camera_lost": 60.0})
    begin = datetime(2026, 5, 1, tzinfo=UTC)
    labels = (LabelCount(label, "beneficial", 4), LabelCount("slug", "pest", 1))
    return Counts(begin, begin + timedelta(days=days), labels, hours, slots)


def drawn(counts: Counts) -> dict[str, Chart]:
    return {chart.name: chart for chart in charts(counts, NAMES)}


def told(chart: Chart) -> list[str]:
    """What a pointer or a screen reader finds on each column."""
    drawing = ElementTree.fromstring(chart.svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))
    return [str(title.text) for title in drawing.iterfind(f"{SVG}g/{SVG}title")]


@pytest.fixture
def chinese() -> Iterator[None]:
    language.use("zh-CN")
    yield
    language.use("en")


def test_every_chart_is_named_and_described_for_who_does_not_see_it() -> None:
    for chart in charts(period(), NAMES):
        head = re.match(
            r'<svg [^>]*role="img" aria-labelledby="(\S+) (\S+)"><title id="(\S+)">(.+?)</title>', chart.svg
        )
        assert head is not None, chart.svg[:200]
        assert (head[1], head[4]) == (head[3], chart.title)
        assert re.search(rf'<desc id="{head[2]}">.+?</desc>', chart.svg)
        assert len({len(row) for row in chart.table}) == 1


def test_no_chart_needs_what_a_strict_page_refuses() -> None:
    for chart in charts(period(), NAMES):
        assert not re.search(r"style=|<script|href|http", chart.svg + chart.legend)


def test_columns_are_as_high_as_what_they_count() -> None:
    heights = {
        style: float(height)
        for style, height in re.findall(r'<rect class="(\w+)"[^>]*height="([\d.]+)"/>', drawn(period())["hours"].svg)
    }
    assert heights["beneficial"] == pytest.approx(4 * heights["pest"], rel=0.01)
    assert told(drawn(period())["hours"])[12] == "12:00 to 13:00: 4 visits"


def test_a_rate_is_visits_per_watched_hour_with_what_chance_leaves() -> None:
    columns = told(drawn(period())["rates"])
    assert columns[12] == "12:00 to 13:00: 2.00 visits per hour, range (95 %) 0.54 to 5.12 (2.0 h watched)"
    assert columns[6] == "6:00 to 7:00: too little watched (0.5 h watched)"


def test_without_half_an_hour_of_watching_there_is_no_rate_to_draw() -> None:
    counts = period()
    counts.hours[12].seconds = {"watched": 60.0}
    assert "nothing to show" in drawn(counts)["rates"].svg
    assert "nothing to show" not in drawn(period())["rates"].svg


def test_dark_and_other_blindness_are_told_apart() -> None:
    assert told(drawn(period())["effort"])[0] == "2026-05-01: watched 2.5 h, dark 1.0 h, blind for another reason 0.0 h"


@pytest.mark.parametrize(
    ("days", "title", "columns"), [(92, "Visits by day", 92), (93, "Visits by week", 14), (800, "Visits by month", 27)]
)
def test_a_long_period_is_drawn_by_week_or_month(days: int, title: str, columns: int) -> None:
    chart = drawn(period(days))["days"]
    assert (chart.title, len(told(chart))) == (title, columns)
    assert sum(int(row[-1]) for row in chart.table[1:]) == 5


def test_names_are_those_of_the_language_and_are_no_markup(chinese: None) -> None:
    chart = drawn(period())["labels"]
    assert "蜜蜂" in chart.svg
    assert chart.title == "各种动物的来访"
    assert "&lt;b&gt;" in drawn(period(label="<b>"))["labels"].svg


def test_nothing_watched_and_nothing_seen_has_no_chart() -> None:
    begin = datetime(2026, 5, 1, tzinfo=UTC)
    assert charts(Counts(begin, begin, (), tuple(Slot() for _ in range(24)), {FIRST: Slot()}), NAMES) == []
