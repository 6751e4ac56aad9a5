"""What does not join a set: photos of its test split, what cannot be used, classes that it lacks."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.rights import without_rights
from tests.training.conftest import picture
from tests.training.merge.conftest import RED, Raw, add, everything, frozen, rows, said
from training.check.check import check
from training.errors import TrainingError
from training.merge.merge import merge


def test_nothing_of_a_test_photo_comes_into_training(root: Path, reviewed: Path) -> None:
    test_photo = next((root / "test_set/red").glob("*.jpg"))
    original = cv2.imread(str(test_photo))
    assert original is not None
    small = np.asarray(cv2.resize(original, (64, 48), interpolation=cv2.INTER_AREA), np.uint8)
    add(reviewed, "red/alike.png", small, sighting_id="s99")
    add(reviewed, "red/of_the_same_visit.jpg", picture(7000, RED), sighting_id="s99")
    done = merge(root, reviewed)
    reason = f"belongs to test_set/red/{test_photo.name} of the test split"
    assert done.left_out == {"images/red/alike.png": reason, "images/red/of_the_same_visit.jpg": reason}
    assert not list(root.rglob("alike*"))


@pytest.mark.parametrize("merged_first", [False, True], ids=["at once", "in a later merge"])
def test_nothing_of_a_test_photos_own_sighting_comes_into_training(
    root: Path, reviewed: Path, tmp_path: Path, merged_first: bool
) -> None:
    """The set's manifest names no sighting of that test photo, but the copy of it that comes in does."""
    test_photo = next((root / "test_set/red").glob("*.jpg"))
    copy = add(reviewed, "red/copy.jpg", picture(1), sighting_id="s99")
    copy.write_bytes(test_photo.read_bytes())
    test_before, before = frozen(root), everything(root)
    later = tmp_path / "later" if merged_first else reviewed
    if merged_first:
        assert merge(root, reviewed).already == 1
    add(later, "red/of_the_same_visit.jpg", picture(7000, RED), sighting_id="s99")
    done = merge(root, later)
    reason = f"belongs to test_set/red/{test_photo.name} of the test split"
    assert done.left_out == {"images/red/of_the_same_visit.jpg": reason}
    assert not list(root.rglob("of_the_same_visit*"))
    assert frozen(root) == test_before
    assert rows(root)[f"test_set/red/{test_photo.name}"]["sighting_id"] == "s99"
    said(root, "--undo")
    assert everything(root) == before


@pytest.mark.parametrize("name", ["wasp/copy.jpg", "green/copy.jpg"], ids=["no such class", "the manifest says red"])
def test_a_copy_that_cannot_be_used_still_keeps_its_sighting_out(root: Path, reviewed: Path, name: str) -> None:
    more = {"class": "red"} if name.startswith("green") else {}
    copy = add(reviewed, name, picture(1), sighting_id="s99", **more)
    copy.write_bytes(next((root / "test_set/red").glob("*.jpg")).read_bytes())
    add(reviewed, "red/of_the_same_visit.jpg", picture(7000, RED), sighting_id="s99")
    done = merge(root, reviewed, "leave-out")
    assert set(done.left_out) == {f"images/{name}", "images/red/of_the_same_visit.jpg"}


def test_nothing_joins_that_belongs_to_training_and_to_validation(root: Path, reviewed: Path) -> None:
    copies = [next((root / part / "red").glob("*.jpg")) for part in ("training_set", "val_set")]
    for photo in copies:
        add(reviewed, f"red/copy_{photo.name}", picture(1), sighting_id="s99").write_bytes(photo.read_bytes())
    add(reviewed, "red/of_the_same_visit.jpg", picture(7000, RED), sighting_id="s99")
    train, val = (photo.relative_to(root).as_posix() for photo in copies)
    reason = f"belongs to {train} of the training split and to {val} of the validation split"
    assert merge(root, reviewed).left_out == {"images/red/of_the_same_visit.jpg": reason}


def test_classes_that_the_set_lacks_are_refused_left_out_or_added(root: Path, reviewed: Path) -> None:
    for number in range(3):
        add(reviewed, f"瓢虫/{number}.jpg", picture(9000 + number, (90, 90, 220)), sighting_id=f"t{number}")
    before = everything(root)
    refused = said(root, str(reviewed))
    assert refused.exit_code == 1
    assert "photos of 瓢虫 (3)" in refused.output
    assert everything(root) == before
    assert len(merge(root, reviewed, "leave-out").left_out) == 3
    done = merge(root, reviewed, "add")
    assert done.new_classes == ("瓢虫",)
    assert done.already == 18
    assert (root / "classes.txt").read_text("utf-8") == "blue\ngreen\nred\n瓢虫\n"
    assert (root / "test_set/瓢虫").is_dir(), "BaseDT's check wants every folder"
    assert [f for f in check(root).faults if f.severity == "error"] == []
    said(root, "--undo")
    said(root, "--undo")
    assert everything(root) == before
    assert not (root / "test_set/瓢虫").exists()


def test_what_cannot_be_used_is_named_and_the_rest_joins(root: Path, reviewed: Path) -> None:
    (reviewed / "images/red/0.jpg").write_bytes(b"")
    (reviewed / "images/red/1.jpg").unlink()
    (reviewed / "images/red/2.jpg").rename(reviewed / "images/green/2.jpg")
    text = (reviewed / "manifest.csv").read_text("utf-8").replace("images/red/2.jpg", "images/green/2.jpg")
    (reviewed / "manifest.csv").write_text(text, "utf-8")
    done = merge(root, reviewed)
    assert done.left_out == {
        "images/red/0.jpg": "an empty file",
        "images/red/1.jpg": "in manifest.csv, but not in the folder",
        "images/green/2.jpg": "in folder green, but red in manifest.csv",
    }
    assert done.added["train"].total() + done.added["val"].total() == 15


def test_a_folder_that_may_not_be_written_stays_as_it_was(root: Path, reviewed: Path) -> None:
    before = everything(root)
    with without_rights(root, 0o555), pytest.raises(TrainingError, match="nothing was changed"):
        merge(root, reviewed)
    assert everything(root) == before


def test_a_raw_folder_is_refused(raw: Raw, reviewed: Path, tmp_path: Path) -> None:
    assert said(reviewed, str(reviewed)).exit_code == 2
    assert said(tmp_path / "absent", str(reviewed)).exit_code == 2
