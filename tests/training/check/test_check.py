"""Every fault of a set is named with its file and line, and what to do; a good set has none."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from tests.training.conftest import picture, write
from training import journal, language
from training.check.check import check
from training.check.fault import SHOWN, Fault
from training.commands import group
from training.errors import UsageError
from training.places import moving, read_places
from training.prepare import prepare

Raw = Callable[..., Path]
RED = "training_set/red"


@pytest.fixture
def root(raw: Raw, tmp_path: Path) -> Path:
    """A faultless split set of 3 classes with 50 photos each."""
    out = tmp_path / "set"
    prepare(raw(50), out)
    return out


def photo(root: Path, place: str) -> Path:
    """The first photo of a class folder."""
    return sorted((root / place).glob("*.jpg"))[0]


def faults(root: Path) -> list[Fault]:
    return check(root).faults


def only(root: Path) -> Fault:
    found = faults(root)
    assert len(found) == 1, found
    return found[0]


def lines_of(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


def said(root: Path, *options: str) -> Result:
    return CliRunner().invoke(group, ["check", str(root), *options])


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


@pytest.mark.parametrize(
    ("data", "place", "found"),
    [
        (b"blue\ngreen\nred\nblue\n", "classes.txt:4", "blue for the second time, after line 1"),
        ("\ufeffblue\ngreen\nred\n".encode(), "classes.txt", "byte order mark"),
        (b"blue 0\ngreen 1\nred 2\n", "classes.txt:1", "names with numbers"),
        (b"blue\n\ngreen\nred\n", "classes.txt:2", "an empty line"),
    ],
    ids=["twice", "bom", "numbers", "empty-line"],
)
def test_a_sloppy_class_list_is_named(root: Path, data: bytes, place: str, found: str) -> None:
    (root / "classes.txt").write_bytes(data)
    fault = only(root)
    assert fault.place == place
    assert found in fault.found


def test_a_list_in_gbk_is_named_with_its_first_such_line(raw: Raw) -> None:
    root = raw(12, {"ant": (40, 40, 220), "蚜虫": (40, 200, 40)})
    (root / "classes.txt").write_bytes("ant\r\n蚜虫\r\n".encode("gbk"))
    assert only(root).place == "classes.txt:2"


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


@pytest.mark.parametrize(
    ("line", "severity", "found"),
    [
        ("red/none.jpg 2", "error", "no photo red/none.jpg in val_set"),
        ("{first}", "error", "where `class/file index` should be"),
        ("{first} 7", "error", "index 7, but the last class is 2"),
        ("{first} 0", "error", "index 0 is blue, but the photo lies in red"),
        ("{back} 2", "warning", "a backslash"),
    ],
    ids=["missing", "no-index", "index-too-large", "index-wrong", "backslash"],
)
def test_a_wrong_line_of_a_list_is_named(root: Path, line: str, severity: str, found: str) -> None:
    listed = root / "val.txt"
    lines = lines_of(listed)
    place = next(i for i, text in enumerate(lines) if text.startswith("red/"))
    first = lines[place].split(" ")[0]
    lines[place] = line.format(first=first, back=first.replace("/", "\\"))
    listed.write_text("\n".join(lines) + "\n")
    fault = next(f for f in faults(root) if f.place == f"val.txt:{place + 1}")
    assert fault.severity == severity
    assert found in fault.found


def test_a_photo_that_no_list_names_and_a_line_twice_are_named(root: Path) -> None:
    lines = lines_of(root / "test.txt")
    (root / "test.txt").write_text("\n".join([*lines[1:], lines[2]]) + "\n")
    found = {f.place: f.found for f in faults(root)}
    assert found[f"test_set/{lines[0].split(' ')[0]}"] == "not in test.txt, and so never used"
    assert "second time, after line 2" in found[f"test.txt:{len(lines)}"]


def test_a_manifest_that_contradicts_the_folders_is_named(root: Path) -> None:
    path = root / "manifest.csv"
    lines = lines_of(path)
    at = next(i for i, line in enumerate(lines) if line.startswith(RED))
    lines[at] = lines[at].replace(",red,", ",blue,")
    lines.append("training_set/red/gone.jpg,red,,,,,,")
    path.write_text("\n".join(lines) + "\n")
    assert {(f.severity, f.place) for f in faults(root)} == {
        ("error", f"manifest.csv:{at + 1}"),
        ("warning", f"manifest.csv:{len(lines)}"),
    }


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
