"""The networks to choose from, nearly all torchvision's, cut in front of their last layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
import torchvision
from torch import Tensor, nn

from edge.model.contract import IMAGENET_MEAN, IMAGENET_STD
from training import efficientnet
from training.errors import UsageError
from training.language import _

XEDU_NAME = "MobileNet"
"""The `modelname` by which XEduHub chooses its preprocessing, of those that it knows; it takes nothing else from it."""


@dataclass(frozen=True, slots=True)
class Backbone:
    """How to build one network, and what is known of it."""

    build: Callable[[], tuple[nn.Sequential, nn.Module]]
    """Blocks that give a map of features, and what makes (N, embedding) of that map."""
    embedding: int
    first_blocks: int
    """So many blocks see edges and colours only; they are left as the start weights have them."""
    xedu: str = XEDU_NAME
    """To a LeNet XEduHub gives (N, 1, 32, 32), which our file takes too (training/graph.py)."""
    imagenet: str | None = None
    """torchvision's name for its weights. V1 where there are two: the newer recipes raise ImageNet's own figure, by
    label smoothing and mixed pictures, and leave features that carry less of other kinds (Kornblith et al. 2021,
    "Why do better loss functions lead to less transferable features?")."""
    keys: tuple[tuple[str, str], ...] = (("features.", "features."),)
    """How the keys of its weights begin, and ours."""
    package: Callable[[], Path] | None = None
    """Gives the file of ImageNet's weights, where an installed package brings them."""
    pixels: tuple[float, float] | None = None
    """What its weights take away from a pixel's 0 to 255 and divide it by, where they come from TensorFlow, which also
    pads otherwise than torch; None: ImageNet's mean and deviation."""


class Grey32(nn.Module):
    """(N, 1, 32, 32) of contract input, grey and normalised as in MMEdu's LeNet pipeline.

    224 pixels are averaged by sevens, so that no fine pattern turns into noise.
    """

    weight: Tensor
    bias: Tensor

    def __init__(self) -> None:
        super().__init__()
        luma, std = torch.tensor([0.2989, 0.5870, 0.1140]), torch.tensor(IMAGENET_STD)
        mean, grey_mean, grey_std = torch.tensor(IMAGENET_MEAN), 33.46, 78.87  # the grey ones are BaseDT's for LeNet
        self.register_buffer("weight", (luma * std / grey_std).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("bias", ((luma * mean).sum() - grey_mean).view(1) / grey_std, persistent=False)
        self.shrink = nn.AdaptiveAvgPool2d(32)

    def forward(self, x: Tensor) -> Tensor:
        grey: Tensor = self.shrink(torch.nn.functional.conv2d(x, self.weight, self.bias))
        return grey


def _pooled() -> nn.Module:
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())


def _mobilenet_v2() -> tuple[nn.Sequential, nn.Module]:
    return torchvision.models.mobilenet_v2(weights=None).features, _pooled()


def _mobilenet_v3(name: str) -> tuple[nn.Sequential, nn.Module]:
    whole = torchvision.models.get_model(name, weights=None)
    return whole.features, nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), *whole.classifier[:2])


def _efficientnet_lite(number: int, stages: tuple[efficientnet.Stage, ...]) -> Backbone:
    return Backbone(
        lambda: (efficientnet.blocks_of(stages), _pooled()),
        efficientnet.EMBEDDING,
        4,
        package=partial(efficientnet.package_weights, number),
        pixels=(127, 128),
        keys=efficientnet.package_keys(stages),
    )


def _resnet(name: str) -> tuple[nn.Sequential, nn.Module]:
    whole = torchvision.models.get_model(name, weights=None)
    first = (whole.conv1, whole.bn1, whole.relu, whole.maxpool)
    return nn.Sequential(*first, whole.layer1, whole.layer2, whole.layer3, whole.layer4), _pooled()


def _alexnet() -> tuple[nn.Sequential, nn.Module]:
    whole = torchvision.models.alexnet(weights=None)
    return whole.features, nn.Sequential(nn.AdaptiveAvgPool2d(6), nn.Flatten(), *whole.classifier[:6])


def _lenet5() -> tuple[nn.Sequential, nn.Module]:
    """LeCun et al. 1998, as MMEdu builds it: tanh, average pooling."""
    first = (nn.Conv2d(1, 6, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2))
    neck = nn.Sequential(nn.Flatten(), nn.Linear(120, 84), nn.Tanh())
    return nn.Sequential(Grey32(), *first, nn.Conv2d(16, 120, 5), nn.Tanh()), neck


_RESNET_KEYS = (
    ("conv1.", "features.0."),
    ("bn1.", "features.1."),
    *((f"layer{i}.", f"features.{i + 3}.") for i in range(1, 5)),
)
_V3_KEYS = (("features.", "features."), ("classifier.0.", "neck.2."))
_ALEX_KEYS = (("features.", "features."), ("classifier.1.", "neck.3."), ("classifier.4.", "neck.6."))

BACKBONES = {
    "mobilenet_v2": Backbone(_mobilenet_v2, 1280, 4, imagenet="MobileNet_V2_Weights.IMAGENET1K_V1"),
    "mobilenet_v3_small": Backbone(
        lambda: _mobilenet_v3("mobilenet_v3_small"),
        1024,
        3,
        imagenet="MobileNet_V3_Small_Weights.IMAGENET1K_V1",
        keys=_V3_KEYS,
    ),
    "mobilenet_v3_large": Backbone(
        lambda: _mobilenet_v3("mobilenet_v3_large"),
        1280,
        4,
        imagenet="MobileNet_V3_Large_Weights.IMAGENET1K_V1",
        keys=_V3_KEYS,
    ),
    "efficientnet_lite0": _efficientnet_lite(0, efficientnet.LITE0),
    "efficientnet_lite2": _efficientnet_lite(2, efficientnet.LITE2),
    "resnet18": Backbone(
        lambda: _resnet("resnet18"), 512, 5, "ResNet18", "ResNet18_Weights.IMAGENET1K_V1", _RESNET_KEYS
    ),
    "resnet50": Backbone(
        lambda: _resnet("resnet50"), 2048, 5, "ResNet50", "ResNet50_Weights.IMAGENET1K_V1", _RESNET_KEYS
    ),
    "alexnet": Backbone(_alexnet, 4096, 3, imagenet="AlexNet_Weights.IMAGENET1K_V1", keys=_ALEX_KEYS),
    "lenet5": Backbone(_lenet5, 84, 0, "LeNet"),
}


def backbone_named(name: str) -> Backbone:
    """Raises UsageError for one that is not there."""
    if name not in BACKBONES:
        found = _("backbone {name}").format(name=name)
        raise UsageError(", ".join(BACKBONES), found, _("choose one of these"))
    return BACKBONES[name]
