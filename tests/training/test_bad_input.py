"""What people give a tool by mistake: each gets a clear message, and nothing that existed is damaged."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from tests.rights import without_rights
from tests.training.conftest import picture, write
from training.commands import group
from training.layout import read_prepared
from training.pictures import UnreadablePicture, read_picture

Raw = Callable[..., Path]
NOT_DECODED = [("a", "jpe"), ("b", "jp2"), ("c", "hif"), ("d", "m4v")]


def prepare(raw: Path, out: Path, *options: str) -> Result:
    return CliRunner().invoke(group, ["prepare", str(raw), str(out), *options])


def test_an_empty_class(raw: Raw, tmp_path: Path) -> None:
    root = raw(5)
    for path in (root / "images/blue").iterdir():
        path.unlink()
    said = prepare(root, tmp_path / "out")
    assert said.exit_code == 1
    assert "none of blue; add photos, or take the class out of classes.txt" in said.output
    assert not (tmp_path / "out").exists()


def test_an_empty_class_without_a_class_list(raw: Raw, tmp_path: Path) -> None:
    root = raw(5)
    (root / "classes.txt").unlink()
    (root / "images/wasp").mkdir()
    said = prepare(root, tmp_path / "out")
    assert said.exit_code == 1
    assert "none of wasp; add photos, or delete the empty folder" in said.output


@pytest.mark.parametrize("listed", [True, False])
def test_a_class_of_photos_that_are_not_read(raw: Raw, tmp_path: Path, listed: bool) -> None:
    root = raw(5)
    for path in (root / "images/blue").iterdir():
        path.rename(path.with_suffix(".HEIC"))
    if not listed:
        (root / "classes.txt").unlink()
    said = prepare(root, tmp_path / "out")
    assert "none of blue that are read, but .heic files; convert them to JPEG" in said.output


def test_every_file_among_the_photos_that_is_not_used_is_named(raw: Raw, tmp_path: Path) -> None:
    root = raw(5)
    write(root / "images/stray.jpg", picture(1))
    for name in ("a.jpe", "b.jp2", "c.hif", "d.m4v", "IMG_1", "e.xml", "Thumbs.db", ".hidden"):
        (root / "images/red" / name).write_bytes(b"x")
    (root / "notes.txt").write_bytes(b"x")
    output = prepare(root, tmp_path / "out").output
    lines = [line.removeprefix("left out: ") for line in output.splitlines() if line.startswith("left out: ")]
    kinds = {f"images/red/{c}.{kind} (.{kind} files are not read; convert it to JPEG)" for c, kind in NOT_DECODED}
    assert set(lines) == kinds | {
        "images/stray.jpg (in no class folder, and so never used)",
        "images/red/IMG_1 (no photo by its name; if it is one, give it its suffix, such as .jpg)",
        "images/red/e.xml (no photo)",
    }


@pytest.mark.parametrize("count", [1, 2])
def test_one_or_two_photos_in_each_class_are_trained_on(raw: Raw, tmp_path: Path, count: int) -> None:
    said = prepare(raw(count), tmp_path / "out")
    assert said.exit_code == 0
    assert "too few photos to validate: blue, green, red" in said.output
    assert len(read_prepared(tmp_path / "out").photos["train"]) == 3


def test_one_class_only(raw: Raw, tmp_path: Path) -> None:
    said = prepare(raw(5, {"red": (40, 40, 220)}), tmp_path / "out")
    assert said.exit_code == 1
    assert "at least two classes" in said.output


def test_all_photos_of_a_class_in_the_list_of_test_photos(raw: Raw, tmp_path: Path) -> None:
    root = raw(3)
    (tmp_path / "test.txt").write_text("".join(f"images/red/{i}.jpg\n" for i in range(3)))
    said = prepare(root, tmp_path / "out", "--test-list", str(tmp_path / "test.txt"))
    assert said.exit_code == 1
    assert "none of red outside of the test photos" in said.output


def test_chinese_names_with_spaces(raw: Raw, tmp_path: Path) -> None:
    root = raw(8, {"我的 蚜虫": (40, 40, 220), "瓢虫": (40, 200, 40)})
    write(root / "images/瓢虫/第 一 张 照片.jpg", picture(1))
    assert prepare(root, tmp_path / "输 出").exit_code == 0
    done = read_prepared(tmp_path / "输 出")
    assert done.classes == ("我的 蚜虫", "瓢虫")
    assert sum(len(photos) for photos in done.photos.values()) == 17
    assert all(p.path.parent.name == p.label for photos in done.photos.values() for p in photos)


def test_pictures_that_tools_disagree_about_are_written_plainly(raw: Raw, tmp_path: Path) -> None:
    root = raw(5)
    red = root / "images/red"
    Image.fromarray(picture(1)).convert("CMYK").save(red / "cmyk.jpg")
    Image.fromarray(np.asarray(picture(2)[:, :, 0], np.uint16) * 250).save(red / "deep.png")
    Image.fromarray(np.dstack([picture(3), np.full((60, 80), 100, np.uint8)])).save(red / "glass.png")
    frames = [Image.fromarray(picture(4)), Image.fromarray(picture(5))]
    frames[0].save(red / "moving.png", save_all=True, append_images=frames[1:])
    assert prepare(root, tmp_path / "out").exit_code == 0
    for stem in ("cmyk", "deep", "glass", "moving"):
        (written,) = (tmp_path / "out").rglob(f"{stem}.*")
        with Image.open(written) as image:
            assert (image.format, image.mode) == ("JPEG", "RGB")
        (original,) = red.glob(f"{stem}.*")
        difference = np.abs(read_picture(written).astype(int) - read_picture(original)).mean()
        assert difference < 6, stem


def test_files_that_are_no_pictures_are_named_and_left_out(raw: Raw, tmp_path: Path) -> None:
    root = raw(5)
    (root / "images/red/zero.jpg").write_bytes(b"")
    (root / "images/red/iphone.heic").write_bytes(b"\0\0\0\x18ftypheic")
    (root / "images/red/renamed.jpg").write_bytes(b"\0\0\0\x18ftypheic" + bytes(50))
    said = prepare(root, tmp_path / "out")
    assert said.exit_code == 0
    assert "left out: images/red/zero.jpg (an empty file)" in said.output
    assert "left out: images/red/iphone.heic (.heic files are not read; convert it to JPEG)" in said.output
    assert "left out: images/red/renamed.jpg (HEIC or a film; save it as JPEG" in said.output


def test_a_photo_in_two_classes_is_named(raw: Raw, tmp_path: Path) -> None:
    root = raw(5)
    for name in ("red/same.jpg", "blue/same.jpg"):
        shutil.copy(root / "images/red/1.jpg", root / "images" / name)
    said = prepare(root, tmp_path / "out")
    assert said.exit_code == 0
    told = [line for line in said.stderr.splitlines() if line.startswith("warning:")]
    todo = "one photo in two classes: keep the right one"
    assert told == [f"warning: images/blue/same.jpg: the same as images/red/1.jpg; {todo}"]


def test_hundreds_of_one_kind_do_not_hide_another(raw: Raw, tmp_path: Path) -> None:
    root = raw(5)
    for number in range(300):
        (root / f"images/red/{number}.heic").write_bytes(b"x")
    (root / "images/red/zero.jpg").write_bytes(b"")
    said = prepare(root, tmp_path / "out")
    assert said.output.count(".heic files are not read") == 21
    assert "left out: 280 more (.heic files are not read; convert it to JPEG)" in said.output
    assert "zero.jpg (an empty file)" in said.output


def test_a_vast_photo_is_read_small(tmp_path: Path) -> None:
    Image.new("RGB", (10000, 7000), (200, 30, 30)).save(tmp_path / "vast.jpg", quality=30)
    seen = read_picture(tmp_path / "vast.jpg", longest_px=512)
    assert seen.shape == (358, 512, 3)
    assert np.abs(seen[100, 100].astype(int) - (30, 30, 200)).max() < 6


def test_a_photo_that_may_not_be_read_says_so(raw: Raw) -> None:
    path = raw(2) / "images/red/0.jpg"
    with without_rights(path), pytest.raises(UnreadablePicture, match="cannot be opened: Permission denied"):
        read_picture(path)


def test_a_folder_that_may_not_be_written(raw: Raw, tmp_path: Path) -> None:
    root, closed = raw(5), tmp_path / "closed"
    closed.mkdir()
    with without_rights(closed, 0o555):
        said = prepare(root, closed / "out")
    assert said.exit_code == 1
    assert "Permission denied; choose another folder, change its rights, or make room" in said.output
    assert list(closed.iterdir()) == []


def test_names_that_differ_in_case_alone_do_not_meet(raw: Raw, tmp_path: Path) -> None:
    """On Windows they would be one file."""
    root = raw(5)
    write(root / "images/red/a/IMG.jpg", picture(1))
    write(root / "images/red/b/img.JPG", picture(1))  # the same picture, so that both go to one folder
    assert prepare(root, tmp_path / "out").exit_code == 0
    written = [p for p in (tmp_path / "out").rglob("*.*") if p.stem.casefold().startswith("img")]
    assert len({p.parent for p in written}) == 1
    assert len({p.name.casefold() for p in written}) == 2
