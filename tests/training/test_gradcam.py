"""Where a network looks."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")

import torch

from edge.model.contract import Preprocessing
from tests.training.conftest import picture
from training.backbones import BACKBONES
from training.checkpoint import Checkpoint
from training.gradcam import look
from training.network import Network


def checkpoint(backbone: str) -> Checkpoint:
    torch.manual_seed(0)
    network = Network(backbone, 3)
    return Checkpoint(
        backbone=backbone, classes=("red", "green", "blue"), size_px=224, state=network.state_dict(),
        pads_like="torchvision", temperature=1.0, unknown_below=0.0,
    )  # fmt: skip


@pytest.mark.parametrize("backbone", [name for name in BACKBONES if name != "resnet50"])
def test_every_network_can_be_asked(backbone: str) -> None:
    found = look(checkpoint(backbone), picture(1), "green")
    assert found.label == "green"
    assert found.seen.shape == found.picture().shape == (224, 224, 3)
    assert found.heat.shape == (224, 224)
    assert 0 <= found.heat.min() <= found.heat.max() <= 1
    assert found.probabilities.sum() == pytest.approx(1, abs=1e-5)


class Reddest(torch.nn.Module):
    """Its score for red is the mean of red, and so on: what speaks for a class is known."""

    def __init__(self) -> None:
        super().__init__()
        self.scale, self.shift = torch.ones(1), torch.zeros(1)
        self.features = torch.nn.Sequential(torch.nn.AvgPool2d(32))
        self.neck = torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten())
        self.dropout, self.head = torch.nn.Identity(), torch.nn.Identity()


def test_hot_is_what_speaks_for_the_class_that_is_asked_about() -> None:
    canvas = np.zeros((224, 224, 3), np.uint8)
    canvas[32:96, 32:96, 2] = 255
    canvas[128:192, 128:192, 0] = 255
    classes = ("red", "green", "blue")
    made = SimpleNamespace(network=Reddest, classes=classes, preprocessing=Preprocessing(), temperature=1.0)
    red, blue = (look(cast(Checkpoint, made), canvas, label).heat for label in ("red", "blue"))
    assert red[:112, :112].max() == pytest.approx(1, abs=0.02)
    assert blue[112:, 112:].max() == pytest.approx(1, abs=0.02)
    assert red[128:, 128:].max() == blue[:96, :96].max() == 0, "a blue thing says nothing for red"


def test_what_the_network_gets_is_shown_in_its_colours() -> None:
    red = np.zeros((224, 224, 3), np.uint8)
    red[:, :, 2] = 200
    seen = look(checkpoint("lenet5"), red).seen
    assert np.abs(seen.astype(int) - red).max() <= 1


def test_a_class_that_it_does_not_have_is_answered_with_its_answer() -> None:
    found = look(checkpoint("lenet5"), picture(2), "absent")
    assert found.label == ("red", "green", "blue")[int(found.probabilities.argmax())]
