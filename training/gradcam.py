"""Where in a picture a network finds what speaks for a class.

Grad-CAM (Selvaraju et al. 2017): the last maps of features, weighted by how much the class's score grows with each.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from edge.model.contract import Preprocessing
from training.checkpoint import Checkpoint
from training.pictures import Picture

LEAST_PX = 4
"""A map of fewer rows says nothing of places: LeNet's last has one."""
BLEND = 0.5
"""Picture and colours are both still seen."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """`seen` is the square that the network gets, (H, W, 3) BGR; `heat` (H, W) is 0 to 1; `probabilities` are as the
    classes of the checkpoint; `label` is the class that is asked about."""

    seen: Picture
    heat: NDArray[np.float32]
    probabilities: NDArray[np.float32]
    label: str

    def picture(self) -> Picture:
        """What speaks for the class is red, the rest blue."""
        colours = cv2.applyColorMap((255 * self.heat).astype(np.uint8), cv2.COLORMAP_JET)
        return np.asarray(cv2.addWeighted(self.seen, 1 - BLEND, colours, BLEND, 0), np.uint8)


def look(checkpoint: Checkpoint, picture: Picture, label: str | None = None) -> Look:
    """Of the answer, or of the class `label`; the picture is (H, W, 3) BGR."""
    network = checkpoint.network().eval()
    preprocessing = checkpoint.preprocessing
    given = np.asarray(preprocessing(picture), np.float32)
    x = torch.from_numpy(given)[None].requires_grad_()  # so that frozen networks have gradients, too
    features = x * network.scale + network.shift
    chosen = None
    for block in network.features:
        features = block(features)
        if features.dim() == 4 and min(features.shape[-2:]) >= LEAST_PX:
            chosen = features
    logits = network.head(network.dropout(network.neck(features)))
    index = checkpoint.classes.index(label) if label in checkpoint.classes else int(logits.argmax())
    assert chosen is not None  # the first block of every backbone has a large map
    (gradient,) = torch.autograd.grad(logits[0, index], chosen)
    heat = torch.relu((gradient.mean((2, 3), keepdim=True) * chosen).sum(1))[0].detach().numpy()
    size = given.shape[1:][::-1]
    heat = cv2.resize(heat / max(float(heat.max()), 1e-9), size, interpolation=cv2.INTER_LINEAR)
    probabilities = torch.softmax(logits / checkpoint.temperature, 1)[0].detach().numpy()
    return Look(
        _as_picture(given, preprocessing), np.asarray(heat, np.float32), probabilities, checkpoint.classes[index]
    )


def _as_picture(given: NDArray[np.float32], preprocessing: Preprocessing) -> Picture:
    """What the network gets, as a person sees it."""
    mean, std = np.array(preprocessing.mean, np.float32), np.array(preprocessing.std, np.float32)
    rgb = given.transpose(1, 2, 0) * std + mean
    return np.ascontiguousarray(np.clip(rgb, 0, 255).astype(np.uint8)[:, :, ::-1])
