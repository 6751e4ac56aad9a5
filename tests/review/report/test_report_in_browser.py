"""The report in a real browser: read on a phone, in the dark, in Chinese, and printed."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from tests.bench.season import fill
from tests.programs import gardenwatch

pytest.importorskip("selenium", reason="pip install selenium")
from tests.review.web.driving import DESKTOP, PHONE, Person

pytestmark = [pytest.mark.system, pytest.mark.filterwarnings("ignore::ResourceWarning")]


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty days with all there is to tell."""
    folder = tmp_path_factory.mktemp("season")
    fill(folder, 1500, 60)
    return folder


@pytest.fixture(scope="module", params=["en", "zh"])
def report(season: Path, request: pytest.FixtureRequest) -> Path:
    out = season.parent / f"report-{request.param}.html"
    run = gardenwatch("report", "--data", season, "--out", out, "--lang", request.param)
    assert run.returncode == 0, run.stderr
    return out


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_nobody_is_shut_out_and_nothing_is_cut_off(report: Path, size: tuple[int, int], dark: bool) -> None:
    person = Person(report.as_uri(), size, dark)
    try:
        person.opens("")
        assert person.barriers() == []
        assert not person.is_too_wide()
        person.clicks("details summary")
        assert person.all("details[open] table")
        assert person.complaints() == []
    finally:
        person.leaves_for_good()


def test_it_prints_on_a_few_pages(report: Path) -> None:
    person = Person(report.as_uri())
    try:
        person.opens("")
        pdf = base64.b64decode(person.driver.print_page())
    finally:
        person.leaves_for_good()
    assert pdf.startswith(b"%PDF")
    assert 3 <= pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") <= 7
