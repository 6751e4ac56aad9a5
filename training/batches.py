"""Brings samples to the network, and its answers back."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.utils.data import DataLoader
from tqdm import tqdm

from edge.model.contract import IMAGENET_MEAN, IMAGENET_STD
from training.calibration import softmax
from training.familiar import Looks
from training.language import _
from training.order import EpochOrder
from training.recipe import Recipe
from training.samples import Sample, TrainingSamples, ValidationSamples

CHECK_BATCH = 8
"""What flows between the layers then stays in a processor's cache: 5 ms a photo, with 64 at once 13 (x86-64, bf16)."""

Loader = DataLoader[Any]


def training_batches(samples: TrainingSamples, order: EpochOrder, recipe: Recipe, processes: int = 1) -> Loader:
    """In the given order; the last, smaller batch is dropped, as batch norm errs on a handful.

    Each of several processes takes its part of a batch, so that the network learns at the same pace as with one.
    """
    return DataLoader(
        samples,
        min(max(2, recipe.batch_size // processes), len(order)),
        sampler=order,
        drop_last=True,
        num_workers=recipe.workers,
        # Forked workers share the decoded photos; where there is no fork (Windows), `workers` is 0.
        multiprocessing_context="fork" if recipe.workers else None,
        persistent_workers=recipe.workers > 0,  # they keep what they cut out
        generator=torch.Generator(),  # else it draws from the network's, more or less often by workers and breaks
    )


def photo_batches(samples: list[Sample], recipe: Recipe) -> Loader:
    """Unaltered photos in their order, as the device cuts them."""
    return DataLoader(ValidationSamples(samples, recipe.preprocessing), CHECK_BATCH)


def normal(pictures: Tensor) -> Tensor:
    """(N, 3, H, W) uint8 RGB as the contract's float32 input."""
    mean = torch.tensor(IMAGENET_MEAN, device=pictures.device).view(3, 1, 1)
    std = torch.tensor(IMAGENET_STD, device=pictures.device).view(3, 1, 1)
    return ((pictures.float() - mean) / std).contiguous(memory_format=torch.channels_last)


def half_precision(device: torch.device) -> torch.autocast:
    """bfloat16 doubles the speed where the processor knows it, and slows others down."""
    if device.type == "cuda":
        known = torch.cuda.is_bf16_supported()
    else:
        known = torch.cpu._is_avx512_bf16_supported()  # no public question for it in torch 2.15
    return torch.autocast(device.type, torch.bfloat16, enabled=bool(known))


@torch.inference_mode()
def answers(network: nn.Module, photos: Loader, recipe: Recipe) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """(N, K) logits and (N,) right classes."""
    network.eval()
    device = torch.device(recipe.device)
    with half_precision(device):
        logits = [network(normal(pictures.to(device)))[0].float().cpu().numpy() for pictures, _targets in photos]
    return np.concatenate(logits), np.concatenate([targets.numpy() for _pictures, targets in photos])


def embeddings(network: nn.Module, photos: Loader, recipe: Recipe) -> tuple[Tensor, Tensor]:
    """(N, D) embeddings and (N,) right classes."""
    network.eval()
    device = torch.device(recipe.device)
    with torch.no_grad(), half_precision(device):
        parts = [
            (network(normal(pictures.to(device)))[1].float(), targets.to(device))
            for pictures, targets, *_view in tqdm(photos, desc=_("looking"), leave=False)
        ]
    return torch.cat([x for x, _y in parts]), torch.cat([y for _x, y in parts])


def looks(network: nn.Module, photos: Loader, recipe: Recipe, temperature: float) -> Looks:
    """What the network says of photos, and sees in them."""
    network.eval()
    device = torch.device(recipe.device)
    said, seen, targets = [], [], []
    with torch.inference_mode(), half_precision(device):
        for pictures, right in tqdm(photos, desc=_("looking"), leave=False):
            logits, embedding = network(normal(pictures.to(device)))
            said.append(softmax(logits.float().cpu().numpy(), temperature).astype(np.float32))
            seen.append(embedding.float().cpu().numpy())
            targets.append(right.numpy())
    return Looks(np.concatenate(said), np.concatenate(seen), np.concatenate(targets))
