"""How fast, how large and how averaged the network learns along a run."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel

from training.network import Network
from training.recipe import Recipe

FROZEN_BLOCKS = 4
"""Of pretrained weights: they see edges and colours, alike in every set of photos, and leaving them as they are saves
a quarter of the time."""


def freeze_first_blocks(network: Network) -> None:
    """From now on they are not learned."""
    network.features[:FROZEN_BLOCKS].requires_grad_(False)


def in_train_mode(network: Network) -> Network:
    """Train mode, but the statistics of frozen blocks stay as they are."""
    network.train()
    if not next(network.features[0].parameters()).requires_grad:
        network.features[:FROZEN_BLOCKS].eval()
    return network


def optimizer_for(network: Network, recipe: Recipe) -> torch.optim.Optimizer:
    """AdamW; weight decay for the matrices only: shrinking norms and biases limits without regularising."""
    learned = [p for p in network.parameters() if p.requires_grad]
    matrices, vectors = [p for p in learned if p.ndim > 1], [p for p in learned if p.ndim <= 1]
    groups = [{"params": matrices, "weight_decay": recipe.weight_decay}, {"params": vectors, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=recipe.lr)


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
    share = 5 if progress < 0.4 else 6 if progress < 0.7 else 7
    return size_px * share // 7


def averaged(network: Network) -> AveragedModel:
    """A moving average of the weights, over about the last 200 steps, fewer at the start."""
    return AveragedModel(network, multi_avg_fn=_towards, use_buffers=True)


@torch.no_grad()
def _towards(averages: Sequence[Tensor], currents: Sequence[Tensor], seen: Tensor | int) -> None:
    count = float(seen)
    keep = min(0.995, (1 + count) / (10 + count))
    for average, current in zip(averages, currents, strict=True):
        if average.is_floating_point():
            average.lerp_(current.to(average.dtype), 1 - keep)
        else:
            average.copy_(current)
