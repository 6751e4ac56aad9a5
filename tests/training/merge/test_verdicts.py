"""Which word on a photo counts: a person's last one, in the set and among what comes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.training.conftest import picture
from tests.training.merge.conftest import GREEN, RED, add, everything, rows, said
from training import journal
from training.layout import split_folder
from training.merge.merge import merge
from training.places import moving, read_places


def of_set(root: Path, part: str, label: str = "red") -> Path:
    folder = split_folder(root, part)
    assert folder is not None
    return next((folder / label).glob("*.jpg"))


def verdict(folder: Path, photo: Path, label: str, **known: str) -> str:
    """The same bytes, judged to be of that class; the name in the folder."""
    add(folder, f"{label}/copy.jpg", picture(1), **known).write_bytes(photo.read_bytes())
    return f"images/{label}/copy.jpg"


def classes_of(root: Path, data: bytes) -> list[str]:
    return [p.parent.name for p in sorted(root.glob("*_set/*/*.jpg")) if p.read_bytes() == data]


def test_merging_an_older_folder_again_does_not_undo_a_fix(root: Path, tmp_path: Path) -> None:
    photo = of_set(root, "train")
    data, path = photo.read_bytes(), photo.relative_to(root).as_posix()
    name = verdict(tmp_path / "judged", photo, "red", judged_at="2026-01-01T10:00:00+00:00", judged_by="Li Hua")
    merge(root, tmp_path / "judged")
    assert rows(root)[path]["judged_by"] == "Li Hua"
    journal.apply(root, moving(read_places(root), [(path, "green")]))
    moved = next(row for row in rows(root).values() if row["class"] == "green" and row["judged_at"])
    assert moved["judged_by"] == "", "Li Hua said something else"
    done = merge(root, tmp_path / "judged")
    assert (done.corrected, done.left_out) == ({}, {name: "in the set as green, and not judged since"})
    assert classes_of(root, data) == ["green"]


def test_a_fix_of_a_set_without_a_manifest_is_remembered_too(root: Path, tmp_path: Path) -> None:
    (root / "manifest.csv").unlink()
    before = everything(root)
    photo = of_set(root, "train")
    verdict(tmp_path / "judged", photo, "red", judged_at="2026-01-01T10:00:00+00:00")
    journal.apply(root, moving(read_places(root), [(photo.relative_to(root).as_posix(), "green")]))
    assert merge(root, tmp_path / "judged").corrected == {}
    journal.undo(root, "fix")
    assert everything(root) == before


def test_a_confirmation_is_remembered(root: Path, tmp_path: Path) -> None:
    photo = of_set(root, "train")
    before = everything(root)
    for month, label in (("01", "red"), ("03", "red"), ("02", "green")):
        verdict(tmp_path / month, photo, label, judged_at=f"2026-{month}-01T10:00:00+00:00")
    merge(root, tmp_path / "01")
    told = said(root, str(tmp_path / "03"))
    assert "noted in manifest.csv for 1 photo" in told.output
    assert "--undo" in told.output
    assert merge(root, tmp_path / "02").corrected == {}
    assert rows(root)[photo.relative_to(root).as_posix()]["judged_at"].startswith("2026-03")
    said(root, "--undo")
    said(root, "--undo")
    assert everything(root) == before


@pytest.mark.parametrize("is_new", [True, False], ids=["new to the set", "in the set"])
def test_of_contradicting_verdicts_the_last_one_counts_whatever_the_files_are_called(
    root: Path, tmp_path: Path, is_new: bool
) -> None:
    photo = of_set(root, "train", "red")
    if is_new:
        photo = add(tmp_path / "elsewhere", "red/new.jpg", picture(6000, RED))
    data = photo.read_bytes()
    judged = tmp_path / "judged"
    verdict(judged, photo, "blue", judged_at="2026-03-02T10:00:00+00:00")
    older = verdict(judged, photo, "green", judged_at="2026-03-01T10:00:00+00:00")
    for _time in range(3):
        done = merge(root, judged)
        assert done.left_out == {older: "the same as images/blue/copy.jpg, of another class and judged later"}
        assert classes_of(root, data) == ["blue"]
    assert done.already == 1


@pytest.mark.parametrize(
    ("blue", "green"),
    [("2026-03-01T10:00:00+00:00", "2026-03-01T18:00:00+08:00"), ("", ""), ("2026-03-01", "2/3/2026 10:00")],
    ids=["at once", "no dates", "no telling"],
)
def test_contradicting_verdicts_of_which_none_is_the_last_are_left_out(
    root: Path, tmp_path: Path, blue: str, green: str
) -> None:
    photo = of_set(root, "train", "red")
    verdict(tmp_path / "judged", photo, "blue", judged_at=blue)
    verdict(tmp_path / "judged", photo, "green", judged_at=green)
    before = everything(root)
    left_out = merge(root, tmp_path / "judged").left_out
    assert set(left_out) == {"images/blue/copy.jpg", "images/green/copy.jpg"}
    assert "as images/green/copy.jpg, of another class; which was judged later" in left_out["images/blue/copy.jpg"]
    assert ("judged_at cannot be read: 2/3/2026 10:00" in left_out["images/green/copy.jpg"]) == ("/" in green)
    assert everything(root) == before


def test_a_correction_moves_every_copy_but_those_of_the_test_split(root: Path, tmp_path: Path) -> None:
    photo, test_photo = of_set(root, "train"), of_set(root, "test")
    shutil.copy(photo, photo.with_name("copy.jpg"))
    test_photo.write_bytes(photo.read_bytes())
    data = photo.read_bytes()
    name = verdict(tmp_path / "judged", photo, "green")
    done = merge(root, tmp_path / "judged")
    assert len(done.corrected) == 2
    assert sorted(classes_of(root, data)) == ["green", "green", "red"]
    assert done.left_out[name].startswith(f"test_set/red/{test_photo.name} stays red in the test split")
    after = everything(root)
    merge(root, tmp_path / "judged")
    assert everything(root) == after


@pytest.mark.parametrize("text", ["2026/3/2 10:00", "2026/3/2", "2026-3-2 9:05:07", "2026-03-02 10:00"])
def test_a_date_as_a_spreadsheet_saves_it_is_read(root: Path, tmp_path: Path, text: str) -> None:
    photo = of_set(root, "train")
    verdict(tmp_path / "judged", photo, "green", judged_at=text)
    data = photo.read_bytes()
    assert len(merge(root, tmp_path / "judged").corrected) == 1
    (green,) = (p for p in root.glob("*_set/green/*.jpg") if p.read_bytes() == data)
    verdict(tmp_path / "older", green, "blue", judged_at="2025/12/31 23:59")
    assert merge(root, tmp_path / "older").corrected == {}


@pytest.mark.parametrize("text", ["3/2/2026 10:00", "2026/13/2", "yesterday"])
def test_a_date_that_cannot_be_read_is_said(root: Path, tmp_path: Path, text: str) -> None:
    name = verdict(tmp_path / "judged", of_set(root, "train"), "green", judged_at=text)
    assert merge(root, tmp_path / "judged").left_out == {
        name: f"in the set as red; judged_at cannot be read: {text}; write it as 2026-03-02 10:00"
    }


def test_a_short_row_and_a_blank_cost_no_photo(root: Path, tmp_path: Path) -> None:
    for number, name in enumerate(("short", "blank")):
        add(tmp_path / "judged", f"green/{name}.jpg", picture(6000 + number, GREEN))
    table = "path,sighting_id,class\nimages/green/short.jpg,s1\nimages/green/blank.jpg,s2, green\n"
    (tmp_path / "judged/manifest.csv").write_text(table, encoding="utf-8")
    done = merge(root, tmp_path / "judged")
    assert done.left_out == {}
    assert sorted(row["sighting_id"] for row in rows(root).values() if row["sighting_id"]) == ["s1", "s2"]
