"""A run that ends before its time: killed, out of disk, or because nothing gets better."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")

from edge.model.classifier import Classifier  # noqa: E402
from tests.training.conftest import COLOURS  # noqa: E402
from tests.training.test_train import make, run  # noqa: E402
from training.checkpoint import load_checkpoint  # noqa: E402
from training.errors import TrainingError, UsageError  # noqa: E402
from training.layout import read_prepared  # noqa: E402
from training.lesson import Lesson  # noqa: E402
from training.pictures import read_picture  # noqa: E402
from training.probe import fit_head  # noqa: E402
from training.progress import NAME  # noqa: E402
from training.recipe import Epoch, Recipe  # noqa: E402
from training.run import FIRST, Sources, resume_training, run_training  # noqa: E402
from training.train import Listener  # noqa: E402

TINY = Recipe(backbone="lenet5", weights="none", epochs=4, batch_size=4, size_px=224, patience=0)


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return make(tmp_path / "set", COLOURS)


class Killed(Exception):
    """Stands for the power that fails: nothing after it is run."""


def killed_after(number: int) -> Listener:
    def epoch(done: Epoch, _all: int) -> None:
        if done.epoch == number:
            raise Killed

    return Listener(epoch=epoch)


def same(a: Path, b: Path) -> bool:
    first, second = load_checkpoint(a).state, load_checkpoint(b).state
    return all(torch.equal(first[key], second[key]) for key in first)


def test_a_killed_run_goes_on_as_if_nothing_had_happened(dataset: Path, tmp_path: Path) -> None:
    whole = run_training(Sources(dataset), tmp_path / "whole", TINY)
    with pytest.raises(Killed):
        run_training(Sources(dataset), tmp_path / "run", TINY, killed_after(2))
    resumed = resume_training(Sources(dataset), tmp_path / "run")
    assert [replace(e, seconds=0.0) for e in resumed.epochs] == [replace(e, seconds=0.0) for e in whole.epochs]
    assert same(whole.best, resumed.best)
    assert (tmp_path / "run" / "metrics.csv").read_text().count("\n") == 5


@pytest.mark.skipif(sys.platform == "win32", reason="no worker processes there")
def test_it_goes_on_alike_with_any_number_of_workers(dataset: Path, tmp_path: Path) -> None:
    dropping = replace(TINY, backbone="mobilenet_v3_small", size_px=64, epochs=3)  # LeNet drops nothing out
    whole = run_training(Sources(dataset), tmp_path / "whole", dropping)
    with pytest.raises(Killed):
        run_training(Sources(dataset), tmp_path / "run", replace(dropping, workers=1), killed_after(1))
    resumed = resume_training(Sources(dataset), tmp_path / "run", workers=1)
    assert [replace(e, seconds=0.0) for e in resumed.epochs] == [replace(e, seconds=0.0) for e in whole.epochs]


def test_the_command_goes_on_by_the_runs_own_recipe(dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(Killed):
        run_training(Sources(dataset), tmp_path / "run", TINY, killed_after(3))
    places = ["--workers", 0, "--device", "cpu"]
    output = run("train", dataset, "--out", tmp_path / "run", "--resume", *places)
    assert "epoch 4/4: validation accuracy" in output
    assert "epoch 3/4" not in output
    assert "--lr" in run("train", dataset, "--out", tmp_path / "run", "--resume", "--lr", 0.1, *places, code=2)


def test_a_run_does_not_go_on_with_other_photos(dataset: Path, tmp_path: Path) -> None:
    run_training(Sources(dataset), tmp_path / "run", replace(TINY, epochs=1))
    other = make(tmp_path / "other", {"a": COLOURS["red"], "b": COLOURS["green"]})
    with pytest.raises(UsageError, match=r"the set that the run began with \(red, green, blue\)"):
        resume_training(Sources(other), tmp_path / "run")


@pytest.mark.parametrize("data", [None, b"", b"no progress"])
def test_what_cannot_go_on_is_said_with_what_to_do(dataset: Path, tmp_path: Path, data: bytes | None) -> None:
    (tmp_path / "run").mkdir()
    if data is not None:
        (tmp_path / "run" / NAME).write_bytes(data)
    with pytest.raises(UsageError, match="without --resume"):
        resume_training(Sources(dataset), tmp_path / "run")


def test_it_stops_when_nothing_gets_better(dataset: Path, tmp_path: Path) -> None:
    still = replace(TINY, lr=1e-12, epochs=9, patience=2)  # the average of equal weights: no epoch is better
    done = run_training(Sources(dataset), tmp_path / "run", still)
    assert len(done.epochs) < 9
    assert not done.interrupted


def test_the_same_seed_gives_the_same_answers_on_test_photos(dataset: Path, tmp_path: Path) -> None:
    recipe = replace(TINY, backbone="mobilenet_v3_small", epochs=1, size_px=64)
    pictures = [read_picture(photo.path) for photo in read_prepared(dataset).photos["test"]]

    def answers(name: str, seed: int) -> np.ndarray:
        done = run_training(Sources(dataset), tmp_path / name, replace(recipe, seed=seed))
        run("export", done.best, "--out", tmp_path / f"{name}.onnx")
        return Classifier.open(tmp_path / f"{name}.onnx", threads=1).classify(pictures)[0]

    first, again, other = answers("first", 1), answers("again", 1), answers("other", 2)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of a file's size there")
def test_a_full_disk_leaves_the_former_checkpoint(dataset: Path, tmp_path: Path) -> None:
    import resource

    done = run_training(Sources(dataset), tmp_path / "run", replace(TINY, epochs=1))
    before = done.best.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))  # the file system refuses what is beyond
    try:
        with pytest.raises(TrainingError, match="room on the disk"):
            load_checkpoint(done.best).save(done.best)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert done.best.read_bytes() == before
    assert not list((tmp_path / "run").glob("*.part"))


def weights_file(path: Path) -> str:
    import torchvision

    torch.manual_seed(0)
    torch.save(torchvision.models.mobilenet_v3_small(weights=None).state_dict(), path)
    return str(path)


def test_a_first_model_is_there_before_anything_else_is_learned(dataset: Path, tmp_path: Path) -> None:
    seen: list[str] = []

    def first(_checkpoint: object) -> None:
        seen.append("first")
        probs = Classifier.open(tmp_path / "run" / FIRST, threads=1).classify(pictures).probabilities
        assert probs.shape == (len(pictures), 3)
        raise Killed

    pictures = [read_picture(photo.path) for photo in read_prepared(dataset).photos["test"]]
    weights = weights_file(tmp_path / "weights.pth")
    recipe = Recipe(backbone="mobilenet_v3_small", weights=weights, epochs=1, batch_size=4)
    with pytest.raises(Killed):
        run_training(Sources(dataset), tmp_path / "run", recipe, Listener(first=first))
    assert seen == ["first"]
    assert load_checkpoint(tmp_path / "run" / "best.pth").metrics["epoch"] == 0


def test_the_head_alone_tells_what_its_features_tell() -> None:
    torch.manual_seed(0)
    features = torch.randn(200, 8)
    targets = (features[:, 3] > 0).long()
    head = torch.nn.Linear(8, 2)
    fit_head(head, features, targets)
    assert float((head(features).argmax(1) == targets).float().mean()) > 0.93


def test_the_head_tells_no_rounding_errors_apart() -> None:
    torch.manual_seed(0)
    features = 0.6 + 1e-7 * torch.randn(12, 64)
    head = torch.nn.Linear(64, 3)
    fit_head(head, features, torch.arange(12) % 3)
    assert float(head(features).detach().softmax(1).max()) < 0.4


def test_photos_beyond_the_memory_given_are_decoded_when_needed(dataset: Path) -> None:
    from training.samples import load_samples

    prepared = read_prepared(dataset)
    photos = prepared.photos["train"]
    held = load_samples(photos, prepared.classes)
    few = load_samples(photos, prepared.classes, held_mb=60 * 80 * 3 * 5 / 1e6)
    assert sum(sample.held is not None for sample in few) < 6
    assert all(np.array_equal(a.picture, b.picture) for a, b in zip(held, few, strict=True))


def test_a_forgotten_extra_is_named(dataset: Path, tmp_path: Path) -> None:
    run_training(Sources(dataset), tmp_path / "run", replace(TINY, epochs=1))
    (dataset / "training_set" / "red" / "0.jpg").unlink()
    with pytest.raises(UsageError, match="--extra"):
        resume_training(Sources(dataset), tmp_path / "run")


def test_a_run_goes_on_with_its_grounds_only(dataset: Path, tmp_path: Path) -> None:
    table = tmp_path / "labels.csv"
    table.write_text("key,role\nred,background\n", encoding="utf-8")
    with pytest.raises(Killed):
        run_training(Sources(dataset, labels=table), tmp_path / "run", replace(TINY, epochs=2), killed_after(1))
    with pytest.raises(UsageError, match=r"without an animal that the run began with \(red\); found none; .*--labels"):
        resume_training(Sources(dataset), tmp_path / "run")
    assert len(resume_training(Sources(dataset, labels=table), tmp_path / "run").epochs) == 2


def test_a_run_that_was_over_but_its_end_learns_no_more(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    still = replace(TINY, lr=1e-12, epochs=9, patience=2)

    def killed(*_given: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("training.train.fit_head_again", killed)
        with pytest.raises(Killed):
            run_training(Sources(dataset), tmp_path / "run", still)
    before = (tmp_path / "run" / "metrics.csv").read_text()
    resumed = resume_training(Sources(dataset), tmp_path / "run")
    assert len(resumed.epochs) == before.count("\n") - 1 < 9


def test_a_network_of_no_numbers_is_never_kept(dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="--lr"):
        run_training(Sources(dataset), tmp_path / "run", replace(TINY, lr=1e30))
    assert not (tmp_path / "run" / "best.pth").exists()
    assert not (tmp_path / "run" / NAME).exists()


def test_what_was_learned_before_the_numbers_were_lost_is_kept(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn, notes = Lesson.epoch, []

    def spoiled(lesson: Lesson, number: int) -> tuple[float, float]:
        done = learn(lesson, number)
        if number == 2:
            for weights in lesson.average.parameters():
                weights.data.fill_(float("nan"))
        return done

    monkeypatch.setattr(Lesson, "epoch", spoiled)
    done = run_training(Sources(dataset), tmp_path / "run", TINY, Listener(note=notes.append))
    assert [epoch.epoch for epoch in done.epochs] == [1, 2]
    assert "epoch 2 ended with a loss that is no number" in notes[-1]
    assert load_checkpoint(done.best).metrics["epoch"] == 1
