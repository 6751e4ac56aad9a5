"""The last step of a training: the head once more."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs PyTorch: pip install -e '.[training]'")

from tests.training.conftest import COLOURS  # noqa: E402
from tests.training.test_train import make, run  # noqa: E402
from training.checkpoint import Checkpoint, load_checkpoint  # noqa: E402
from training.finish import ask, calibrated, fit_head_again, score  # noqa: E402
from training.layout import read_prepared  # noqa: E402
from training.network import Network  # noqa: E402
from training.recipe import Recipe  # noqa: E402
from training.samples import TrainingSamples, load_samples  # noqa: E402

RECIPE = Recipe(size_px=70)


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return make(tmp_path / "set", {"leaf": COLOURS["green"], "slug": COLOURS["red"]}, count=4)


def test_the_head_learns_what_the_network_sees_and_the_rest_stays(dataset: Path) -> None:
    torch.manual_seed(1)
    network = Network("mobilenet_v2", 2).eval()
    before = {key: value.clone() for key, value in network.state_dict().items()}
    prepared = read_prepared(dataset)
    samples = TrainingSamples(load_samples(prepared.photos["train"], prepared.classes), 70, 0, ())
    done = fit_head_again(network, samples, RECIPE)
    asked = ask(done, load_samples(prepared.photos["val"], prepared.classes), RECIPE)
    assert score(asked)[0] == 1.0
    assert all(torch.equal(before[key], value) for key, value in network.state_dict().items())
    changed = {key for key, value in done.state_dict().items() if not torch.equal(before[key], value)}
    assert changed == {"head.weight", "head.bias"}


def test_a_run_ends_with_it(tmp_path: Path, dataset: Path) -> None:
    """A head that names all wrong, and a learning rate of nothing, so that the epoch itself brings nothing."""
    torch.manual_seed(1)
    network = Network("lenet5", 2)
    start = Checkpoint("lenet5", ("leaf", "slug"), network.state_dict(), 224, 1.0, 0.5)
    prepared = read_prepared(dataset)
    samples = TrainingSamples(load_samples(prepared.photos["train"], prepared.classes), 224, 0, ())
    done = fit_head_again(network.eval(), samples, Recipe())
    done.head.weight.data.neg_()
    done.head.bias.data.neg_()
    replace(start, state=done.state_dict()).save(tmp_path / "wrong.pth")
    words = [
        "--backbone",
        "lenet5",
        "--checkpoint",
        tmp_path / "wrong.pth",
        "--epochs",
        1,
        "--lr",
        1e-9,
        "--batch-size",
        2,
        "--workers",
        0,
    ]
    output = run("train", dataset, "--out", tmp_path / "run", *words)
    told = re.search(r"the head, fitted once more, names ([\d.]+) of whole and small .* before, ([\d.]+)", output)
    assert told is not None
    assert float(told[1]) > 0.8 > 0.2 > float(told[2])
    kept = load_checkpoint(tmp_path / "run" / "best.pth")
    assert f"best validation accuracy {kept.metrics['val_accuracy']:.3f}" in output
    assert kept.metrics["epoch"] == 1


def test_more_right_answers_are_better_then_surer_ones() -> None:
    right = np.array([0, 1])
    sure, unsure, wrong = (
        np.array(each, np.float32) for each in ([[9, 0], [0, 9]], [[1, 0], [0, 1]], [[0, 9], [0, 9]])
    )
    assert score([(sure, right)]) > score([(unsure, right)]) > score([(wrong, right)])


def test_confidence_is_fitted_on_small_photos_too(dataset: Path) -> None:
    prepared = read_prepared(dataset)
    from tests.training.test_average import checkpoint

    plain = checkpoint(1)
    sure = np.tile(np.array([[4.0, 0.0]], np.float32), (12, 1))
    right, half = np.zeros(12, np.int64), np.arange(12) % 2
    alone = calibrated(plain, plain.network(), [(sure, right)])
    both = calibrated(plain, plain.network(), [(sure, right), (sure, half)])
    assert both.temperature > alone.temperature
    assert both.metrics["val_accuracy"] == alone.metrics["val_accuracy"] == 1.0
    assert prepared.classes == plain.classes
