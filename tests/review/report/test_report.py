"""A teacher gets a period on one page that opens anywhere."""

from __future__ import annotations

import base64
import io
import os
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from edge import language
from edge.errors import UsageError
from edge.model.labels import Label
from edge.review.report.commands import report_command
from edge.store.rows import Effort
from edge.store.store import Store
from edge.store.verdicts import Verdict, append_verdicts
from tests.store.conftest import Folder
from tests.store.test_counts import watched
from tests.store.visits import SETTINGS, START, moment, run, sighting, visit

NAMES = {
    "slug": Label("slug", "Slug", "蛞蝓", "Arion", "genus", "pest"),
    "bee": Label("bee", "Bee", "蜜蜂", "Apis mellifera", "species", "beneficial"),
}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    yield
    language.use("en")


@pytest.fixture
def season(tmp_path: Path) -> Folder:
    """Three slugs, one of them a bee for Li Hua, one right; an hour watched, two minutes without a camera."""
    folder, garden = Folder(tmp_path / "data"), run()
    slugs = [sighting(second) for second in (10, 20, 90_000)]
    with Store.open(folder.path, SETTINGS, garden) as store:
        for slug in slugs:
            store.record(visit(slug))
    said = [(slugs[0], "bee", "beneficial"), (slugs[1], "slug", "pest")]
    append_verdicts(folder.path, [Verdict(one.id, key, role, "Li <b>Hua", moment(99).wall) for one, key, role in said])
    watched(folder, garden, Effort(0, START, "watched", 3600), Effort(0, START, "camera_lost", 120))
    return folder


def reported(data: Path, out: Path, *options: str) -> Result:
    words = ["--data", str(data), "--out", str(out), *options]
    return CliRunner().invoke(report_command(lambda: NAMES), words, catch_exceptions=False, obj="auto")


def written(folder: Folder, *options: str) -> str:
    out = folder.path.parent / "report.html"
    result = reported(folder.path, out, *options)
    assert result.exit_code == 0, result.output
    return out.read_text("utf-8")


def text_of(page: str) -> str:
    """What a reader sees, with single blanks."""
    body = re.sub(r"<style>.*?</style>", "", page)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def test_the_page_tells_visits_effort_faults_and_what_people_said(season: Folder) -> None:
    text = text_of(written(season))
    assert "visits 3" in text
    assert "watched 60.0 min visits per watched hour 3.0" in text
    assert "Slug pest 3 2 2 1 of 2: 50% (9% – 91%) Bee 1" in text, "machine said, counts now, judged, right, instead"
    assert "Bee beneficial 0 1 0" in text
    assert "For 2.0 min nothing could be seen: the camera was lost." in text


def test_what_was_withheld_is_told_as_a_count(season: Folder) -> None:
    with Store.open(season.path, SETTINGS, run()) as store:
        store.effort(moment(500), 1)
        store.withhold(moment(500), 7)
    assert "7 times nothing was kept of something, because a person may have been there" in text_of(written(season))


def test_a_whole_page_needs_nothing_from_elsewhere(season: Folder) -> None:
    page = written(season)
    addresses = re.findall(r"(?:src|href)\s*=\s*[\"']([^\"']*)", page) + re.findall(r"url\(([^)]*)\)", page)
    assert addresses
    assert [one for one in addresses if not one.startswith("data:image/jpeg;base64,")] == []
    assert "<script" not in page


def test_every_tag_is_closed_and_every_id_stands_once(season: Folder) -> None:
    page = written(season)
    Strict().feed(page)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids)) == 10


def test_photos_are_small_and_carry_no_record(season: Folder) -> None:
    page = written(season)
    photos = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', page)
    assert len(photos) == 3
    with Image.open(io.BytesIO(base64.b64decode(photos[0]))) as image:
        assert max(image.size) <= 320
        assert not image.getexif()


def test_no_more_photos_than_asked_for_and_broken_ones_are_passed_over(season: Folder) -> None:
    assert written(season, "--photos", "1").count("data:image") == 1
    for name in season.named_photos():
        (season.path / name).write_bytes(b"\xff\xd8 torn")
    assert "There are none." in written(season)


def test_photos_are_shared_out_among_the_animals(season: Folder) -> None:
    """Two slugs and a bee by now, and room for two."""
    assert re.findall(r'<img alt="(\w+)"', written(season, "--photos", "2")) == ["Slug", "Bee"]


def test_a_name_is_no_markup(season: Folder) -> None:
    assert "<b>Hua" not in written(season)


def test_only_the_time_asked_for_is_told(season: Folder) -> None:
    text = text_of(written(season, "--since", "2026-05-02"))
    assert "visits 1" in text
    assert "watched 0.0 min" in text


def test_the_language_of_the_page_may_be_chosen(season: Folder) -> None:
    page = written(season, "--lang", "zh")
    assert '<html lang="zh-CN">' in page
    assert "蛞蝓" in page
    assert "各种动物的来访" in page


def test_a_period_without_anything_is_a_page_too(season: Folder) -> None:
    text = text_of(written(season, "--since", "2027-01-01", "--until", "2027-01-02"))
    assert "visits 0" in text
    assert "Nothing was watched." in text


def test_a_page_that_could_not_be_finished_leaves_the_earlier_one(season: Folder, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    out.write_text("the earlier one")
    season.execute("UPDATE sightings SET first_seen = 'long ago' WHERE verdict IS NULL")
    with pytest.raises(Exception, match="database"):
        reported(season.path, out)
    assert out.read_text() == "the earlier one"
    assert [name for name in os.listdir(tmp_path) if "part" in name] == []


def test_a_beginning_after_the_end_is_a_wrong_command(season: Folder, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="turn them round"):
        reported(season.path, tmp_path / "r.html", "--since", "2026-05-03", "--until", "2026-05-01")


class Strict(HTMLParser):
    """Complains of a tag that is not closed where it has to be."""

    EMPTY = frozenset({"meta", "img", "br", "line", "rect"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        """Closed by itself."""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
