"""What people judged joins the next training, and the test split stays what it was."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result

from tests.conftest import PROJECT
from tests.rights import without_rights
from tests.store.visits import SETTINGS, moment, run, sighting, visit
from tests.training.conftest import picture, write
from training.check.check import check
from training.commands import group
from training.errors import TrainingError
from training.layout import read_prepared
from training.merge.merge import merge
from training.prepare import prepare
from training.set_files import COLUMNS

Raw = Callable[..., Path]
RED, GREEN = (40, 40, 220), (40, 200, 40)


@pytest.fixture
def root(raw: Raw, tmp_path: Path) -> Path:
    out = tmp_path / "set"
    prepare(raw(20), out)
    return out


@pytest.fixture
def reviewed(tmp_path: Path) -> Path:
    """Nine judged photos of three sightings of each of two classes."""
    folder = tmp_path / "judged"
    for number in range(18):
        label, colour = ("red", RED) if number < 9 else ("green", GREEN)
        add(folder, f"{label}/{number}.jpg", picture(5000 + number, colour), sighting_id=f"s{number // 3}")
    return folder


def add(folder: Path, name: str, image: np.ndarray, **known: str) -> Path:  # type: ignore[type-arg]
    """A photo with its line in the manifest, as the review side exports it."""
    path = write(folder / "images" / name, image)
    table = folder / "manifest.csv"
    is_new = not table.exists()
    with table.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if is_new:
            writer.writeheader()
        group_id = known.get("sighting_id", "")
        row = {"path": f"images/{name}", "class": name.split("/")[0], "source": "garden", "group": group_id}
        writer.writerow(row | {"judged_by": "Li Hua", "judged_at": "2026-05-01T14:00:00+08:00"} | known)
    return path


def rows(root: Path) -> dict[str, dict[str, str]]:
    with (root / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return {row["path"]: row for row in csv.DictReader(file)}


def everything(root: Path) -> dict[str, bytes]:
    files = (p for p in sorted(root.rglob("*")) if p.is_file() and ".fixes" not in p.parts)
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in files}


def frozen(root: Path) -> dict[str, bytes]:
    return {name: data for name, data in everything(root).items() if name.startswith("test")}


def said(root: Path, *words: str) -> Result:
    return CliRunner().invoke(group, ["merge", str(root), *words])


def test_judged_photos_join_training_and_validation_with_their_sightings_whole(root: Path, reviewed: Path) -> None:
    test_before = frozen(root)
    done = merge(root, reviewed)
    assert sum(done.added["train"].values()) + sum(done.added["val"].values()) == 18
    assert sum(done.added["val"].values()) > 0
    assert frozen(root) == test_before
    new = {path: row for path, row in rows(root).items() if row["sighting_id"]}
    assert len(new) == 18
    for sighting_id in {row["sighting_id"] for row in new.values()}:
        mine = [path for path, row in new.items() if row["sighting_id"] == sighting_id]
        assert len({path.split("/")[0] for path in mine}) == 1
        assert len({new[path]["group"] for path in mine}) == 1
    assert {row["judged_by"] for row in new.values()} == {"Li Hua"}
    assert len({row["group"] for row in rows(root).values()}) == 60 + 6, "no number of a group is used twice"
    assert [f for f in check(root).faults if f.severity == "error"] == []
    assert len(read_prepared(root).photos["val"]) == 12 + sum(done.added["val"].values())


def test_a_list_that_counts_otherwise_than_classes_txt_stays_readable(root: Path, reviewed: Path) -> None:
    (root / "classes.txt").write_text("red\ngreen\nblue\n", encoding="utf-8")
    done = merge(root, reviewed)
    assert done.added["val"].total() > 0
    assert [f for f in check(root).faults if f.place.startswith("val.txt")] == []


def test_a_second_time_nothing_is_left_to_do(root: Path, reviewed: Path) -> None:
    merge(root, reviewed)
    after = everything(root)
    done = merge(root, reviewed)
    assert (done.already, done.added["train"].total(), done.left_out) == (18, 0, {})
    assert everything(root) == after


def test_it_is_taken_back_byte_for_byte(root: Path, reviewed: Path) -> None:
    before = everything(root)
    assert "photos: 18 joined" in said(root, str(reviewed)).output
    assert everything(root) != before
    assert "taken back: 18" in said(root, "--undo").output
    assert everything(root) == before


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


def test_another_photo_of_a_sighting_follows_the_first(root: Path, reviewed: Path) -> None:
    merge(root, reviewed)
    placed = {row["sighting_id"]: (path.split("/")[0], row["group"]) for path, row in rows(root).items()}
    for number in range(6):
        add(reviewed, f"red/late{number}.jpg", picture(8000 + number, RED), sighting_id=f"s{number}")
    merge(root, reviewed)
    for path, row in rows(root).items():
        if "late" in path:
            assert (path.split("/")[0], row["group"]) == placed[row["sighting_id"]]


def test_a_later_verdict_corrects_a_photo_and_an_older_one_does_not(root: Path, reviewed: Path, tmp_path: Path) -> None:
    merge(root, reviewed)
    image = picture(5000, RED)
    again = tmp_path / "again"
    add(again, "green/0.jpg", image, sighting_id="s0", judged_at="2026-04-01T14:00:00+08:00")
    assert merge(root, again).left_out == {"images/green/0.jpg": "in the set as red, and not judged since"}
    shutil.rmtree(again)
    add(again, "green/0.jpg", image, sighting_id="s0", judged_at="2026-06-01T14:00:00+08:00", judged_by="Wang")
    before = everything(root)
    done = merge(root, again)
    assert list(done.corrected.values()) == ["green"]
    corrected = next(row for row in rows(root).values() if row["judged_by"] == "Wang")
    assert (root / corrected["path"]).read_bytes() == (again / "images/green/0.jpg").read_bytes()
    assert merge(root, reviewed).left_out == {"images/red/0.jpg": "in the set as green, and not judged since"}
    said(root, "--undo")
    assert everything(root) == before


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


def test_a_photo_that_other_tools_misread_is_written_plainly_once(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "judged"
    add(folder, "red/my photo.webp", picture(6000, RED))
    merge(root, folder)
    assert len(list(root.rglob("my_photo.jpg"))) == 1
    assert merge(root, folder).already == 1


def test_a_folder_that_may_not_be_written_stays_as_it_was(root: Path, reviewed: Path) -> None:
    before = everything(root)
    with without_rights(root, 0o555), pytest.raises(TrainingError, match="nothing was changed"):
        merge(root, reviewed)
    assert everything(root) == before


def test_a_raw_folder_is_refused(raw: Raw, reviewed: Path, tmp_path: Path) -> None:
    assert said(reviewed, str(reviewed)).exit_code == 2
    assert said(tmp_path / "absent", str(reviewed)).exit_code == 2


def test_the_circle_closes_from_the_garden_to_the_next_training(raw: Raw, tmp_path: Path) -> None:
    """Sightings of a data folder are judged, exported by the device's own command, and join the set."""
    from edge.store.store import Store
    from edge.store.verdicts import Verdict, append_verdicts

    data, out, root = tmp_path / "data", tmp_path / "judged", tmp_path / "set"
    seen = [sighting(10), sighting(20, "bee", "beneficial")]
    with Store.open(data, SETTINGS, run()) as store:
        for one in seen:
            store.record(visit(one))
    append_verdicts(data, [Verdict(s.id, "slug", "pest", "Li Hua", moment(99).wall) for s in seen])
    words = [sys.executable, "-m", "edge", "export", "--format", "dataset", "--out", str(out), "--data", str(data)]
    subprocess.run(words, cwd=PROJECT, check=True, capture_output=True)
    prepare(raw(10, {"slug": RED, "bee": GREEN}), root)
    done = merge(root, out)
    joined = [row for row in rows(root).values() if row["sighting_id"]]
    assert {row["sighting_id"] for row in joined} <= {one.id for one in seen}
    assert {row["class"] for row in joined} == {"slug"}
    assert done.added["train"]["slug"] + done.added["val"]["slug"] + done.already == len(list(out.rglob("*.jpg")))
