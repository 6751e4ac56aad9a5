"""From a raw folder to a split set."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.training.conftest import picture, write
from training.errors import TrainingError
from training.pictures import read_picture
from training.prepare import prepare
from training.set_files import COLUMNS

Raw = Callable[..., Path]


def everything(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def side_of(out: Path, stem: str) -> list[str]:
    return [p.parts[-3] for p in out.rglob(f"{stem}.*") if p.suffix != ".csv"]


def test_splits_seven_to_one_to_two_with_test_in_the_middle(raw: Raw, tmp_path: Path) -> None:
    done = prepare(raw(10), tmp_path / "out")
    assert {split: dict(counts) for split, counts in done.counts.items()} == {
        "train": {"red": 7, "green": 7, "blue": 7},
        "val": {"red": 2, "green": 2, "blue": 2},
        "test": {"red": 1, "green": 1, "blue": 1},
    }


def test_counts_as_basedt_does_where_ratios_do_not_divide(raw: Raw, tmp_path: Path) -> None:
    done = prepare(raw(5), tmp_path / "out")
    assert [done.counts[split]["red"] for split in ("train", "val", "test")] == [3, 1, 1]


def test_writes_the_files_that_mmedu_reads(raw: Raw, tmp_path: Path) -> None:
    out = tmp_path / "out"
    prepare(raw(10), out)
    assert (out / "classes.txt").read_bytes() == b"blue\ngreen\nred\n", "MMEdu numbers folders by name"
    for split in ("val", "test"):
        lines = (out / f"{split}.txt").read_text(encoding="utf-8").splitlines()
        for line in lines:
            name, index = line.split(" ")
            assert (out / f"{split}_set" / name).is_file()
            assert name.split("/")[0] == ["blue", "green", "red"][int(index)]
    assert not (out / "train.txt").exists()


def test_the_manifest_names_every_photo_with_its_group(raw: Raw, tmp_path: Path) -> None:
    out = tmp_path / "out"
    prepare(raw(4), out)
    with (out / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 12
    assert all((out / row["path"]).is_file() and row["class"] in row["path"] and row["group"] for row in rows)
    assert list(rows[0]) == list(COLUMNS)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_split(raw: Raw, tmp_path: Path) -> None:
    root = raw(10)
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        prepare(root, tmp_path / name, seed=seed)
    assert everything(tmp_path / "a") == everything(tmp_path / "b")
    assert set(everything(tmp_path / "a")) != set(everything(tmp_path / "c"))


@pytest.mark.parametrize("seed", range(5))
def test_near_duplicates_stay_on_one_side(raw: Raw, tmp_path: Path, seed: int) -> None:
    root = raw(10)
    original = picture(77, (40, 40, 220))
    red = root / "images" / "red"
    write(red / "same.jpg", original)
    write(red / "same_small.png", cv2.resize(original, (48, 36), interpolation=cv2.INTER_AREA))
    write(red / "same_mirrored.jpg", np.ascontiguousarray(original[:, ::-1]))
    write(red / "same_darker.jpg", (original * 0.8).astype(np.uint8))
    done = prepare(root, tmp_path / "out", seed=seed)
    assert done.grouped == 4
    assert len({p.parts[-3] for p in (tmp_path / "out").rglob("same*")}) == 1


@pytest.mark.parametrize("column", ["group", "sighting_id"])
def test_what_a_manifest_groups_stays_on_one_side(raw: Raw, tmp_path: Path, column: str) -> None:
    root = raw(10)
    burst = [f"images/{name}/{i}.jpg" for name in ("red", "green") for i in (1, 4, 8)]
    lines = [f"path,class,{column}", *(f"{path},,burst" for path in burst), "images/blue/1.jpg,,"]
    (root / "manifest.csv").write_text("\n".join(lines), encoding="utf-8")
    prepare(root, tmp_path / "out", seed=1)
    sides = {
        p.parts[-3] for name in ("red", "green") for i in (1, 4, 8) for p in (tmp_path / "out").rglob(f"{name}/{i}.jpg")
    }
    assert len(sides) == 1


def test_a_list_of_test_photos_is_the_whole_test_split(raw: Raw, tmp_path: Path) -> None:
    root = raw(10)
    write(root / "images" / "green" / "copy.png", picture(3, (40, 40, 220)))  # of red/3, under another class
    (tmp_path / "test.txt").write_text("# frozen\nimages/red/3.jpg\r\nimages\\blue\\5.jpg\n", encoding="utf-8")
    done = prepare(root, tmp_path / "out", test_list=tmp_path / "test.txt")
    assert done.counts["test"] == {"red": 1, "blue": 1}
    assert side_of(tmp_path / "out", "copy") == []
    assert done.left_out == {
        "images/green/copy.png": "belongs together with images/red/3.jpg, which is in the list of test photos"
    }
    assert done.counts["val"]["green"] == 2
    with (tmp_path / "out" / "manifest.csv").open(encoding="utf-8", newline="") as file:
        assert len({row["group"] for row in csv.DictReader(file)}) == 30


def test_a_list_with_a_photo_that_is_not_there_is_refused(raw: Raw, tmp_path: Path) -> None:
    (tmp_path / "test.txt").write_text("images/red/99.jpg\n", encoding="utf-8")
    with pytest.raises(TrainingError, match=r"99\.jpg"):
        prepare(raw(4), tmp_path / "out", test_list=tmp_path / "test.txt")


def test_corrupt_files_are_listed_and_left_out(raw: Raw, tmp_path: Path) -> None:
    root = raw(10)
    (root / "images" / "red" / "empty.jpg").write_bytes(b"")
    whole = (root / "images" / "red" / "0.jpg").read_bytes()
    (root / "images" / "red" / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (root / "images" / "red" / "text.png").write_text("not a picture")
    done = prepare(root, tmp_path / "out")
    assert set(done.left_out) == {f"images/red/{name}" for name in ("empty.jpg", "cut.jpg", "text.png")}
    assert sum(counts["red"] for counts in done.counts.values()) == 10


def test_a_class_of_corrupt_files_only_is_an_error(raw: Raw, tmp_path: Path) -> None:
    root = raw(2)
    for path in (root / "images" / "blue").iterdir():
        path.write_bytes(b"")
    with pytest.raises(TrainingError, match="blue"):
        prepare(root, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_turned_photo_is_written_upright(raw: Raw, tmp_path: Path) -> None:
    root = raw(4)
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter clockwise to see it upright
    upright = picture(500)
    lying = np.rot90(upright)[:, :, ::-1]
    Image.fromarray(np.ascontiguousarray(lying)).save(root / "images" / "red" / "turned.jpg", exif=exif, quality=95)
    prepare(root, tmp_path / "out")
    written = next((tmp_path / "out").rglob("turned.jpg"))
    with Image.open(written) as image:
        assert image.size == (80, 60)
        assert image.getexif().get(0x0112, 1) == 1
    assert np.abs(read_picture(written).astype(int) - upright).mean() < 4


def test_formats_that_mmedu_cannot_read_become_jpeg(raw: Raw, tmp_path: Path) -> None:
    root = raw(4)
    write(root / "images" / "red" / "0.webp", picture(900))
    prepare(root, tmp_path / "out")
    written = sorted(p.name for p in (tmp_path / "out").rglob("red/*.*"))
    assert len(written) == 5
    assert all(name.endswith(".jpg") for name in written)


def test_chinese_names_and_spaces_survive(raw: Raw, tmp_path: Path) -> None:
    root = raw(3, {"蚜虫": (40, 40, 220), "ladybird": (40, 200, 40)})
    write(root / "images" / "蚜虫" / "我的 照片.jpg", picture(901))
    out = tmp_path / "out"
    prepare(root, out)
    lines = [line for s in ("val", "test") for line in (out / f"{s}.txt").read_text(encoding="utf-8").splitlines()]
    assert all(len(line.split(" ")) == 2 for line in lines)
    assert len(list(out.rglob("我的_照片.jpg"))) == 1
