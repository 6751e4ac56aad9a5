"""How a run begins: in a folder that holds a former one, or stopped before its first epoch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")

from tests.training.conftest import COLOURS  # noqa: E402
from tests.training.test_train import make  # noqa: E402
from training.checkpoint import load_checkpoint  # noqa: E402
from training.errors import UsageError  # noqa: E402
from training.recipe import Recipe  # noqa: E402
from training.run import Sources, resume_training, run_training  # noqa: E402

TINY = Recipe(backbone="lenet5", weights="none", epochs=1, batch_size=4, size_px=224, patience=0)


class Killed(Exception):
    """Stands for the power that fails: nothing after it is run."""


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return make(tmp_path / "set", COLOURS)


@pytest.fixture
def former(dataset: Path, tmp_path: Path) -> Path:
    """The folder of a run that ended."""
    run = tmp_path / "run"
    run_training(Sources(dataset), run, TINY)
    (run / "first.onnx").write_bytes(b"of the former run")
    return run


def fails(error: type[BaseException]) -> Any:
    def stop(*_given: Any) -> None:
        raise error

    return stop


def test_a_run_begun_anew_and_killed_does_not_go_on_with_the_former(
    dataset: Path, former: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.lesson.Lesson.epoch", fails(Killed))
    with pytest.raises(Killed):
        run_training(Sources(dataset), former, replace(TINY, seed=1), force=True)
    assert list(former.iterdir()) == []
    with pytest.raises(UsageError, match="begin anew without --resume"):
        resume_training(Sources(dataset), former)


@pytest.mark.parametrize("start", [None, "best.pth"])
def test_the_network_of_a_former_run_is_not_told_as_kept(
    dataset: Path, former: Path, monkeypatch: pytest.MonkeyPatch, start: str | None
) -> None:
    sources = Sources(dataset, former / start if start else None)
    monkeypatch.setattr("training.train.batches.answers", fails(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        run_training(sources, former, TINY, force=True)


@pytest.mark.parametrize("bad", ["weights", "checkpoint", "extra", "labels"])
def test_what_is_refused_leaves_the_former_run_whole(dataset: Path, former: Path, tmp_path: Path, bad: str) -> None:
    before = {path.name: path.read_bytes() for path in former.iterdir()}
    absent = tmp_path / "absent.pth"
    recipe = replace(TINY, weights=str(absent)) if bad == "weights" else TINY
    sources = Sources(dataset) if bad == "weights" else Sources(dataset, **{bad: absent})
    with pytest.raises(UsageError):
        run_training(sources, former, recipe, force=True)
    assert {path.name: path.read_bytes() for path in former.iterdir()} == before


def test_the_checkpoint_that_is_gone_on_from_stays_until_there_is_another(
    dataset: Path, former: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources, best = Sources(dataset, former / "best.pth"), former / "best.pth"
    kept = load_checkpoint(best)
    replace(kept, state=kept.state | {"head.weight": torch.zeros_like(kept.state["head.weight"])}).save(best)
    before = best.read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr("training.lesson.Lesson.epoch", fails(Killed))
        with pytest.raises(Killed):
            run_training(sources, former, TINY, force=True)
    assert best.read_bytes() == before
    assert [path.name for path in former.iterdir()] == ["best.pth"]
    run_training(sources, former, replace(TINY, epochs=6, lr=0.003), force=True)
    assert "started_from" in load_checkpoint(best).provenance


def test_ctrl_c_before_the_first_epoch_keeps_the_first_network(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here while the network is made ready to learn as a whole; `first` has been told."""
    monkeypatch.setattr("training.lesson.load_start_weights", lambda *_given: None)
    monkeypatch.setattr("training.lesson.Lesson.open_up", fails(KeyboardInterrupt))
    done = run_training(Sources(dataset), tmp_path / "run", replace(TINY, weights="imagenet"))
    assert done.interrupted
    assert done.epochs == []
    kept = load_checkpoint(done.best)
    assert kept.metrics["val_accuracy"] == done.best_accuracy
    assert (tmp_path / "run" / "first.onnx").is_file()


def test_ctrl_c_before_there_is_a_network_is_no_end_with_one(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.lesson.Lesson.open_up", fails(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        run_training(Sources(dataset), tmp_path / "run", TINY)
