"""Names that not every system and tool can keep."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.training.conftest import picture, write
from training.errors import TrainingError
from training.layout import read_prepared, read_raw
from training.merge.merge import merge
from training.names import file_name
from training.prepare import prepare
from training.sources import labels_from_csv

Raw = Callable[..., Path]
any_name = pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps names of any bytes")


@any_name
def test_a_name_in_gbk_is_read_as_such(raw: Raw, tmp_path: Path) -> None:
    ant = os.fsencode(raw(5) / "images" / "red")
    os.rename(ant + b"/0.jpg", ant + b"/" + "蚂蚁".encode("gbk") + b".jpg")
    prepare(tmp_path / "raw", tmp_path / "out")
    assert len(list((tmp_path / "out").rglob("蚂蚁.jpg"))) == 1


@any_name
def test_a_file_that_cannot_be_read_is_told_whatever_bytes_its_name_has(raw: Raw, tmp_path: Path) -> None:
    ant = os.fsencode(raw(5) / "images" / "red")
    Path(os.fsdecode(ant + b"/" + "蚂蚁".encode("gbk") + b".jpg")).write_bytes(b"")
    done = prepare(tmp_path / "raw", tmp_path / "out")
    assert len(done.left_out) == 1
    assert "\\udcc2\\udcec" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


@any_name
def test_a_class_folder_whose_name_is_no_text_is_refused(raw: Raw, tmp_path: Path) -> None:
    shutil.copytree(raw(3) / "images" / "red", os.fsdecode(os.fsencode(tmp_path / "raw/images") + b"/\xc2\xec"))
    with pytest.raises(TrainingError, match=r"UTF-8; found .*raw/images.*; rename the folder"):
        read_raw(tmp_path / "raw")


@any_name
@pytest.mark.parametrize("name", ["my\\1.jpg", "1:2.jpg", "a\nb.jpg", "a\u2028b.jpg", "a\u3000b.jpg", 'a"b.jpg'])
def test_a_set_of_photos_with_such_names_can_be_read(raw: Raw, tmp_path: Path, name: str) -> None:
    for photo in list((raw(6) / "images").rglob("*.jpg")):
        photo.rename(photo.with_name(photo.stem + name))
    prepare(tmp_path / "raw", tmp_path / "out")
    assert sum(map(len, read_prepared(tmp_path / "out").photos.values())) == 18


@any_name
def test_a_merged_photo_with_a_backslash_leaves_a_set_that_can_be_read(raw: Raw, tmp_path: Path) -> None:
    prepare(raw(8), tmp_path / "set")
    for number in range(6):
        write(tmp_path / "judged/images/red" / f"my\\{number}.jpg", picture(7000 + number, (40, 40, 220)))
    done = merge(tmp_path / "set", tmp_path / "judged")
    assert done.added["train"].total() + done.added["val"].total() == 6
    assert sum(map(len, read_prepared(tmp_path / "set").photos.values())) == 30


def test_plain_names_stay_as_they_are() -> None:
    assert file_name("DSC_0012-ä(2)+蚜虫.neu") == "DSC_0012-ä(2)+蚜虫.neu"


@any_name
def test_a_blank_at_the_end_of_a_class_folder_is_not_part_of_its_name(raw: Raw, tmp_path: Path) -> None:
    images = raw(6) / "images"
    (images / "red").rename(images / "red ")
    assert set(read_raw(tmp_path / "raw").classes) == {"red", "green", "blue"}
    prepare(tmp_path / "raw", tmp_path / "out")
    assert read_prepared(tmp_path / "out").classes == ("blue", "green", "red")


@any_name
@pytest.mark.parametrize("listed", ["NFC", "NFD"])
def test_accents_that_a_mac_takes_apart_make_no_other_class(raw: Raw, tmp_path: Path, listed: str) -> None:
    name = unicodedata.normalize("NFD", "guêpe")
    raw(6, {name: (40, 40, 220), "bee": (40, 200, 40)})
    (tmp_path / "raw" / "classes.txt").write_text(unicodedata.normalize(listed, "guêpe\nbee\n"), encoding="utf-8")
    prepare(tmp_path / "raw", tmp_path / "out")
    assert read_prepared(tmp_path / "out").classes == ("bee", unicodedata.normalize("NFC", "guêpe"))


@any_name
def test_a_split_set_with_such_folders_is_read(raw: Raw, tmp_path: Path) -> None:
    prepare(raw(6, {"guêpe": (40, 40, 220), "bee": (40, 200, 40)}), tmp_path / "out")
    for part in ("training_set", "val_set", "test_set"):
        folder = tmp_path / "out" / part
        (folder / "guêpe").rename(folder / unicodedata.normalize("NFD", "guêpe"))
    for part in ("val", "test"):
        listed = tmp_path / "out" / f"{part}.txt"
        listed.write_text(unicodedata.normalize("NFD", listed.read_text(encoding="utf-8")), encoding="utf-8")
    assert sum(map(len, read_prepared(tmp_path / "out").photos.values())) == 12


def test_a_table_that_spells_a_class_in_two_ways_has_one(raw: Raw, tmp_path: Path) -> None:
    root = raw(4)
    names = [unicodedata.normalize(form, "guêpe") for form in ("NFC", "NFD")]
    rows = [f"images/red/{i}.jpg,{names[i % 2]}" for i in range(4)] + [f"images/blue/{i}.jpg,bee" for i in range(4)]
    (tmp_path / "labels.csv").write_text("\n".join(["path,class", *rows]), encoding="utf-8")
    found = labels_from_csv(root, tmp_path / "labels.csv", "path", "class")
    assert found.classes == ("bee", names[0])


@pytest.mark.skipif(not hasattr(os, "symlink") or sys.platform == "win32", reason="links need rights on Windows")
def test_links_that_are_not_followed_are_named(raw: Raw, tmp_path: Path) -> None:
    images = raw(6) / "images"
    write(tmp_path / "elsewhere" / "more.jpg", picture(1))
    (images / "red" / "more").symlink_to(tmp_path / "elsewhere")
    (images / "red" / "gone.jpg").symlink_to(tmp_path / "nowhere.jpg")
    (images / "blue").rename(tmp_path / "blue")
    (images / "blue").symlink_to(tmp_path / "blue")
    (tmp_path / "blue" / "new.heic").write_bytes(b"x")
    done = prepare(tmp_path / "raw", tmp_path / "out")
    assert done.left_out == {
        "images/red/more": "a link to a folder; put its photos here",
        "images/red/gone.jpg": "a link to nothing",
        "images/blue/new.heic": ".heic files are not read; convert it to JPEG",
    }
    assert sum(counts["blue"] for counts in done.counts.values()) == 6


@any_name
def test_the_command_prints_names_that_no_terminal_can_show(raw: Raw, tmp_path: Path) -> None:
    out = os.fsdecode(os.fsencode(tmp_path) + b"/\xc2\xec")
    done = subprocess.run([sys.executable, "-m", "training", "prepare", raw(5), out], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "\\udcc2\\udcec/report.html" in done.stdout
