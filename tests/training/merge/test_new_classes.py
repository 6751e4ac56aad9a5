"""No merge leaves a class without a photo to train on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.training.conftest import picture
from tests.training.merge.conftest import Raw, add, everything, said
from training.errors import TrainingError
from training.layout import read_prepared
from training.merge.merge import merge
from training.prepare import prepare

VIOLET = (200, 60, 200)


def copied(folder: Path, photo: Path, name: str) -> None:
    add(folder, name, picture(1)).write_bytes(photo.read_bytes())


@pytest.mark.parametrize("part", ["val", "near val"])
def test_a_new_class_of_validation_photos_alone_is_refused(root: Path, tmp_path: Path, part: str) -> None:
    photo = next((root / "val_set/red").glob("*.jpg"))
    copied(tmp_path / "judged", photo, "spider/0.jpg")
    if part == "near val":  # nearly the same, so it would join it
        data = (tmp_path / "judged/images/spider/0.jpg").read_bytes()
        (tmp_path / "judged/images/spider/0.jpg").write_bytes(data + b"\0")
    before = everything(root)
    with pytest.raises(TrainingError, match=r"none of spider.*--new-classes leave-out.*nothing was changed"):
        merge(root, tmp_path / "judged", "add")
    assert everything(root) == before
    assert not (root / ".fixes").exists()


def test_a_new_class_is_added_only_where_a_photo_of_it_joins(root: Path, reviewed: Path, tmp_path: Path) -> None:
    copied(tmp_path / "alone", next((root / "test_set/red").glob("*.jpg")), "spider/0.jpg")
    with (tmp_path / "alone/images/spider/0.jpg").open("ab") as file:  # nearly the same
        file.write(b"\0")
    told = said(root, str(tmp_path / "alone"), "--new-classes", "add")
    assert told.exit_code == 0
    assert "new: spider" not in told.output
    shutil.copytree(tmp_path / "alone/images/spider", reviewed / "images/spider")
    assert merge(root, reviewed, "add").new_classes == ()
    assert "spider" not in (root / "classes.txt").read_text("utf-8")
    assert not list(root.glob("*/spider"))


def test_a_correction_never_takes_the_last_training_photo_of_a_class(root: Path, tmp_path: Path) -> None:
    for number, photo in enumerate(sorted((root / "training_set/red").glob("*.jpg"))):
        copied(tmp_path / "judged", photo, f"green/{number}.jpg")
    before = everything(root)
    with pytest.raises(TrainingError, match="none of red"):
        merge(root, tmp_path / "judged")
    assert everything(root) == before
    add(tmp_path / "judged", "red/new.jpg", picture(6000, (40, 40, 220)))
    merge(root, tmp_path / "judged")
    assert [p.label for p in read_prepared(root).photos["train"]].count("red") == 1


def test_the_first_photos_of_a_class_are_trained_on_however_much_is_validated(raw: Raw, tmp_path: Path) -> None:
    root = tmp_path / "set"
    prepare(raw(20), root)
    for photo in sorted((root / "training_set").rglob("*.jpg")):
        if int(photo.stem) % 3:
            photo.rename(root / "val_set" / photo.parent.name / photo.name)
    (root / "val.txt").unlink()
    add(tmp_path / "judged", "spider/0.jpg", picture(6000, VIOLET))
    assert merge(root, tmp_path / "judged", "add").added["train"] == {"spider": 1}
