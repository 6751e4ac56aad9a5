"""Names that other systems or tools may not keep are told in one line for each kind."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.training.check.conftest import faults, only, photo, said
from training.merge.incoming import read_reviewed

Raw = Callable[..., Path]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
NAME = "été"


def renamed(root: Path, label: str, name: str) -> None:
    photo(root, f"images/{label}").rename(root / f"images/{label}" / name)


def found_in(root: Path) -> list[tuple[str, str, str]]:
    return [(fault.severity, fault.place, fault.found) for fault in faults(root)]


@pytest.mark.parametrize("listed", ["NFC", "NFD"])
def test_a_class_whose_accents_a_mac_took_apart_is_one_warning(raw: Raw, listed: str) -> None:
    root = raw(12, {"ant": (40, 40, 220), NAME: (40, 200, 40)})
    folder = unicodedata.normalize("NFC" if listed == "NFD" else "NFD", NAME)
    (root / f"images/{NAME}").rename(root / "images" / folder)
    (root / "classes.txt").write_text(f"ant\n{unicodedata.normalize(listed, NAME)}\n", encoding="utf-8")  # type: ignore[arg-type]
    fault = only(root)
    assert (fault.severity, fault.place) == ("warning", f"images/{folder}")
    assert "rename the folder as classes.txt writes it" in fault.todo
    assert {photo.label for photo in read_reviewed(root).photos} == {"ant", unicodedata.normalize(listed, NAME)}  # type: ignore[arg-type]


@pytest.mark.parametrize("is_listed", [True, False])
def test_a_blank_at_an_end_of_a_class_is_one_warning(raw: Raw, is_listed: bool) -> None:
    root = raw(12)
    (root / "images/red").rename(root / "images/red ")
    if not is_listed:
        (root / "classes.txt").unlink()
    found = [fault for fault in faults(root) if fault.place != "classes.txt"]
    assert [(f.severity, f.place, f.found) for f in found] == [
        ("warning", "images/red ", "a blank at an end of the class's name")
    ]


def test_names_that_no_list_can_hold_are_told_once_for_each_kind(raw: Raw) -> None:
    root = raw(20)
    for number, name in enumerate(["a\\b.jpg", "a\nb.jpg", "a\tb.jpg", "\x7f.jpg", "a\x01.jpg"]):
        renamed(root, "red", name)
        renamed(root, "green", os.fsdecode("蚜虫".encode("gbk")) + f"{number}.jpg")
    names = {(fault.place.rpartition("/")[0], fault.found.partition(" (")[0]) for fault in faults(root)}
    assert names == {
        ("images/red", "a backslash or a control sign in the name"),
        ("images/green", "a name that is not UTF-8"),
    }
    assert len(faults(root)) == 2
    assert all("(4 more, such as images/" in fault.found for fault in faults(root))


def test_a_class_folder_that_is_not_utf_8_is_an_error_as_it_is_not_read(raw: Raw) -> None:
    root = raw(12)
    name = os.fsdecode("蚜虫".encode("gbk"))
    (root / "images/red").rename(root / "images" / name)
    (root / "classes.txt").unlink()
    assert ("error", f"images/{name}", "a class folder whose name is not UTF-8") in found_in(root)


def test_any_name_can_be_printed_in_one_line(raw: Raw) -> None:
    root = raw(12)
    renamed(root, "red", "a\nb.jpg")
    renamed(root, "green", "\udcd1\udcc1.jpg")
    lines = said(root).stdout.splitlines()
    assert any("images/red/a\\nb.jpg: a backslash or a control sign" in line for line in lines)
    assert any("images/green/\\udcd1\\udcc1.jpg: a name that is not UTF-8" in line for line in lines)
    assert len(lines) == 3


def test_names_that_windows_cannot_hold_are_told(raw: Raw) -> None:
    root = raw(20)
    for name in ("12:30.jpg", "who?.jpg", "nul.jpg"):
        renamed(root, "red", name)
    for name in ("deep./1.jpg", "more /2.jpg"):
        (root / "images/red" / name).parent.mkdir()
        renamed(root, "red", name)
    [(severity, place, found)] = found_in(root)
    assert (severity, place) == ("warning", "images/red/12:30.jpg")
    for name in ("deep.", "more ", "nul.jpg"):
        assert found.startswith("a name that Windows cannot hold (4 more, such as ")
        assert f"images/red/{name}" in found


def test_names_that_differ_in_capitals_alone_are_told(raw: Raw) -> None:
    root = raw(20, {"Ant": (40, 40, 220), "ant": (40, 200, 40)})
    (root / "images/ant/0.jpg").rename(root / "images/ant/A.jpg")
    (root / "images/ant/1.jpg").rename(root / "images/ant/a.jpg")
    assert found_in(root) == [
        ("warning", "images/ant", "a name that another differs from in capitals alone (1 more: images/ant/a.jpg)")
    ]
