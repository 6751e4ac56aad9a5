"""A full disk is told in one line, and costs no training."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")
pytest.importorskip("onnx")

from click.testing import CliRunner

from tests.training.conftest import coloured_set
from tests.training.models import colour_model
from training.checkpoint import Checkpoint
from training.commands import group
from training.errors import TrainingError
from training.progress import write_metrics
from training.recipe import Epoch, Recipe, Trained
from training.run import FIRST, Sources, run_training
from training.train import Listener

CLASSES = ("blue", "green", "red")
SETS = ("training_set", "val_set", "test_set")


def no_room(*_arguments: object) -> None:
    """As a `write` fails: without the name of a file."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_figures_that_find_no_room_leave_the_former_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, photos = colour_model(tmp_path / "model.onnx", CLASSES), coloured_set(tmp_path / "set", SETS)
    words = ["evaluate", str(model), str(photos), "--out", str(tmp_path / "out")]
    assert CliRunner().invoke(group, words).exit_code == 0
    (tmp_path / "out" / "figures.json").write_text("former", encoding="utf-8")
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    monkeypatch.setattr("training.evaluation_page.write_page", no_room)
    done = CliRunner().invoke(group, words)
    assert done.exit_code == 1
    assert done.output.splitlines()[-1] == (
        "error: expected room on the disk; found No space left on device; make room, and run it again"
    )
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before
    assert not list(tmp_path.glob(".gardenwatch-*"))


@pytest.mark.parametrize("number", [errno.EIO, errno.EINVAL])
def test_what_nobody_can_mend_stays_whole(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_root: Path) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("training.layout.read_raw", broken)
    done = CliRunner().invoke(group, ["evaluate", "model.onnx", "set"])
    assert isinstance(done.exception, OSError)


def test_a_stamp_that_finds_no_room_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from training.export import stamp_metrics

    def half(_model: object, path: str) -> None:
        Path(path).write_bytes(b"half")
        no_room()

    model = colour_model(tmp_path / "model.onnx", CLASSES)
    was = model.read_bytes()
    monkeypatch.setattr("onnx.save", half)
    with pytest.raises(OSError, match="No space"):
        stamp_metrics(model, {"top1": 1.0})
    assert [path.name for path in tmp_path.iterdir()] == ["model.onnx"]
    assert model.read_bytes() == was


def test_a_training_goes_on_without_what_it_does_not_need(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    firsts: list[object] = []

    def train(_material: object, _recipe: Recipe, run: Path, *others: Listener) -> Trained:
        next(one for one in others if isinstance(one, Listener)).first(
            Checkpoint("mobilenet_v2", CLASSES, {}, 224, 1.0, 0.3)
        )
        return Trained([], run / "best.pth", 0.5, False)

    monkeypatch.setattr("training.run.train", train)
    monkeypatch.setattr("training.run.export", no_room)
    monkeypatch.setattr("training.run.plot_curves", no_room)
    photos = coloured_set(tmp_path / "set", SETS)
    done = run_training(Sources(photos), tmp_path / "run", Recipe(), Listener(first=firsts.append, note=said.append))
    assert done.best_accuracy == 0.5
    assert firsts == [], "there is no first network to try"
    assert [Path(text.split(" could not be written (No space left on device)")[0]).name for text in said] == [
        FIRST,
        "curves.png",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sets no limit to the size of files")
def test_lines_of_epochs_that_find_no_room_leave_the_former_ones(tmp_path: Path) -> None:
    import resource

    path, epochs = tmp_path / "metrics.csv", [Epoch(number, *[0.5] * 6) for number in range(100)]
    write_metrics(epochs[:5], path)
    former = path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))  # the file system refuses what is beyond
    try:
        with pytest.raises(TrainingError, match=r"to write .*metrics\.csv; found .*; make room on the disk"):
            write_metrics(epochs, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == former
    assert [one.name for one in tmp_path.iterdir()] == ["metrics.csv"]
