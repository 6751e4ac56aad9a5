"""What is kept of an epoch that Ctrl-C ended, and of a network that a run begins with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")

from tests.training.conftest import COLOURS
from tests.training.test_going_on import TINY, Killed, killed_after
from tests.training.test_train import make
from training import batches
from training.checkpoint import load_checkpoint
from training.finish import score
from training.layout import read_prepared
from training.lesson import Lesson
from training.run import Sources, resume_training, run_training
from training.samples import load_samples


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return make(tmp_path / "set", COLOURS)


def reached(dataset: Path, best: Path) -> tuple[float, float]:
    """What the network in that file reaches on the validation photos."""
    prepared = read_prepared(dataset)
    photos = batches.photo_batches(load_samples(prepared.photos["val"], prepared.classes), TINY)
    return score([batches.answers(load_checkpoint(best).network(), photos, TINY)])


def test_the_network_of_an_epoch_that_ctrl_c_ended_counts_when_the_run_goes_on(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, learn = tmp_path / "run", Lesson.epoch

    def ended(lesson: Lesson, number: int) -> tuple[float, float]:
        done = learn(lesson, number)
        if number == 3:
            raise KeyboardInterrupt
        return done

    with monkeypatch.context() as patched:
        patched.setattr(Lesson, "epoch", ended)
        assert run_training(Sources(dataset), run, replace(TINY, lr=0.003)).interrupted
    assert load_checkpoint(run / "best.pth").metrics["epoch"] == 3, "the third was the best, though not whole"
    former = reached(dataset, run / "best.pth")

    def worse(lesson: Lesson, number: int) -> tuple[float, float]:
        done = learn(lesson, number)
        for weights in lesson.average.parameters():
            weights.data.zero_()
        return done

    monkeypatch.setattr(Lesson, "epoch", worse)
    monkeypatch.setattr("training.train.fit_head_again", lambda network, *_given: network)
    resumed = resume_training(Sources(dataset), run)
    assert reached(dataset, run / "best.pth") == pytest.approx(former)
    assert resumed.best_accuracy == pytest.approx(former[0])


def test_a_run_that_makes_a_network_worse_keeps_what_it_began_with(dataset: Path, tmp_path: Path) -> None:
    begun = run_training(Sources(dataset), tmp_path / "first", replace(TINY, lr=0.003, epochs=6))
    going_on = Sources(dataset, checkpoint=begun.best)
    done = run_training(going_on, tmp_path / "on", replace(TINY, lr=3.0, epochs=2))
    assert done.best_accuracy >= reached(dataset, begun.best)[0]
    assert reached(dataset, done.best) >= reached(dataset, begun.best)


def test_a_run_that_goes_on_still_says_what_it_began_with(dataset: Path, tmp_path: Path) -> None:
    begun = run_training(Sources(dataset), tmp_path / "first", replace(TINY, epochs=1))
    with pytest.raises(Killed):
        run_training(Sources(dataset, checkpoint=begun.best), tmp_path / "on", TINY, killed_after(1))
    assert "started_from" in load_checkpoint(tmp_path / "on" / "best.pth").provenance
    resumed = resume_training(Sources(dataset), tmp_path / "on")
    assert "started_from" in load_checkpoint(resumed.best).provenance
