"""An exported model is read back whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")

from edge.model.labels import Label  # noqa: E402
from tests.training.conftest import COLOURS  # noqa: E402
from tests.training.test_train import make, run  # noqa: E402
from training.average import average  # noqa: E402
from training.checkpoint import Checkpoint, load_checkpoint  # noqa: E402
from training.errors import UsageError  # noqa: E402
from training.export import export  # noqa: E402
from training.familiar import Familiar  # noqa: E402
from training.labels import labels_for  # noqa: E402
from training.network import Network, batch_norms_are_folded, fold_batch_norms  # noqa: E402

CLASSES = ("leaf", "slug")


def learned(seed: int, pads_like: str = "tensorflow", backbone: str = "mobilenet_v2") -> Checkpoint:
    """A network with batch norms that have seen something."""
    torch.manual_seed(seed)
    network = Network(backbone, len(CLASSES), pads_like).train()
    with torch.no_grad():
        for _step in range(3):
            network(torch.randn(4, 3, 70, 70) * 2 + 1)
    state = {key: value.clone() for key, value in network.state_dict().items()}
    return Checkpoint(backbone, CLASSES, state, 70, temperature=1.3, unknown_below=0.4, pads_like=pads_like)


@pytest.mark.parametrize("pads_like", ["tensorflow", "torchvision"])
def test_it_answers_and_sees_as_the_file_does(tmp_path: Path, pads_like: str) -> None:
    familiar = Familiar(np.random.default_rng(0).random((5, 1280), np.float32), (1,), 0.25)
    given = replace(learned(1, pads_like), familiar=familiar.kept())
    labels = (Label("leaf", "leaf", "叶", role="background"), Label("slug", "slug", "蛞蝓"))  # not what was learned
    export(given, labels, tmp_path / "model.onnx")
    read = load_checkpoint(tmp_path / "model.onnx")
    assert (read.classes, read.temperature, read.unknown_below) == (CLASSES, pytest.approx(1.3), 0.4)
    assert read.pads_like == pads_like
    assert (read.familiar["grounds"], read.familiar["strange_below"]) == ([1], 0.25)
    np.testing.assert_array_equal(read.familiar["prototypes"], familiar.prototypes)
    x = torch.randn(2, 3, 70, 70)
    with torch.inference_mode():
        logits, embedding = read.network()(x)
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"), providers=["CPUExecutionProvider"])
    probs, seen = session.run(["probs", "embedding"], {"input": x.numpy()})
    np.testing.assert_allclose(torch.softmax(logits / 1.3, 1), probs, atol=1e-4)
    np.testing.assert_allclose(embedding, seen, atol=1e-3)


def test_folding_changes_nothing_of_what_is_computed() -> None:
    network = learned(2).network()
    x = torch.randn(2, 3, 70, 70)
    with torch.inference_mode():
        before = network(x)[1]
        fold_batch_norms(network)
        torch.testing.assert_close(network(x)[1], before, atol=1e-4, rtol=1e-3)
    assert batch_norms_are_folded(network)


def test_a_training_goes_on_from_a_model_file(tmp_path: Path) -> None:
    dataset = make(tmp_path / "set", {"leaf": COLOURS["green"], "slug": COLOURS["red"]}, count=6)
    model, best = tmp_path / "model.onnx", tmp_path / "run" / "best.pth"
    export(replace(learned(1), size_px=224), labels_for(CLASSES, None), model)
    words = ["--checkpoint", model, "--epochs", 1, "--batch-size", 4, "--workers", 0]
    run("train", dataset, "--out", tmp_path / "run", *words)
    run("average", model, best, "--dataset", dataset, "--out", tmp_path / "mean.pth")
    assert load_checkpoint(tmp_path / "mean.pth").classes == CLASSES


def test_the_mean_of_a_folded_and_an_unfolded_network_lies_between_them(tmp_path: Path) -> None:
    dataset = make(tmp_path / "set", {"leaf": COLOURS["green"], "slug": COLOURS["red"]}, count=2)
    plain = learned(1)
    network = plain.network()
    fold_batch_norms(network)
    plain.save(tmp_path / "plain.pth")
    replace(plain, state=network.state_dict()).save(tmp_path / "folded.pth")
    mean = average([tmp_path / "plain.pth", tmp_path / "folded.pth"], dataset).network()
    x = torch.randn(2, 3, 70, 70)
    with torch.inference_mode():  # of twice the same network, it is that network
        torch.testing.assert_close(mean(x)[1], network(x)[1], atol=1e-4, rtol=1e-3)


def test_another_network_is_refused_by_name(tmp_path: Path) -> None:
    export(learned(1, "torchvision", "mobilenet_v3_small"), labels_for(CLASSES, None), tmp_path / "model.onnx")
    output = run("export", tmp_path / "model.onnx", "--out", tmp_path / "again.onnx", code=2)
    assert "mobilenet_v3_small" in output


def test_a_file_of_several_networks_says_that_it_is_none_to_go_on_from(tmp_path: Path) -> None:
    export(replace(learned(1), provenance={"ensemble_of": []}), labels_for(CLASSES), tmp_path / "model.onnx")
    with pytest.raises(UsageError, match="one of their trainings"):
        load_checkpoint(tmp_path / "model.onnx")
