"""What people judged joins the next training, and the test split stays what it was."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np

from tests.conftest import PROJECT
from tests.store.visits import SETTINGS, moment, run, sighting, visit
from tests.training.conftest import picture
from tests.training.merge.conftest import GREEN, RED, Raw, add, everything, frozen, rows, said
from training.check.check import check
from training.layout import read_prepared
from training.merge.merge import merge
from training.prepare import prepare


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


def test_another_photo_of_a_sighting_follows_the_first(root: Path, reviewed: Path) -> None:
    merge(root, reviewed)
    placed = {row["sighting_id"]: (path.split("/")[0], row["group"]) for path, row in rows(root).items()}
    for number in range(6):
        add(reviewed, f"red/late{number}.jpg", picture(8000 + number, RED), sighting_id=f"s{number}")
    merge(root, reviewed)
    for path, row in rows(root).items():
        if "late" in path:
            assert (path.split("/")[0], row["group"]) == placed[row["sighting_id"]]


def test_manifests_that_excel_saved_anew_are_heeded(root: Path, reviewed: Path) -> None:
    """It writes semicolons in much of Europe; unread, no photo would be known to be of a sighting."""
    merge(root, reviewed)
    placed = {row["sighting_id"]: (path.split("/")[0], row["group"]) for path, row in rows(root).items()}
    for number in range(6):
        add(reviewed, f"red/late{number}.jpg", picture(8000 + number, RED), sighting_id=f"s{number}")
    for folder in (root, reviewed):
        text = (folder / "manifest.csv").read_text(encoding="utf-8").replace(",", ";")
        (folder / "manifest.csv").write_text(text, encoding="utf-8-sig", newline="\r\n")
    done = merge(root, reviewed)
    assert done.already == 18
    late = {path: row for path, row in rows(root).items() if "late" in path}
    assert len(late) == 6
    assert all((path.split("/")[0], row["group"]) == placed[row["sighting_id"]] for path, row in late.items())


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


def test_a_photo_that_looks_like_one_of_another_class_is_told_when_it_joins(root: Path, tmp_path: Path) -> None:
    photo = next((root / "training_set/red").glob("*.jpg"))
    recompressed = cv2.imread(str(photo))
    assert recompressed is not None
    add(tmp_path / "judged", "green/alike.png", np.asarray(recompressed, np.uint8))
    told = said(root, str(tmp_path / "judged"))
    assert "photos: 1 joined" in told.output
    name = f"training_set/red/{photo.name}"
    assert f"warning: images/green/alike.png: nearly the same as {name}; look which class is right" in told.output


def test_a_group_that_is_no_number_is_one_name_among_others(root: Path, reviewed: Path) -> None:
    text = (root / "manifest.csv").read_text("utf-8")
    (root / "manifest.csv").write_text(text.replace(",3,", ",²,", 1), "utf-8")
    assert "²" in {row["group"] for row in rows(root).values()}
    assert merge(root, reviewed).left_out == {}


def test_a_photo_that_other_tools_misread_is_written_plainly_once(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "judged"
    add(folder, "red/my photo.webp", picture(6000, RED))
    merge(root, folder)
    assert len(list(root.rglob("my_photo.jpg"))) == 1
    assert merge(root, folder).already == 1


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
