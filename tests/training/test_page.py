"""A page that stands alone."""

from __future__ import annotations

import base64
from html.parser import HTMLParser
from pathlib import Path

import cv2
import numpy as np

from tests.training.conftest import picture, write
from training import language
from training.page import bars, figure, heading, page, paragraph, sheet, table, thumbnail


class Seen(HTMLParser):
    """Collects tags, and refuses what is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.text = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_file_name_cannot_break_a_page(tmp_path: Path) -> None:
    odd = '<script>"x"</script>&.jpg'
    source = thumbnail(write(tmp_path / "a.jpg", picture(1)))
    parts = [heading(odd), paragraph(odd), table([odd], [[odd]]), bars([(odd, 2)]), sheet([figure(source, odd)]), odd]
    seen = Seen(page(odd, *parts))
    assert "script" not in seen.tags
    assert seen.text.count(odd) == 9  # twice in the title


def test_a_table_sets_numbers_to_the_right() -> None:
    html = table(["class", "photos"], [["ant", 3], ["bee", "97.5%"]])
    assert '<td class="number">3</td>' in html
    assert "<td>ant</td>" in html


def test_a_bar_is_as_long_as_its_share_of_the_largest() -> None:
    html = bars([("ant", 10), ("bee", 5), ("none", 0)])
    assert [part.split('"')[0] for part in html.split('rect width="')[1:]] == ["100.0%", "50.0%", "0.0%"]


def test_a_thumbnail_is_small_and_keeps_its_shape(tmp_path: Path) -> None:
    large = cv2.resize(picture(1), (800, 600))
    uri = thumbnail(write(tmp_path / "大 图.jpg", large), px=96)
    data = np.frombuffer(base64.b64decode(uri.partition(",")[2]), np.uint8)
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert decoded is not None
    assert decoded.shape == (72, 96, 3)


def test_a_page_says_its_language() -> None:
    try:
        language.use("zh-CN")
        assert '<html lang="zh-CN">' in page("t")
    finally:
        language.use("en")
