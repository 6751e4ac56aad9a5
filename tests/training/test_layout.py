"""Folders and lists as the course's tools and students leave them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.training.conftest import picture, write
from training.errors import TrainingError, UsageError
from training.layout import read_classes, read_prepared, read_raw
from training.prepare import prepare

Raw = Callable[..., Path]


@pytest.mark.parametrize(
    "data",
    [
        "蚜虫\n瓢虫\n".encode(),
        "蚜虫\r\n瓢虫\r\n".encode(),
        "\ufeff蚜虫\n瓢虫".encode(),
        "蚜虫\r\n瓢虫\r\n\r\n".encode("gbk"),
        "蚜虫 0\n瓢虫 1\n".encode(),
        "瓢虫 1\n蚜虫 0\n".encode(),
    ],
    ids=["utf8", "crlf", "bom", "gbk", "name-index", "name-index-mixed"],
)
def test_reads_classes_however_they_were_saved(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "classes.txt").write_bytes(data)
    assert read_classes(tmp_path / "classes.txt") == ("蚜虫", "瓢虫")


def test_keeps_numbers_that_belong_to_the_names(tmp_path: Path) -> None:
    (tmp_path / "classes.txt").write_text("type 3\ntype 7\n", encoding="utf-8")
    assert read_classes(tmp_path / "classes.txt") == ("type 3", "type 7")


@pytest.mark.parametrize("listed", [True, False])
def test_keeps_numbers_that_are_part_of_the_folder_names(raw: Raw, tmp_path: Path, listed: bool) -> None:
    root = raw(10, {"level 0": (40, 40, 220), "level 1": (40, 200, 40)})
    if not listed:
        (root / "classes.txt").unlink()
    prepare(root, tmp_path / "out")
    for found in (read_raw(root), read_prepared(tmp_path / "out")):
        assert found.classes == ("level 0", "level 1")


def test_numbers_behind_other_names_than_the_folders_are_taken_off(raw: Raw) -> None:
    root = raw(2)
    (root / "classes.txt").write_text("red 0\ngreen 1\nblue 2\n", encoding="utf-8")
    assert read_raw(root).classes == ("red", "green", "blue")


def test_refuses_a_class_that_is_listed_twice(tmp_path: Path) -> None:
    (tmp_path / "classes.txt").write_text("bee\nant\nbee\n", encoding="utf-8")
    with pytest.raises(TrainingError, match="bee"):
        read_classes(tmp_path / "classes.txt")


def test_takes_photos_and_leaves_what_systems_put_beside_them(raw: Raw) -> None:
    root = raw(2)
    for name in ("Thumbs.db", ".DS_Store", "._0.jpg", "notes.txt"):
        (root / "images" / "red" / name).write_bytes(b"x")
    write(root / "images" / "red" / "more" / "UPPER.JPG", picture(7))
    names = sorted(photo.path.name for photo in read_raw(root).photos if photo.label == "red")
    assert names == ["0.jpg", "1.jpg", "UPPER.JPG"]


def test_takes_the_folder_names_where_there_is_no_list(raw: Raw) -> None:
    root = raw(1)
    (root / "classes.txt").unlink()
    assert read_raw(root).classes == ("blue", "green", "red")


def test_reads_class_folders_without_a_folder_named_images(raw: Raw) -> None:
    root = raw(1)
    assert {p.label for p in read_raw(root / "images").photos} == {"red", "green", "blue"}


def test_names_the_folder_that_the_list_lacks(raw: Raw) -> None:
    root = raw(1)
    (root / "classes.txt").write_text("red\ngreen\n", encoding="utf-8")
    with pytest.raises(TrainingError, match="blue"):
        read_raw(root)


def test_names_the_class_that_has_no_photos(raw: Raw) -> None:
    root = raw(1)
    (root / "classes.txt").write_text("red\ngreen\nblue\nviolet\n", encoding="utf-8")
    with pytest.raises(TrainingError, match="violet"):
        read_raw(root)


def test_refuses_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing at"):
        read_raw(tmp_path / "absent")


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    for split in ("training_set", "val_set"):
        for seed, name in enumerate(("red", "green")):
            write(tmp_path / split / name / "1.jpg", picture(seed))
    return tmp_path


def test_reads_a_set_without_lists_and_without_test_photos(prepared: Path) -> None:
    found = read_prepared(prepared)
    assert found.classes == ("green", "red")
    assert {split: len(photos) for split, photos in found.photos.items()} == {"train": 2, "val": 2, "test": 0}


def test_reads_the_spelling_of_the_course(prepared: Path) -> None:
    (prepared / "training_set").rename(prepared / "trainning_set")
    assert len(read_prepared(prepared).photos["train"]) == 2


def test_reads_a_val_list_that_was_written_on_windows(prepared: Path) -> None:
    (prepared / "classes.txt").write_text("red\r\ngreen\r\n", encoding="utf-8")
    (prepared / "val.txt").write_bytes(b"red\\1.jpg 0\r\ngreen\\1.jpg 1\r\n")
    assert [(p.path.parent.name, p.label) for p in read_prepared(prepared).photos["val"]] == [
        ("red", "red"),
        ("green", "green"),
    ]


def test_names_the_line_of_a_list_that_is_wrong(prepared: Path) -> None:
    (prepared / "val.txt").write_text("green/1.jpg 0\nred/2.jpg 1\n", encoding="utf-8")
    with pytest.raises(TrainingError, match=r"val\.txt:2"):
        read_prepared(prepared)


def labels(root: Path) -> list[tuple[str, str]]:
    return [(p.path.parent.name, p.label) for p in read_prepared(root).photos["val"]]


def test_a_list_that_is_numbered_by_sorted_folders_as_mmedu_does_is_understood(prepared: Path) -> None:
    (prepared / "classes.txt").write_text("red\ngreen\n", encoding="utf-8")
    (prepared / "val.txt").write_text("green/1.jpg 0\nred/1.jpg 1\n", encoding="utf-8")
    assert labels(prepared) == [("green", "green"), ("red", "red")]


def test_a_list_that_is_numbered_in_no_order_is_refused_by_its_line(prepared: Path) -> None:
    (prepared / "classes.txt").write_text("red\ngreen\n", encoding="utf-8")
    (prepared / "val.txt").write_text("red/1.jpg 0\ngreen/1.jpg 0\n", encoding="utf-8")
    with pytest.raises(TrainingError, match=r"val\.txt:2; found index 0 is red, but the photo lies in green"):
        read_prepared(prepared)


def test_a_list_numbers_photos_that_lie_in_no_class_folder(prepared: Path) -> None:
    write(prepared / "val_set" / "7.jpg", picture(7))
    (prepared / "val.txt").write_text("7.jpg 1\nred/1.jpg 1\n", encoding="utf-8")
    assert labels(prepared) == [("val_set", "red"), ("red", "red")]


def test_says_what_to_do_where_nothing_was_prepared(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="gardenwatch-train prepare"):
        read_prepared(tmp_path)
