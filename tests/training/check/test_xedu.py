"""What the course's tools stop at, or do otherwise than one thinks (BaseDT 0.1.3, MMEdu 2.0.0)."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.training.conftest import picture, write
from training.check.check import check
from training.prepare import prepare

Raw = Callable[..., Path]


@pytest.fixture
def root(raw: Raw, tmp_path: Path) -> Path:
    out = tmp_path / "set"
    prepare(raw(50), out)
    return out


def said(root: Path) -> dict[str, tuple[str, str]]:
    """Severity and what was found, by place."""
    return {fault.place: (fault.severity, fault.found) for fault in check(root).xedu}


def test_missing_lists_and_folders_stop_the_check_of_basedt(root: Path) -> None:
    (root / "classes.txt").unlink()
    (root / "val.txt").unlink()
    found = said(root)
    assert "classes.txt缺失" in found["classes.txt"][1]
    assert "val.txt缺失" in found["val.txt"][1]
    assert found["classes.txt"][0] == found["val.txt"][0] == "error"


def test_a_missing_val_folder_of_a_class_stops_it(root: Path) -> None:
    shutil.rmtree(root / "val_set/green")
    (root / "val.txt").write_text("".join(x + "\n" for x in (root / "val.txt").read_text().splitlines() if x[0] != "g"))
    assert said(root)["val_set/green"] == ("error", 'missing: BaseDT\'s check stops with "green文件夹缺失"')


def test_more_photos_than_lines_stop_mmedu(root: Path) -> None:
    write(root / "val_set/red/new.jpg", picture(9000))
    severity, found = said(root)["val.txt"]
    assert severity == "error"
    assert "30 lines for 31 photos" in found


@pytest.mark.parametrize(
    ("data", "place", "severity"),
    [
        ("\ufeffred\ngreen\nblue\n".encode(), "classes.txt:1", "error"),
        (b"red 0\ngreen 1\nblue 2\n", "classes.txt:3", "error"),
        (b"red\ngreen\nblue\n\n", "classes.txt:4", "error"),
    ],
    ids=["bom", "numbers", "empty-line"],
)
def test_a_class_list_that_we_forgive_they_do_not(root: Path, data: bytes, place: str, severity: str) -> None:
    (root / "classes.txt").write_bytes(data)
    assert said(root)[place][0] == severity


def test_backslashes_and_the_spelling_of_the_course_are_not_found(root: Path) -> None:
    (root / "val.txt").write_text((root / "val.txt").read_text().replace("/", "\\"))
    (root / "training_set").rename(root / "trainning_set")
    found = said(root)
    assert found["val.txt:1"][0] == "error"
    assert found["trainning_set"] == ("error", "not found under this name")


def test_names_that_some_systems_cannot_open_are_told(raw: Raw) -> None:
    root = raw(12, {"蚜虫": (40, 40, 220), "ant": (40, 200, 40)})
    write(root / "images/ant/my photo.jpg", picture(1))
    write(root / "images/ant/web.webp", picture(2))
    found = said(root)
    assert "GBK" in found["classes.txt"][1]
    assert "OpenCV on Windows" in found["images/蚜虫/0.jpg"][1]
    assert "a space" in found["images/ant/my photo.jpg"][1]
    assert found["images/ant/web.webp"] == ("error", ".webp is not read by MMEdu")


def test_a_raw_folder_that_basedt_cannot_split_is_told(raw: Raw) -> None:
    root = raw(12)
    (root / "classes.txt").write_text("red\ngreen\n")
    for path in sorted((root / "images/green").iterdir())[3:]:
        path.unlink()
    write(root / "images/red/deep/x.jpg", picture(3))
    found = said(root)
    assert found["images/blue"] == ("error", "not in classes.txt: BaseDT stops with a KeyError")
    assert "none of them into val_set" in found["images/green"][1]
    assert "folder within the class" in found["images/red/deep/x.jpg"][1]


def test_top_five_accuracy_is_told_where_mmedu_shows_it(raw: Raw) -> None:
    colours = {f"c{i}": (40 * i, 250 - 40 * i, 90) for i in range(6)}
    assert "top-5" in said(raw(12, colours))["classes.txt"][1]


def test_a_small_set_is_warned_of_as_basedt_does(raw: Raw, tmp_path: Path) -> None:
    prepare(raw(12), tmp_path / "out")
    assert said(tmp_path / "out")["training_set"] == ("warning", "24 photos; BaseDT warns below 100")
