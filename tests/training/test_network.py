"""Start weights of other origin give the function they were trained to be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")
import torchvision  # noqa: E402

from training.batches import normal  # noqa: E402
from training.errors import UsageError  # noqa: E402
from training.network import (  # noqa: E402
    Network,
    batch_norms_are_folded,
    load_start_weights,
    unfold_batch_norms,
)


@pytest.fixture(scope="module")
def folded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MobileNetV2's keys with random weights and norms that only add, as a converter leaves them."""
    torch.manual_seed(0)
    state = torchvision.models.mobilenet_v2(num_classes=7).state_dict()
    for key, value in state.items():
        if key.endswith("running_var"):
            value.fill_(0.99999)
        elif key.endswith(".bias") and key.startswith("features"):
            value.normal_(0.3, 0.2)
    path = tmp_path_factory.mktemp("weights") / "folded.npz"
    np.savez(path, **{key: value.numpy() for key, value in state.items()})
    return path


def test_pixels_reach_folded_weights_as_they_were_trained(folded: Path) -> None:
    network = Network("mobilenet_v2", 3)
    load_start_weights(network, str(folded))
    pixels = torch.randint(0, 256, (2, 3, 64, 64), dtype=torch.uint8)
    seen = normal(pixels) * network.scale + network.shift
    assert torch.allclose(seen, pixels.float() / 127.5 - 1, atol=1e-5)


def test_stride_two_pads_right_and_bottom_only_as_tensorflow_does(folded: Path) -> None:
    network = Network("mobilenet_v2", 3)
    load_start_weights(network, str(folded))
    x = torch.randn(1, 3, 32, 32)
    first = network.features[0][0]
    padded = torch.nn.functional.pad(x, (0, 1, 0, 1))
    assert torch.equal(first(x), torch.nn.functional.conv2d(padded, first.weight, stride=2))
    again = Network("mobilenet_v2", 3, network.pads_like)
    again.load_state_dict(network.state_dict())
    assert torch.equal(again.eval()(x)[1], network.eval()(x)[1])


def test_unfolding_measures_statistics_and_changes_nothing(folded: Path) -> None:
    network = Network("mobilenet_v2", 3)
    load_start_weights(network, str(folded))
    assert batch_norms_are_folded(network)
    batches = [torch.randn(8, 3, 64, 64) for _ in range(2)]
    with torch.inference_mode():
        before = network.eval()(batches[0])[1]
    unfold_batch_norms(network, batches)
    with torch.inference_mode():
        after = network.eval()(batches[0])[1]
    assert torch.allclose(before, after, atol=1e-4 * float(before.abs().max()))
    assert not batch_norms_are_folded(network)
    # With real statistics, train mode on the same pictures nearly agrees with eval mode.
    network.features.train()
    norm = network.features[0][1]
    z = network.features[0][0](torch.cat(batches) * network.scale + network.shift)
    assert torch.allclose(norm.running_mean, z.mean((0, 2, 3)), atol=1e-3)


def test_imagenet_weights_come_through_torchvision(monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to the download itself: the state that torchvision would fetch is given here."""
    state = torchvision.models.mobilenet_v2().state_dict()
    asked: list[object] = []

    def fetch(weights: object, *_args: object, **_more: object) -> dict[str, torch.Tensor]:
        asked.append(weights)
        return dict(state)

    monkeypatch.setattr(torchvision.models.MobileNet_V2_Weights, "get_state_dict", fetch)
    network = Network("mobilenet_v2", 3)
    load_start_weights(network, "imagenet")
    assert asked == [torchvision.models.MobileNet_V2_Weights.IMAGENET1K_V1]
    assert torch.equal(network.features[0][0].weight, state["features.0.0.weight"])
    assert bool((network.scale == 1).all())
    assert network.pads_like == "torchvision"


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    torch.save(torchvision.models.resnet18().state_dict(), tmp_path / "resnet.pth")
    with pytest.raises(UsageError, match="mobilenet_v2"):
        load_start_weights(Network("mobilenet_v2", 3), str(tmp_path / "resnet.pth"))


@pytest.mark.parametrize("name", ["bad.npz", "bad.pth", "absent.pth"])
def test_damaged_or_absent_weights_are_refused(tmp_path: Path, name: str) -> None:
    if name.startswith("bad"):
        (tmp_path / name).write_bytes(b"no weights")
    with pytest.raises(UsageError, match=name):
        load_start_weights(Network("mobilenet_v2", 3), str(tmp_path / name))


def test_an_unknown_backbone_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="mobilenet_v2"):
        Network("vgg", 3)
