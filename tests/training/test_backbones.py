"""Every backbone learns, is exported, and runs in the device's own classifier."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")
onnx = pytest.importorskip("onnx")
import torchvision  # noqa: E402

from edge.model.classifier import Classifier  # noqa: E402
from edge.model.contract import XEDU_KEY  # noqa: E402
from tests.training.conftest import picture  # noqa: E402
from training import train_commands  # noqa: E402
from training.backbones import BACKBONES  # noqa: E402
from training.checkpoint import Checkpoint  # noqa: E402
from training.errors import UsageError  # noqa: E402
from training.export import Exported, export  # noqa: E402
from training.labels import labels_for  # noqa: E402
from training.network import Network, load_start_weights, start_weights_of  # noqa: E402
from training.recipe import LEARNING_RATES, Recipe  # noqa: E402
from training.schedule import freeze_first_blocks, in_train_mode, optimizer_for  # noqa: E402

CLASSES = ("ant", "bee")
PRETRAINED = [name for name, backbone in BACKBONES.items() if backbone.imagenet]
BEGUN = [*PRETRAINED, "efficientnet_lite0", "efficientnet_lite2"]


def a_checkpoint(name: str) -> Checkpoint:
    torch.manual_seed(0)
    return Checkpoint(name, CLASSES, Network(name, 2).state_dict(), 224, 1.0, 0.3)


@pytest.mark.parametrize("name", BACKBONES)
def test_the_exported_file_follows_contract_1_and_agrees_with_torch(name: str, tmp_path: Path) -> None:
    checkpoint = a_checkpoint(name)
    export(checkpoint, labels_for(CLASSES), tmp_path / "model.onnx")
    model = onnx.load(str(tmp_path / "model.onnx"))
    assert model.opset_import[0].version <= 17
    assert model.ir_version <= 8
    known_as = {entry.key: entry.value for entry in model.metadata_props}[XEDU_KEY]
    expected = {"resnet18": "ResNet18", "resnet50": "ResNet50", "lenet5": "LeNet"}
    assert json.loads(known_as)["modelname"] == expected.get(name, "MobileNet")
    classifier = Classifier.open(tmp_path / "model.onnx", threads=1)
    pictures = [picture(i, (40, 90, 200)) for i in range(2)]
    probs, vectors, _familiarity = classifier.classify(pictures)
    x = torch.from_numpy(np.stack([classifier.card.preprocessing(p) for p in pictures]))
    with torch.inference_mode():
        ours, embedding = Exported(checkpoint.network(), 1.0).eval()(x)
    assert probs == pytest.approx(ours.numpy(), abs=1e-4)
    assert vectors == pytest.approx(embedding.numpy(), abs=1e-2)


def test_a_lenet_also_takes_the_grey_picture_that_xeduhub_gives_it(tmp_path: Path) -> None:
    """XEduHub: grey by 0.2989 R + 0.587 G + 0.114 B, squashed to 32 px, minus 33.46 over 78.87."""
    export(a_checkpoint("lenet5"), labels_for(CLASSES), tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"), providers=["CPUExecutionProvider"])
    blocks = np.random.default_rng(0).integers(0, 256, (32, 32, 3)).astype(np.float32)  # BGR
    pixels = blocks.repeat(7, 0).repeat(7, 1)[None].transpose(0, 3, 1, 2)[:, ::-1]
    colour = (pixels - np.reshape([123.675, 116.28, 103.53], (3, 1, 1))) / np.reshape(
        [58.395, 57.12, 57.375], (3, 1, 1)
    )
    grey = (blocks @ np.array([0.1140, 0.5870, 0.2989]) - 33.46) / 78.87
    of_colour = session.run(None, {"input": colour.astype(np.float32)})[0]
    of_grey = session.run(None, {"input": grey[None, None].astype(np.float32)})[0]
    assert of_grey == pytest.approx(of_colour, abs=1e-4)


@pytest.mark.parametrize("name", PRETRAINED)
def test_imagenet_weights_come_through_torchvision_and_give_its_function(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up to the download itself: the state that torchvision would fetch is given here."""
    torch.manual_seed(1)
    theirs = torchvision.models.get_model(name, weights=None).eval()
    asked: list[Any] = []

    def fetch(weights: object, *_args: object, **_more: object) -> dict[str, Any]:
        asked.append(weights)
        return dict(theirs.state_dict())

    weights = torchvision.models.get_weight(BACKBONES[name].imagenet)
    monkeypatch.setattr(type(weights), "get_state_dict", fetch)
    network = Network(name, 1000).eval()
    load_start_weights(network, "imagenet")
    assert asked == [weights]
    last = theirs.fc if hasattr(theirs, "fc") else theirs.classifier[-1]
    network.head.load_state_dict(last.state_dict())
    x = torch.randn(1, 3, 224, 224)
    with torch.inference_mode():
        assert torch.allclose(network(x)[0], theirs(x), atol=1e-4)


def test_no_network_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_args: object, **_more: object) -> None:
        raise OSError("Name or service not known")

    monkeypatch.setattr(torchvision.models.ResNet18_Weights, "get_state_dict", unreachable)
    with pytest.raises(UsageError, match="--weights with a file"):
        load_start_weights(Network("resnet18", 2), "imagenet")


def test_lenet_begins_from_nothing_unless_asked(tmp_path: Path) -> None:
    assert start_weights_of("lenet5", None) == "none"
    assert start_weights_of("resnet18", None) == "imagenet"
    with pytest.raises(UsageError, match="--weights none"):
        load_start_weights(Network("lenet5", 2), "imagenet")


def test_weights_of_another_network_change_nothing(shared: Path) -> None:
    network = Network("mobilenet_v3_small", 2)
    file = shared / "data" / "weights" / "mobilenet_v2_imagenet_ptq_torchvision_keys.npz"
    with pytest.raises(UsageError, match="mobilenet_v3_small"):
        load_start_weights(network, str(file))
    assert network.pads_like == "torchvision"


@pytest.mark.parametrize("optimizer", LEARNING_RATES)
@pytest.mark.parametrize("name", ["lenet5", "mobilenet_v3_small"])
def test_every_optimizer_learns_a_batch_by_heart_at_its_own_rate(name: str, optimizer: str) -> None:
    torch.manual_seed(0)
    network = Network(name, 2, dropout=0.0)
    x = torch.randn(8, 3, 64, 64)
    x[4:] += 2
    y = torch.tensor([0] * 4 + [1] * 4)
    steps = optimizer_for(network, Recipe(optimizer=optimizer, weights="none"))
    losses = []
    for _ in range(100 if name == "lenet5" else 20):
        loss = torch.nn.functional.cross_entropy(in_train_mode(network, norms_stay=False)(x)[0], y)
        steps.zero_grad()
        loss.backward()
        steps.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.8 * losses[0]


@pytest.mark.parametrize("name", BEGUN)
def test_the_first_blocks_stay_as_the_start_weights_have_them(name: str) -> None:
    network = Network(name, 2)
    freeze_first_blocks(network)
    frozen = [key for key, value in network.named_parameters() if not value.requires_grad]
    assert frozen
    assert all(key.startswith("features.") for key in frozen)
    before = {key: value.clone() for key, value in network.state_dict().items()}
    in_train_mode(network, norms_stay=True)(torch.randn(2, 3, 64, 64))
    after = network.state_dict()
    first = tuple(f"features.{i}." for i in range(BACKBONES[name].first_blocks))
    assert all(torch.equal(before[key], after[key]) for key in before if key.startswith(first))


@pytest.mark.parametrize("name", BEGUN)
def test_norms_keep_the_statistics_of_the_start_while_the_rest_learns(name: str) -> None:
    network = Network(name, 2)
    before = {key: value.clone() for key, value in network.state_dict().items()}
    steps = optimizer_for(network, Recipe(weights="a file"))
    in_train_mode(network, norms_stay=True)(torch.randn(2, 3, 64, 64) + 3)[0].sum().backward()
    steps.step()
    after = network.state_dict()
    assert all(torch.equal(before[key], after[key]) for key in before if "running_" in key)
    assert any(not torch.equal(before[key], after[key]) for key in before if key.endswith(".weight"))
    in_train_mode(network, norms_stay=False)(torch.randn(2, 3, 64, 64) + 3)
    assert name == "alexnet" or any(not torch.equal(after[key], before[key]) for key in before if "running_" in key)


def test_the_command_offers_what_there_is() -> None:
    assert tuple(BACKBONES) == train_commands.BACKBONE_NAMES
    assert sorted(train_commands.OPTIMIZERS) == sorted(LEARNING_RATES)
