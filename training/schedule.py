"""How fast, how large and how averaged the network learns along a run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from training.backbones import backbone_named
from training.network import Network
from training.recipe import Recipe

SGD_MOMENTUM = 0.9
"""With Nesterov's look ahead, as torchvision's references and MMEdu have it."""


def freeze_first_blocks(network: Network) -> None:
    """From now on they are not learned: they see edges and colours, alike in every set of photos.

    Of MobileNetV2, leaving them as they are saves a quarter of the time.
    """
    network.features[: backbone_named(network.backbone).first_blocks].requires_grad_(False)


def in_train_mode(network: Network, *, norms_stay: bool) -> Network:
    """Train mode; with `norms_stay`, batch norms go on with the statistics that they have, of a million photos.

    A batch of 32 altered photos says little of whole ones: with its own statistics, three epochs led to 0.885 on whole
    and 0.474 on 64 px validation photos; with those of the start weights to 0.909 and 0.651
    (at half the learning rate and 160 instead of 128 px, so that not all of it is due to this).
    """
    network.train()
    if norms_stay:
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()
    return network


def optimizer_for(network: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """Weight decay for the matrices only: shrinking norms and biases limits without regularising."""
    learned = [p for p in network.parameters() if p.requires_grad]
    matrices, vectors = [p for p in learned if p.ndim > 1], [p for p in learned if p.ndim <= 1]
    plain = recipe.optimizer in ("sgd", "rmsprop", "adam")  # their decay is part of the gradient, and so far stronger
    decay = recipe.weight_decay / 400 if plain else recipe.weight_decay
    groups: list[dict[str, Any]] = [
        {"params": matrices, "weight_decay": decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    lr = recipe.learning_rate
    if recipe.optimizer == "sgd":
        return torch.optim.SGD(groups, lr=lr, momentum=SGD_MOMENTUM, nesterov=True)
    if recipe.optimizer == "adam":
        return torch.optim.Adam(groups, lr=lr)
    if recipe.optimizer == "rmsprop":
        return torch.optim.RMSprop(groups, lr=lr, alpha=0.99)
    return torch.optim.AdamW(groups, lr=lr)


def lr_at(progress: float) -> float:
    """The part of the learning rate at 0..1 of the run.

    A tenth of the way up, so that the batch norms settle; then half a cosine down to 1 %.
    """
    if progress < 0.1:
        return 0.05 + 0.95 * progress / 0.1
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, (progress - 0.1) / 0.9)))


def px_at(progress: float, size_px: int) -> int:
    """The side of the training pictures: small first, which is twice as fast, larger towards the end.

    Learning on less than the 224 px it later sees also suits it: cut out of photos at 160 px, an animal is about
    as large as in the whole photo at 224 (Touvron et al. 2019, "Fixing the train-test resolution discrepancy";
    Tan & Le 2021, "EfficientNetV2", progressive learning).
    """
    return size_px * (5 if progress < 0.4 else 6 if progress < 0.8 else 7) // 7


def averaged(network: Network, steps: int) -> AveragedModel:
    """A moving average of the weights over about the last tenth of a run's steps, at most 200, fewer at the start.

    Over a longer part, a short run would keep much of what it knew when it began.
    """
    window = min(200.0, max(2.0, steps / 10))

    @torch.no_grad()
    def towards(averages: Sequence[Tensor], currents: Sequence[Tensor], seen: Tensor | int) -> None:
        count = float(seen)
        keep = min(1 - 1 / window, (1 + count) / (10 + count))
        for average, current in zip(averages, currents, strict=True):
            if average.is_floating_point():
                average.lerp_(current.to(average.dtype), 1 - keep)
            else:
                average.copy_(current)

    return AveragedModel(network, multi_avg_fn=towards, use_buffers=True)
