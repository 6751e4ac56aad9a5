"""What the course's tools stop at, or learn otherwise than one thinks (BaseDT 0.1.3, MMEdu 2.0.0)."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.training.conftest import COLOURS, picture, write
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


def stops(root: Path) -> list[str]:
    return [fault.place for fault in check(root).xedu if fault.severity == "error"]


def test_missing_lists_stop_the_check_of_basedt(root: Path) -> None:
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


@pytest.mark.parametrize("name", ["new.jpg", "Thumbs.db"])
def test_more_files_than_lines_stop_mmedu(root: Path, name: str) -> None:
    write(root / "val_set/red/new.jpg", picture(9000)).rename(root / "val_set/red" / name)
    severity, found = said(root)["val.txt"]
    assert severity == "error"
    assert "30 lines for 31 files" in found


def test_an_order_by_which_mmedu_would_learn_the_wrong_names_is_told(root: Path) -> None:
    assert "classes.txt" not in said(root), "prepare writes them in order"
    (root / "classes.txt").write_text("red\ngreen\nblue\n")
    severity, found = said(root)["classes.txt"]
    assert severity == "error"
    assert "learns blue as number 0, and calls that red" in found


def test_a_hidden_folder_among_the_classes_shifts_the_numbers(root: Path) -> None:
    (root / "training_set/.ipynb_checkpoints").mkdir()
    assert stops(root) == ["training_set/.ipynb_checkpoints"]


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ("\ufeffblue\ngreen\nred\n".encode(), "classes.txt:1"),
        (b"blue 0\ngreen 1\nred 2\n", "classes.txt:3"),
        (b"blue\ngreen\nred \n", "classes.txt:3"),
        (b"blue\ngreen\nred\n\n", "classes.txt:4"),
    ],
    ids=["bom", "numbers", "blank-behind", "empty-line"],
)
def test_a_class_list_that_we_forgive_they_do_not(root: Path, data: bytes, place: str) -> None:
    (root / "classes.txt").write_bytes(data)
    assert place in stops(root)


def test_backslashes_and_the_spelling_of_the_course_are_not_found(root: Path) -> None:
    (root / "val.txt").write_text((root / "val.txt").read_text().replace("/", "\\"))
    (root / "training_set").rename(root / "trainning_set")
    found = said(root)
    assert found["val.txt:1"][0] == "error"
    assert found["trainning_set"] == ("error", "not found under this name")


def test_names_that_some_systems_cannot_open_are_told(raw: Raw) -> None:
    root = raw(12, {"ant": (40, 200, 40), "蚜虫": (40, 40, 220)})
    write(root / "images/ant/web.webp", picture(2))
    found = said(root)
    assert "GBK" in found["classes.txt"][1]
    assert "OpenCV on Windows" in found["images/蚜虫/0.jpg"][1]
    assert found["images/ant/web.webp"] == ("warning", "MMEdu passes over .webp files")


def test_a_raw_folder_that_basedt_cannot_split_is_told(raw: Raw) -> None:
    root = raw(12)
    (root / "classes.txt").write_text("green\nred\n")
    for path in sorted((root / "images/green").iterdir())[3:]:
        path.unlink()
    write(root / "images/red/deep/x.jpg", picture(3))
    write(root / "images/stray.jpg", picture(4))
    assert stops(root) == ["images/blue", "images/red/deep", "images/stray.jpg"]
    assert "none of them into val_set" in said(root)["images/green"][1]


def test_top_five_accuracy_is_told_where_mmedu_shows_it(raw: Raw) -> None:
    colours = {f"c{i}": (40 * i, 250 - 40 * i, 90) for i in range(6)}
    assert "top-5" in said(raw(12, colours))["classes.txt"][1]


def test_a_path_that_mmedu_takes_for_a_picture_is_told(raw: Raw, tmp_path: Path) -> None:
    prepare(raw(12), tmp_path / "my_jpgs")
    assert any("manifest.csv" in found for _severity, found in said(tmp_path / "my_jpgs").values())


def test_a_small_class_is_warned_of_as_basedt_does(raw: Raw, tmp_path: Path) -> None:
    prepare(raw(12), tmp_path / "out")
    text = "8 photos that end in .jpg or .png; BaseDT warns below 100"
    assert said(tmp_path / "out")["training_set/red"] == ("warning", text)


@pytest.fixture(scope="module")
def basedt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real BaseDT; skips where packages cannot be fetched."""
    folder = tmp_path_factory.mktemp("basedt")
    words = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(folder), "BaseDT==0.1.3"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"BaseDT cannot be installed here: {done.stderr[-300:]}")
    return folder


def its_word(basedt: Path, line: str, *paths: Path) -> str:
    code = f"import sys; from BaseDT.dataset import DataSet; {line}"
    words = [sys.executable, "-W", "ignore", "-c", code, *map(str, paths)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(basedt)})
    return done.stdout + done.stderr


def no_val_list(root: Path) -> None:
    (root / "val.txt").unlink()


def no_class_list(root: Path) -> None:
    (root / "classes.txt").unlink()


def no_folder(root: Path) -> None:
    shutil.rmtree(root / "val_set/green")


def a_blank(root: Path) -> None:
    (root / "classes.txt").write_text("blue\ngreen\nred \n")


def numbers(root: Path) -> None:
    (root / "classes.txt").write_text("blue 0\ngreen 1\nred 2\n")


def nothing(root: Path) -> None:
    pass


@pytest.mark.system
@pytest.mark.parametrize("harm", [nothing, no_val_list, no_class_list, no_folder, a_blank, numbers])
def test_basedt_itself_stops_where_we_say(basedt: Path, root: Path, harm: Callable[[Path], None]) -> None:
    harm(root)
    passed = "数据集符合cls标准" in its_word(basedt, "DataSet(sys.argv[1]).check_cls()", root)
    assert passed == (stops(root) == []), its_word(basedt, "DataSet(sys.argv[1]).check_cls()", root)


@pytest.mark.system
@pytest.mark.parametrize("harm", ["nothing", "stray", "deep", "unlisted"])
def test_basedt_itself_splits_what_we_let_pass(basedt: Path, raw: Raw, tmp_path: Path, harm: str) -> None:
    root = raw(12)
    (root / "classes.txt").write_text("".join(f"{name}\n" for name in sorted(COLOURS)))
    if harm == "stray":
        write(root / "images/stray.jpg", picture(4))
    elif harm == "deep":
        write(root / "images/red/deep/x.jpg", picture(3))
    elif harm == "unlisted":
        (root / "classes.txt").write_text("green\nred\n")
    line = "DataSet(sys.argv[1]).make_dataset(sys.argv[2], src_format='IMAGENET')"
    word = its_word(basedt, line, tmp_path / "made", root)
    assert ("转换成功" in word and "Error" not in word) == (stops(root) == []), word
