"""Where photos lie, and which lists must follow them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.training.conftest import picture, write
from training import journal
from training.layout import read_prepared
from training.manifest import read_manifest
from training.places import moving, read_places
from training.prepare import prepare

Raw = Callable[..., Path]


def move(root: Path, *wanted: tuple[str, str]) -> None:
    journal.apply(root, moving(read_places(root), wanted))


def test_a_photo_of_a_raw_set_changes_its_folder_and_its_manifest_line(raw: Raw) -> None:
    root = raw(2)
    (root / "manifest.csv").write_text("path,class,camera\nimages/red/0.jpg,red,A\nimages/red/1.jpg,red,B\n")
    write(root / "images/red/more/x.jpg", picture(50))
    move(root, ("images/red/0.jpg", "blue"), ("images/red/more/x.jpg", "green"))
    assert (root / "images/blue/0_2.jpg").is_file(), "0.jpg was taken"
    assert (root / "images/green/more/x.jpg").is_file()
    text = (root / "manifest.csv").read_text()
    assert text == "path,class,camera\nimages/blue/0_2.jpg,blue,A\nimages/red/1.jpg,red,B\n"


def test_two_photos_of_one_name_do_not_meet_in_their_new_class(raw: Raw) -> None:
    root = raw(2)
    kept = {name: (root / f"images/{name}/0.jpg").read_bytes() for name in ("red", "green", "blue")}
    move(root, ("images/red/0.jpg", "blue"), ("images/green/0.jpg", "blue"))
    names = ("0.jpg", "0_2.jpg", "0_3.jpg")
    assert {(root / "images/blue" / name).read_bytes() for name in names} == set(kept.values())


def test_a_photo_of_a_split_set_stays_in_its_part_and_the_lists_follow(raw: Raw, tmp_path: Path) -> None:
    out = tmp_path / "out"
    prepare(raw(10), out)
    places = read_places(out)
    path = next(p for p, part in places.split.items() if part == "val" and "/red/" in p)
    move(out, (path, "blue"))
    after = read_prepared(out)
    assert [p.label for p in after.photos["val"]].count("blue") == 3
    assert all(p.label == p.path.parent.name for photos in after.photos.values() for p in photos)
    assert path not in (out / "manifest.csv").read_text(encoding="utf-8")
    assert len((out / "manifest.csv").read_text(encoding="utf-8").splitlines()) == 31


def test_a_list_of_windows_is_followed_too(raw: Raw, tmp_path: Path) -> None:
    out = tmp_path / "out"
    prepare(raw(10), out)
    listed = out / "val.txt"
    listed.write_bytes(listed.read_bytes().replace(b"/", b"\\").replace(b"\n", b"\r\n"))
    path = next(p for p, part in read_places(out).split.items() if part == "val" and "/red/" in p)
    move(out, (path, "green"))
    assert len(read_prepared(out).photos["val"]) == 6


def test_a_list_that_counts_otherwise_than_classes_txt_is_renumbered_as_a_whole(raw: Raw, tmp_path: Path) -> None:
    out = tmp_path / "out"
    prepare(raw(10), out)
    (out / "classes.txt").write_text("red\ngreen\nblue\n")
    path = next(p for p, part in read_places(out).split.items() if part == "val" and "/red/" in p)
    move(out, (path, "green"))
    classes = ("red", "green", "blue")
    lines = [line.split("/") for line in (out / "val.txt").read_text().splitlines()]
    assert [classes[int(rest.split()[1])] for _folder, rest in lines] == [folder for folder, _rest in lines]
    assert [p.label for p in read_prepared(out).photos["val"]].count("green") == 3


def test_cells_of_a_manifest_that_have_no_name_of_their_own_stay(raw: Raw) -> None:
    root = raw(2)
    head = "path;class;note;note\n"
    (root / "manifest.csv").write_text(
        f"{head}images/red/0.jpg;red;first;second;extra1;extra2\nimages/red/1.jpg;red;one\n"
    )
    move(root, ("images/red/0.jpg", "green"))
    assert (root / "manifest.csv").read_text().splitlines()[1:] == [
        "images/green/0_2.jpg,green,first,second,extra1,extra2",
        "images/red/1.jpg,red,one",
    ]


def test_a_new_column_of_a_manifest_comes_behind_cells_that_have_none(raw: Raw, tmp_path: Path) -> None:
    out = tmp_path / "out"
    prepare(raw(10), out)
    (path, other) = (p for p in list(read_places(out).photos)[:2])
    (out / "manifest.csv").write_text(f"path,class\n{path},blue,extra\n{other},blue\n", encoding="utf-8")
    move(out, (path, "red"))
    rows = read_manifest(out)
    assert rows[other] == {"path": other, "class": "blue", "": None, "judged_at": None}
    (row,) = (row for row in rows.values() if row["class"] == "red")
    assert row[""] == "extra"
    assert row["judged_at"].startswith("20")
