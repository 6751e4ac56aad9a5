"""A narrower network: what is cut is what matters least, and the rest runs, trains and is exported as before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")
pytest.importorskip("onnx")

from edge.model.classifier import Classifier  # noqa: E402
from tests.training.conftest import COLOURS  # noqa: E402
from tests.training.test_train import make, run  # noqa: E402
from training.checkpoint import Checkpoint, load_checkpoint  # noqa: E402
from training.errors import UsageError  # noqa: E402
from training.network import Network  # noqa: E402
from training.recipe import Trained  # noqa: E402
from training.slim import slim  # noqa: E402

CLASSES = tuple(COLOURS)


@pytest.fixture
def checkpoint() -> Checkpoint:
    """With TensorFlow's padding, as the bundled model has it, and norms that differ from channel to channel."""
    torch.manual_seed(0)
    network = Network("mobilenet_v2", 3, "tensorflow")
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
    return Checkpoint("mobilenet_v2", CLASSES, network.state_dict(), 224, 1.0, 0.3, "tensorflow")


def test_half_of_the_inner_channels_are_left(checkpoint: Checkpoint) -> None:
    slimmed = slim(replace(checkpoint, familiar={"prototypes": 1}), 0.5)
    assert slimmed.familiar == {}, "it no longer sees what they were made of"
    assert slimmed.state["features.5.conv.0.0.weight"].shape[0] == 96
    assert slimmed.state["features.5.conv.2.weight"].shape == (32, 96, 1, 1)
    assert checkpoint.state["features.5.conv.0.0.weight"].shape[0] == 192
    count = [sum(value.numel() for value in one.state.values()) for one in (slimmed, checkpoint)]
    assert count[0] < 0.7 * count[1]


def test_channels_that_add_nothing_go_first_and_nothing_changes(checkpoint: Checkpoint) -> None:
    state = {key: value.clone() for key, value in checkpoint.state.items()}
    for block in range(2, 18):
        state[f"features.{block}.conv.2.weight"][:, 1::2] = 0  # every other inner channel leads nowhere
    idle = replace(checkpoint, state=state)
    x = torch.randn(1, 3, 96, 96)
    with torch.inference_mode():
        whole, narrow = idle.network()(x)[0], slim(idle, 0.5).network()(x)[0]
    assert torch.allclose(whole, narrow, atol=1e-4)


def test_another_backbone_is_refused(checkpoint: Checkpoint) -> None:
    with pytest.raises(UsageError, match="mobilenet_v2"):
        slim(replace(checkpoint, backbone="resnet18"), 0.5)


def test_the_command_trains_measures_and_exports(
    checkpoint: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.side_by_side.TURNS", 2)
    make(tmp_path / "set", COLOURS)
    checkpoint.save(tmp_path / "best.pth")
    arguments = [tmp_path / "best.pth", tmp_path / "set", "--out", tmp_path / "run", "--keep", 0.3, "--epochs", 1]
    output = run("slim", *arguments, "--anyway")
    assert "ms a photo, 1 threads" in output
    assert not (tmp_path / "run" / "before.onnx").exists()
    assert Classifier.open(tmp_path / "run" / "slim.onnx").card.labels[0].key == CLASSES[0]
    assert (tmp_path / "run" / "slim.onnx").stat().st_size < 7e6
    learned = load_checkpoint(tmp_path / "run" / "best.pth")
    assert learned.state["features.5.conv.0.0.weight"].shape[0] == 56
    assert learned.provenance["started_from"]["slimmed_to"] == 0.3
    assert "a new folder" in run("slim", *arguments, code=2)


def test_what_does_not_fit_is_refused_before_anything_is_learned(checkpoint: Checkpoint, tmp_path: Path) -> None:
    """So that the corrected command finds no folder in its way."""
    checkpoint.save(tmp_path / "best.pth")
    make(tmp_path / "set", COLOURS, count=1)
    other = make(tmp_path / "other", {"leaf": COLOURS["green"], "slug": COLOURS["red"]}, count=1)
    bare = make(tmp_path / "bare", COLOURS, count=1)
    for photo in (bare / "val_set").rglob("*.jpg"):
        photo.unlink()
    words = ["slim", tmp_path / "best.pth", "--out", tmp_path / "run", "--epochs", 1]
    assert "a set of the classes red, green, blue" in run(*words, other, code=1)
    assert "photos that check a training" in run(*words, bare, code=1)
    run(*words, tmp_path / "mistyped", code=2)
    run(*words, tmp_path / "set", "--labels", tmp_path / "absent.csv", code=2)
    assert not (tmp_path / "run").exists()


def test_ctrl_c_keeps_the_network_and_measures_nothing(
    checkpoint: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path / "set", COLOURS, count=1)
    checkpoint.save(tmp_path / "best.pth")
    stopped = Trained([], tmp_path / "best.pth", 0.75, True)
    monkeypatch.setattr("training.run.run_training", lambda *_given, **_more: stopped)
    output = run("slim", tmp_path / "best.pth", tmp_path / "set", "--out", tmp_path / "run", code=130)
    assert "stopped; the best network so far is kept" in output
    assert not (tmp_path / "run" / "slim.onnx").exists()


def test_the_folder_that_a_full_disk_left_empty_is_free(
    checkpoint: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_given: object) -> None:
        raise RuntimeError("No space left on device")

    make(tmp_path / "set", COLOURS, count=1)
    checkpoint.save(tmp_path / "best.pth")
    words = ["slim", tmp_path / "best.pth", tmp_path / "set", "--out", tmp_path / "run"]
    with monkeypatch.context() as full:
        full.setattr("torch.save", no_room)
        assert "make room on the disk" in run(*words, code=1)
    stopped = Trained([], tmp_path / "best.pth", 0.75, True)
    monkeypatch.setattr("training.run.run_training", lambda *_given, **_more: stopped)
    assert "stopped" in run(*words, code=130)
