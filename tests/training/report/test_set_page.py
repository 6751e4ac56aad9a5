"""One page tells what a set is made of."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.training.conftest import COLOURS, picture, write
from training import language
from training.layout import read_raw
from training.picture_facts import facts_of
from training.prepare import prepare
from training.report import set_page
from training.report.findings import Findings

Raw = Callable[..., Path]


def report(raw: Path, out: Path) -> str:
    prepare(raw, out)
    return (out / "report.html").read_text("utf-8")


def test_tells_balance_split_sizes_and_shows_every_class(raw: Raw, tmp_path: Path) -> None:
    text = report(raw(20), tmp_path / "out")
    assert "60 photos of 3 classes; 0 files left out." in text
    assert "64-127 px" in text
    for name in ("red", "green", "blue"):
        assert f"<summary>{name}: 20 of 20</summary>" in text
    assert "<script" not in text
    assert "http" not in text, "the page needs no other file"


def test_shows_what_looks_alike_and_what_lies_in_two_classes(raw: Raw, tmp_path: Path) -> None:
    root = raw(20)
    shutil.copy(root / "images/red/0.jpg", root / "images/red/copy.jpg")
    shutil.copy(root / "images/red/1.jpg", root / "images/blue/copy.jpg")
    text = report(root, tmp_path / "out")
    assert "4 photos in 2 groups. Groups with files that are the same byte for byte: 2." in text
    assert "Groups in more than one class: 1." in text


def test_what_a_lost_photo_joined_stays_together(raw: Raw) -> None:
    root = raw(2)
    photos = read_raw(root).photos
    facts = [facts_of(photo.path) for photo in photos]
    found = Findings(root, tuple(COLOURS), photos, facts, ["train"] * 6, [], [(0, 2), (0, 4)], [], {}, 0)
    assert found.without({0: "gone"}).alike() == [[1, 3]]
    assert found.without({5: "gone"}).alike() == [[0, 2, 4]]


def test_counts_the_test_photos_that_a_careless_split_would_have_betrayed(raw: Raw, tmp_path: Path) -> None:
    root = raw(20)
    for path in sorted((root / "images/red").iterdir()):
        shutil.copy(path, path.with_name("copy" + path.name))
    text = report(root, tmp_path / "out")
    betrayed = int(text.split("Split one by one, ")[1].split(" ")[0])
    assert 1 <= betrayed <= 4, "a tenth of 40 is tested, and most of their twins are trained on"
    test = {p.name.removeprefix("copy") for p in (tmp_path / "out/test_set/red").iterdir()}
    assert not test & {p.name.removeprefix("copy") for p in (tmp_path / "out/training_set/red").iterdir()}


def test_names_what_was_left_out_and_counts_what_was_written_anew(raw: Raw, tmp_path: Path) -> None:
    root = raw(20)
    (root / "images/red/<b>.jpg").write_bytes(b"")
    (root / "images/red/phone.heic").write_bytes(b"x")
    Image.fromarray(picture(1)).convert("CMYK").save(root / "images/red/print.jpg")
    text = report(root, tmp_path / "out")
    assert "images/red/&lt;b&gt;.jpg" in text
    assert "an empty file" in text
    assert ".heic files are not read" in text
    assert "1 photo was written anew" in text


def test_warns_of_a_class_with_hardly_any_photos(raw: Raw, tmp_path: Path) -> None:
    root = raw(40)
    for path in sorted((root / "images/blue").iterdir())[3:]:
        path.unlink()
    assert "Hardly any photos beside the largest class: blue." in report(root, tmp_path / "out")


def test_a_large_set_gives_no_larger_page(raw: Raw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(set_page, "MOST_FIGURES", set_page.MOST_GROUPS * set_page.MOST_OF_A_GROUP + 24)
    text = report(raw(50), tmp_path / "out")
    assert text.count("<img") <= 24
    assert "red: 8 of 50" in text


def test_is_written_in_the_language_in_use(raw: Raw, tmp_path: Path) -> None:
    try:
        language.use("zh-CN")
        text = report(raw(10), tmp_path / "out")
    finally:
        language.use("en")
    assert 'lang="zh-CN"' in text
    assert "各类别的照片数量" in text


def test_a_photo_that_is_long_and_thin_has_its_place(raw: Raw, tmp_path: Path) -> None:
    root = raw(10)
    write(root / "images/red/long.png", picture(3)[:1].repeat(2, axis=0).repeat(40, axis=1))
    assert "2048 px and more" in report(root, tmp_path / "out")
