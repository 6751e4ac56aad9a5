"""Every fault of a set is named with its file and line, and what to do; a good set has none."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.training.check.conftest import RED, faults, only, photo, said
from tests.training.conftest import picture, write
from training import journal, language
from training.check.check import check
from training.check.fault import SHOWN
from training.errors import UsageError
from training.places import moving, read_places

Raw = Callable[..., Path]


def test_a_set_that_prepare_made_has_no_fault_and_xedu_takes_it(root: Path) -> None:
    done = check(root)
    assert done.faults == []
    assert {(f.severity, f.todo) for f in done.xedu} == {("warning", "add photos; it is a warning only")}
    result = said(root, "--xedu")
    assert result.exit_code == 0
    assert "150 photos of 3 classes: 0 errors, 0 warnings" in result.stdout
    assert "the format is right" in result.stdout


def test_a_raw_folder_is_checked_too(raw: Raw) -> None:
    assert faults(raw(12)) == []


def test_a_folder_that_is_no_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="images/"):
        check(tmp_path)
    with pytest.raises(UsageError, match="nothing at"):
        check(tmp_path / "absent")


def test_errors_end_with_one_and_warnings_with_zero(root: Path) -> None:
    (root / RED / "Thumbs.db").write_bytes(b"x")
    assert said(root).exit_code == 0
    photo(root, RED).write_bytes(b"")
    assert said(root).exit_code == 1


def test_a_missing_class_folder_is_named_with_its_line(root: Path) -> None:
    for part in ("training_set", "val_set", "test_set"):
        shutil.rmtree(root / part / "green")
    for name in ("val.txt", "test.txt", "manifest.csv"):
        (root / name).unlink()
    fault = next(f for f in faults(root) if f.severity == "error")
    assert (fault.place, fault.found) == ("classes.txt:2", "class green has no folder training_set/green")


def test_a_folder_that_the_class_list_lacks_is_named_with_the_nearest(root: Path) -> None:
    shutil.copytree(root / RED, root / "training_set/Red2")
    for path in (root / "training_set/Red2").iterdir():
        write(path, picture(int(path.stem) + 7000))
    (root / "manifest.csv").unlink()
    fault = only(root)
    assert (fault.severity, fault.place) == ("error", "training_set/Red2")


def test_one_class_only_an_empty_one_and_one_of_one_photo_are_named(raw: Raw) -> None:
    root = raw(12)
    for path in sorted((root / "images/green").iterdir())[1:]:
        path.unlink()
    for path in (root / "images/blue").iterdir():
        path.unlink()
    assert [(f.severity, f.place, f.found) for f in faults(root)] == [
        ("warning", "images/green", "one photo"),
        ("error", "images/blue", "no photo"),
    ]
    shutil.rmtree(root / "images/green")
    shutil.rmtree(root / "images/blue")
    (root / "classes.txt").write_text("red\n")
    assert only(root).found == "one class only"


def image(path: Path, mode: str = "RGB", size: tuple[int, int] = (80, 60), **options: object) -> None:
    noise = np.random.default_rng(3).integers(0, 255, (6, 8, 3), np.uint8)
    big = Image.fromarray(cv2.resize(noise, size, interpolation=cv2.INTER_CUBIC))
    if mode == "I;16":
        big = Image.fromarray(np.asarray(big.convert("L"), np.uint16) * 200)
    (big if mode == "I;16" else big.convert(mode)).save(path, **options)


def two_frames(path: Path) -> None:
    frames = [Image.fromarray(picture(5)), Image.fromarray(picture(6))]
    frames[0].save(path, save_all=True, append_images=frames[1:])


def lying(path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    image(path, exif=exif)


@pytest.mark.parametrize(
    ("name", "make", "severity", "found"),
    [
        ("zero.jpg", lambda p: p.write_bytes(b""), "error", "an empty file"),
        ("text.jpg", lambda p: p.write_text("<html>" * 9), "error", "no picture"),
        ("phone.jpg", lambda p: p.write_bytes(b"\0\0\0\x18ftypheic" + b"\0" * 99), "error", "HEIC"),
        ("phone.heic", lambda p: p.write_bytes(b"\0\0\0\x18ftypheic"), "error", ".heic files are not read"),
        ("print.jpg", lambda p: image(p, "CMYK"), "warning", "CMYK"),
        ("deep.png", lambda p: image(p, "I;16"), "warning", "more than 8 bits"),
        ("moving.gif", two_frames, "warning", "2 pictures in one file"),
        ("lying.jpg", lying, "warning", "EXIF"),
        ("png.jpg", lambda p: image(p, format="PNG"), "warning", "a PNG file by its content"),
        ("vast.png", lambda p: image(p, "L", (10000, 64)), "warning", "10000 × 64 pixels"),
        ("tiny.png", lambda p: image(p, size=(20, 16)), "warning", "20 × 16 pixels"),
        ("Thumbs.db", lambda p: p.write_bytes(b"x"), "warning", "left behind"),
        ("._0.jpg", lambda p: p.write_bytes(b"x"), "warning", "left behind"),
        ("notes.txt", lambda p: p.write_text("x"), "warning", "no photo"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)
def test_an_odd_file_is_named(root: Path, name: str, make: Callable[[Path], object], severity: str, found: str) -> None:
    make(root / RED / name)
    fault = only(root)
    assert (fault.severity, fault.place) == (severity, f"{RED}/{name}")
    assert found in fault.found


def test_a_photo_cut_off_in_the_middle_is_an_error(root: Path) -> None:
    path = photo(root, RED)
    path.write_bytes(path.read_bytes()[:600])
    assert (only(root).severity, only(root).place) == ("error", path.relative_to(root).as_posix())


def test_a_photo_outside_of_the_class_folders_is_named(raw: Raw) -> None:
    root = raw(12)
    write(root / "images" / "lost.jpg", picture(4))
    assert (only(root).place, only(root).found) == ("images/lost.jpg", "in no class folder, and so never used")


def test_links_that_are_not_read_are_named(raw: Raw, tmp_path: Path) -> None:
    root = raw(12)
    (tmp_path / "more").mkdir()
    (root / "images/red/0.jpg").unlink()
    for name, target in (("red/more", tmp_path / "more"), ("red/0.jpg", tmp_path / "gone.jpg"), ("bee", root / "gone")):
        (root / "images" / name).symlink_to(target)
    assert [(f.severity, f.place, f.found) for f in faults(root)] == [
        ("error", "images/bee", "a link whose target is gone"),
        ("error", "images/red/0.jpg", "a link whose target is gone"),
        ("warning", "images/red/more", "a link to a folder, which is not followed"),
    ]


def test_what_lies_in_a_class_folder_that_is_a_link_is_checked(raw: Raw, tmp_path: Path) -> None:
    root = raw(12)
    (root / "images/red/notes.txt").write_text("x")
    (root / "images/red").rename(tmp_path / "red")
    (root / "images/red").symlink_to(tmp_path / "red")
    assert (only(root).place, only(root).found) == ("images/red/notes.txt", "no photo")


@pytest.mark.parametrize(
    ("where", "name", "severity", "todo"),
    [
        ("training_set/blue", "copy.jpg", "error", "two classes"),
        ("test_set/red", "copy.jpg", "error", "cannot test"),
        ("training_set/red", "copy.jpg", "warning", "keep one"),
        ("test_set/red", "small.png", "warning", "flatters"),
        ("training_set/blue", "small.png", "warning", "look which class is right"),
    ],
)
def test_copies_are_named(root: Path, where: str, name: str, severity: str, todo: str) -> None:
    path = photo(root, RED)
    if name == "copy.jpg":
        shutil.copy(path, root / where / name)
    else:
        original = cv2.imread(str(path))
        assert original is not None
        write(root / where / name, np.asarray(cv2.resize(original, (60, 45), interpolation=cv2.INTER_AREA), np.uint8))
    (root / "test.txt").unlink()
    fault = only(root)
    assert fault.severity == severity
    assert todo in fault.todo
    assert {path.name, name} <= {Path(part).name for part in (fault.place, fault.found)}


def test_a_change_that_was_interrupted_is_named(root: Path) -> None:
    moved = photo(root, RED)
    journal.apply(root, moving(read_places(root), [(moved.relative_to(root).as_posix(), "blue")]))
    (root / ".fixes/0001/done").unlink()
    assert (only(root).place, only(root).found) == (".fixes", "a change that was interrupted")


def test_a_downloaded_set_with_other_folder_names_is_checked(root: Path) -> None:
    for part, name in (("training_set", "train"), ("val_set", "valid"), ("test_set", "test")):
        (root / part).rename(root / name)
    (root / "manifest.csv").unlink()
    assert (only(root).severity, only(root).place) == ("warning", "train")
    assert [f.place for f in check(root).xedu if f.severity == "error"] == ["train", "valid", "test"]


def test_many_faults_of_one_kind_do_not_hide_another(root: Path) -> None:
    for path in sorted((root / RED).glob("*.jpg"))[:14]:
        path.write_bytes(b"")
    (root / RED / "Thumbs.db").write_bytes(b"x")
    lines = said(root).stdout.splitlines()
    assert sum("an empty file" in line for line in lines) == SHOWN
    assert "error: 4 more of this kind" in lines
    assert any("Thumbs.db" in line for line in lines)


def test_faults_are_told_in_chinese(root: Path) -> None:
    photo(root, RED).write_bytes(b"")
    try:
        language.use("zh-CN")
        assert "空文件" in said(root).stdout
    finally:
        language.use("en")


def test_nothing_is_changed(root: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in root.rglob("*")}
    check(root)
    assert {p: p.stat().st_mtime_ns for p in root.rglob("*")} == before
