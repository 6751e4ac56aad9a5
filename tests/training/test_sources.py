"""Photos with labels from folders, tables, file names and split sets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.training.conftest import picture, write
from training.errors import TrainingError, UsageError
from training.manifest import read_manifest
from training.prepare import prepare
from training.sources import labels_from_csv, labels_from_names, read_source

Raw = Callable[..., Path]


def flat(root: Path, names: list[str]) -> Path:
    for seed, name in enumerate(names):
        write(root / name, picture(seed))
    return root


def table(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_text(text, encoding=encoding)
    return path


def test_a_split_set_is_split_again_from_all_its_photos(raw: Raw, tmp_path: Path) -> None:
    prepare(raw(10), tmp_path / "first")
    again = prepare(tmp_path / "first", tmp_path / "second", ratios=(0.5, 0.2, 0.3), seed=5)
    assert {split: counts["red"] for split, counts in again.counts.items()} == {"train": 5, "test": 2, "val": 3}
    names = sorted(p.parts[-2] + p.name for p in (tmp_path / "second").rglob("*.jpg"))
    assert names == sorted(p.parts[-2] + p.name for p in (tmp_path / "first").rglob("*.jpg"))


def test_a_basedt_set_with_windows_lists_and_junk_is_read(raw: Raw, tmp_path: Path) -> None:
    root = tmp_path / "set"
    prepare(raw(10), root)
    (root / "training_set").rename(root / "trainning_set")
    (root / "trainning_set" / "red" / "Thumbs.db").write_bytes(b"x")
    (root / "classes.txt").write_bytes("red 0\r\ngreen 1\r\nblue 2\r\n".encode("utf-8-sig"))
    lines = (root / "val.txt").read_text().replace("/", "\\").replace("\n", "\r\n")
    (root / "val.txt").write_text(lines + "red\\Thumbs.db 0\r\n", newline="")
    (root / "val_set" / "red" / "Thumbs.db").write_bytes(b"x")
    (root / "test.txt").unlink()
    done = read_source(root)
    assert done.classes == ("red", "green", "blue")
    assert len(done.photos) == 30
    assert all(photo.label == photo.path.parent.name for photo in done.photos)


@pytest.mark.parametrize(
    ("train", "val", "test"),
    [
        ("train", "val", "test"),
        ("train", "valid", "test"),
        ("train", None, "test"),
        ("Train", "Validation", "Test"),
        ("training", "eval", "testing"),
        ("TRAIN", "dev", "TEST"),
    ],
)
def test_a_downloaded_set_split_into_train_and_test_is_read(
    raw: Raw, tmp_path: Path, train: str, val: str | None, test: str
) -> None:
    root = tmp_path / "set"
    prepare(raw(10), root)
    names = {"training_set": train, "test_set": test} | ({"val_set": val} if val else {})
    for part, name in names.items():
        (root / part).rename(root / name)
    for name in ("val.txt", "test.txt", "classes.txt", "manifest.csv"):
        (root / name).unlink()
    done = read_source(root)
    assert done.classes == ("blue", "green", "red")
    assert len(done.photos) == (30 if val else 24)


@pytest.mark.parametrize("names", [{"training_set": "Training_Set"}, {"val_set": "Val_set", "test_set": "Test_set"}])
def test_folders_of_the_course_in_other_letters_are_read(raw: Raw, tmp_path: Path, names: dict[str, str]) -> None:
    root = tmp_path / "set"
    prepare(raw(10), root)
    for part, name in names.items():
        (root / part).rename(root / name)
    assert len(read_source(root).photos) == 30


def test_a_class_may_be_called_train(raw: Raw) -> None:
    root = raw(3, {"train": (40, 40, 220), "bus": (40, 200, 40)})
    assert read_source(root / "images").classes == ("bus", "train")


def test_photos_of_a_split_set_that_no_list_names_are_left_out_by_name(raw: Raw, tmp_path: Path) -> None:
    prepare(raw(10), tmp_path / "set")
    write(tmp_path / "set" / "val_set" / "red" / "new.jpg", picture(9))
    assert read_source(tmp_path / "set").left_out == (("val_set/red/new.jpg", "not in the split's list"),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_labels_come_from_a_table(tmp_path: Path, encoding: str, separator: str) -> None:
    root = flat(tmp_path / "photos", ["a.jpg", "sub/b.jpg", "c 1.jpg", "d.jpg"])
    lines = ["file,kind", "a.jpg,蚜虫", "sub\\b.jpg,瓢虫", "c 1,蚜虫", "gone.jpg,蚜虫"]
    path = table(tmp_path / "labels.csv", "\r\n".join(lines).replace(",", separator), encoding)
    done = labels_from_csv(root, path, "file", "kind")
    assert {p.path.name: p.label for p in done.photos} == {"a.jpg": "蚜虫", "b.jpg": "瓢虫", "c 1.jpg": "蚜虫"}
    assert done.left_out == (("labels.csv:5 gone.jpg", "no such photo"), ("d.jpg", "no row in labels.csv"))


def test_a_photo_with_two_classes_in_a_table_is_refused_with_both_lines(tmp_path: Path) -> None:
    root = flat(tmp_path / "photos", ["a.jpg", "b.jpg"])
    path = table(tmp_path / "l.csv", "path,class\na.jpg,ant\nb.jpg,bee\na.jpg,bee\n")
    with pytest.raises(TrainingError, match="ant in line 2, bee in line 4"):
        labels_from_csv(root, path, "path", "class")


def test_a_missing_column_is_named_with_those_there_are(tmp_path: Path) -> None:
    root = flat(tmp_path / "photos", ["a.jpg"])
    with pytest.raises(UsageError, match=r"a column class .* found path, kind; .*--label-column"):
        labels_from_csv(root, table(tmp_path / "l.csv", "path,kind\na.jpg,ant\n"), "path", "class")


def test_a_class_that_leads_out_of_the_set_is_refused(tmp_path: Path) -> None:
    root = flat(tmp_path / "photos", ["a.jpg", "b.jpg"])
    with pytest.raises(TrainingError, match="folder names"):
        labels_from_csv(root, table(tmp_path / "l.csv", "path,class\na.jpg,../x\nb.jpg,y\n"), "path", "class")


def test_labels_come_from_the_beginning_of_file_names(tmp_path: Path) -> None:
    root = flat(tmp_path / "photos", ["P0001.jpg", "N0001.jpg", "H0001.jpg", "HX1.jpg", "x.jpg"])
    done = labels_from_names(root, "P=myopia,N=normal,H=normal, HX = other")
    assert {p.path.stem: p.label for p in done.photos} == {
        "P0001": "myopia", "N0001": "normal", "H0001": "normal", "HX1": "other",
    }  # fmt: skip
    assert done.left_out == (("x.jpg", "begins like no class"),)


def test_a_rule_without_a_class_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="P=myopia"):
        labels_from_names(tmp_path, "P,N=normal")


@pytest.mark.parametrize("seed", range(3))
def test_a_block_of_file_numbers_stays_on_one_side(raw: Raw, tmp_path: Path, seed: int) -> None:
    out = tmp_path / "out"
    prepare(raw(30), out, block=5, seed=seed)
    for first in range(0, 30, 5):
        sides = {p.parts[-3] for i in range(first, first + 5) for p in out.rglob(f"red/{i}.jpg")}
        assert len(sides) == 1


def test_a_short_line_of_a_manifest_is_passed_over(raw: Raw, tmp_path: Path) -> None:
    root = raw(10)
    (root / "manifest.csv").write_text("class,path\nred,images/red/0.jpg\nred\nred,\n", encoding="utf-8")
    assert list(read_manifest(root)) == ["images/red/0.jpg"]
    assert sum(counts.total() for counts in prepare(root, tmp_path / "out").counts.values()) == 30


def test_an_exact_path_in_a_table_is_that_photo_whatever_else_is_called_so(tmp_path: Path) -> None:
    root = flat(tmp_path / "photos", ["a.jpg", "a.png", "sub/a.jpg", "sub/b.jpg", "more/b.jpg"])
    text = "path,class\na.jpg,ant\na.png,bee\nsub/a.jpg,bee\nsub/a,bee\nb.jpg,ant\na,ant\n"
    done = labels_from_csv(root, table(tmp_path / "l.csv", text), "path", "class")
    found = {p.path.relative_to(root).as_posix(): p.label for p in done.photos}
    assert found == {"a.jpg": "ant", "a.png": "bee", "sub/a.jpg": "bee"}
    assert done.left_out[:2] == (("l.csv:6 b.jpg", "several photos"), ("l.csv:7 a", "several photos"))


@pytest.mark.parametrize(
    "name", ["C:\\photos\\sub\\a.jpg", "/media/li/sub/a.jpg", "SUB/A.JPG", "A.JPG", "photos/sub/a"]
)
def test_a_path_of_another_computer_finds_its_photo(tmp_path: Path, name: str) -> None:
    root = flat(tmp_path / "photos", ["sub/a.jpg", "sub/b.jpg", "b.jpg"])
    path = table(tmp_path / "l.csv", f"path,class\n{name},ant\nD:\\b.jpg,bee\n")
    done = labels_from_csv(root, path, "path", "class")
    found = {p.path.relative_to(root).as_posix(): p.label for p in done.photos}
    assert found == {"sub/a.jpg": "ant", "b.jpg": "bee"}


def test_a_table_whose_photos_are_not_there_is_refused_with_a_line(tmp_path: Path) -> None:
    root = flat(tmp_path / "photos", ["a.jpg"])
    path = table(tmp_path / "l.csv", "path,class\nIMG_1.jpg,ant\nIMG_2.jpg,bee\n")
    with pytest.raises(TrainingError, match=r"2 of 2 rows that are not used, such as l\.csv:2 IMG_1\.jpg"):
        labels_from_csv(root, path, "path", "class")


def test_a_table_as_excel_saves_it_in_unicode_is_read(tmp_path: Path) -> None:
    root = flat(tmp_path / "photos", ["a.jpg", "b.jpg"])
    path = table(tmp_path / "l.txt", "path\tclass\r\na.jpg\t蚜虫\r\nb.jpg\t瓢虫\r\n", "utf-16")
    assert {p.label for p in labels_from_csv(root, path, "path", "class").photos} == {"蚜虫", "瓢虫"}


def test_a_workbook_is_told_from_a_table(tmp_path: Path) -> None:
    root = flat(tmp_path / "photos", ["a.jpg", "b.jpg"])
    (tmp_path / "l.xlsx").write_bytes(b"PK\x03\x04" + bytes(30))
    with pytest.raises(UsageError, match="an Excel workbook; save it as CSV"):
        labels_from_csv(root, tmp_path / "l.xlsx", "path", "class")


def test_the_separator_is_the_one_that_parts_the_wanted_columns(tmp_path: Path) -> None:
    root = flat(tmp_path / "photos", ["a.jpg", "b.jpg"])
    path = table(tmp_path / "l.csv", "path;class;notes, more, and more, yes\na.jpg;ant;x\nb.jpg;bee;x\n")
    assert {p.label for p in labels_from_csv(root, path, "path", "class").photos} == {"ant", "bee"}


def test_a_beginning_that_is_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="P twice"):
        labels_from_names(flat(tmp_path / "photos", ["P1.jpg"]), "P=a,N=b,P=c")


@pytest.mark.parametrize("name", ["__bg", ".ant", "CON", "com1.x", "bee."])
def test_a_class_that_cannot_be_a_folder_is_refused(tmp_path: Path, name: str) -> None:
    root = flat(tmp_path / "photos", ["a.jpg", "b.jpg"])
    path = table(tmp_path / "l.csv", f"path,class\na.jpg,{name}\nb.jpg,wasp\n")
    with pytest.raises(TrainingError, match=f"folder names; found {name}; "):
        labels_from_csv(root, path, "path", "class")


def test_classes_that_differ_in_capitals_alone_are_refused(tmp_path: Path) -> None:
    root = flat(tmp_path / "photos", ["a.jpg", "b.jpg", "c.jpg"])
    path = table(tmp_path / "l.csv", "path,class\na.jpg,bee\nb.jpg,Bee\nc.jpg,ant\n")
    with pytest.raises(TrainingError, match="Bee, bee; write each in one way"):
        labels_from_csv(root, path, "path", "class")
