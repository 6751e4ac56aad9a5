"""The whole circle: watch, judge in the browser, export, train again, watch with the new model."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs import gardenwatch, listed

pytest.importorskip("torch", reason="the training side is not installed: pip install -e '.[training]'")
pytest.importorskip("selenium", reason="pip install selenium")
from tests.review.web.driving import Person
from tests.review.web.test_commands import served
from tests.store.conftest import Folder

pytestmark = [pytest.mark.system, pytest.mark.filterwarnings("ignore::ResourceWarning")]
PATIENCE_S = 300
"""Training on a busy computer without a graphics card."""


def train(*words: object) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "training", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        env=os.environ | {"OMP_NUM_THREADS": "2"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def watch(data: Path, *words: object) -> list[dict[str, object]]:
    done = gardenwatch("run", "--source", "demo", "--dry-run", "--data", data, *words)
    assert done.returncode == 0, done.stderr
    return listed(data)


def test_what_people_said_in_the_browser_makes_the_next_model(tmp_path: Path) -> None:
    seen = watch(tmp_path / "data")
    assert len(seen) == 5
    with served(tmp_path / "data") as (_process, address):
        teacher = Person(address)
        try:
            for sighting in seen:
                teacher.opens(f"/sighting/{sighting['id']}")
                teacher.leaves(lambda key=sighting["label"]: teacher.clicks(f'button[value="{key}"]'))  # type: ignore[misc]
                teacher.sees("1 judged as")
        finally:
            teacher.leaves_for_good()
    done = gardenwatch("export", "--format", "dataset", "--data", tmp_path / "data", "--out", tmp_path / "judged")
    assert done.returncode == 0, done.stderr
    taken = list((tmp_path / "judged" / "images").rglob("*.jpg"))
    assert len(taken) >= len(seen), "the best photo of each, and further ones"
    assert {path.parent.name for path in taken} == {str(sighting["label"]) for sighting in seen}

    assert gardenwatch("draw", tmp_path / "photos", "--per-class", "12").returncode == 0
    train("prepare", tmp_path / "photos", tmp_path / "dataset")
    before = photos(tmp_path / "dataset")
    train("merge", tmp_path / "dataset", tmp_path / "judged")
    assert photos(tmp_path / "dataset") == before + len(taken)
    words = ("--backbone", "lenet5", "--weights", "none", "--epochs", 1, "--batch-size", 8, "--workers", 0)
    train("train", tmp_path / "dataset", "--out", tmp_path / "run", *words)
    train("export", tmp_path / "run" / "best.pth", "--out", tmp_path / "next.onnx")

    watch(tmp_path / "again", "--model", tmp_path / "next.onnx")
    assert Folder(tmp_path / "again").query("SELECT model_id, end_reason FROM runs") == [
        (model_of(tmp_path / "next.onnx"), "stop")
    ]


def photos(dataset: Path) -> int:
    return sum(1 for split in ("training_set", "val_set", "test_set") for _ in (dataset / split).rglob("*.*g"))


def model_of(file: Path) -> str:
    import onnx

    metadata = {one.key: one.value for one in onnx.load(file).metadata_props}
    return str(json.loads(metadata["gardenwatch"])["model_id"])
