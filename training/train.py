"""Trains the network: start weights in, best checkpoint out."""

from __future__ import annotations

import csv
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel
from torch.utils.data import DataLoader
from tqdm import tqdm

from edge.model.contract import IMAGENET_MEAN, IMAGENET_STD, Preprocessing
from training.calibration import choose_unknown_below, fit_temperature, loss, softmax
from training.checkpoint import Checkpoint
from training.language import _
from training.network import Network, batch_norms_are_folded, load_start_weights, unfold_batch_norms
from training.probe import fit_head
from training.samples import Sample, TrainingSamples, ValidationSamples


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what is learned; each default with its reason."""

    backbone: str = "mobilenet_v2"
    weights: str = "imagenet"
    epochs: int = 20
    lr: float = 3e-4
    """AdamW's own default; a tenth of it for the body would need three times the epochs."""
    batch_size: int = 32
    """MMEdu's; larger ones give too few steps on some hundred photos."""
    weight_decay: float = 0.02
    label_smoothing: float = 0.1
    """Keeps the few mislabelled photos from being learned by heart; the temperature undoes its modesty."""
    seed: int = 0
    size_px: int = 224
    """What the device gives the network (contract 1)."""
    workers: int = 0
    device: str = "cpu"


@dataclass(frozen=True, slots=True)
class Epoch:
    """What one epoch gave; a line of metrics.csv."""

    epoch: int
    train_loss: float
    train_accuracy: float
    val_loss: float
    val_accuracy: float
    learning_rate: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Material:
    """The samples of one run."""

    classes: tuple[str, ...]
    train: list[Sample]
    val: list[Sample]
    background: int | None
    """Index of the class without an animal, where there is one."""
    dataset: dict[str, Any]
    """Digest and counts, for the checkpoint."""


@dataclass(frozen=True, slots=True)
class Trained:
    """The epochs of a run, and whether it was stopped before its end."""

    epochs: list[Epoch]
    best: Path
    interrupted: bool


def train(
    material: Material,
    recipe: Recipe,
    run: Path,
    start: Checkpoint | None = None,
    on_epoch: Callable[[Epoch], None] = lambda _epoch: None,
) -> Trained:
    """Train, keep RUN/best.pth (best validation accuracy) and RUN/metrics.csv; Ctrl-C ends early with what there is.

    A moving average of the weights is what is validated and kept: on some hundred photos single steps are noisy.
    """
    torch.manual_seed(recipe.seed)
    device = torch.device(recipe.device)
    network = _network(material, recipe, start).to(device).to(memory_format=torch.channels_last)
    batches, check = _loaders(material, recipe)
    if start is None and batch_norms_are_folded(network):
        unfold_batch_norms(network, [_normal(x.to(device)) for x, _y in _first(batches, 8)])
    if recipe.weights != "none" and (start is None or start.classes != material.classes):
        _fit_head(network, material, recipe)
    averaged = AveragedModel(network, multi_avg_fn=_ema, use_buffers=True)
    optimizer = torch.optim.AdamW(_groups(network, recipe), lr=recipe.lr)
    steps = max(1, recipe.epochs * len(batches))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _lr_at(step / steps))
    epochs: list[Epoch] = []
    best: tuple[float, float] = (-1.0, 0.0)
    run.mkdir(parents=True, exist_ok=True)
    interrupted = False
    with (run / "metrics.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, [*Epoch.__dataclass_fields__], lineterminator="\n")
        table.writeheader()
        for number in range(1, recipe.epochs + 1):
            began = time.monotonic()
            try:
                train_loss, train_accuracy = _one_epoch(network, averaged, batches, optimizer, schedule, recipe, number)
            except KeyboardInterrupt:
                interrupted = True
                train_loss = train_accuracy = math.nan
            logits, targets = _answers(averaged, check, device)
            accuracy, val_loss = float((logits.argmax(1) == targets).mean()), loss(logits, targets)
            rate = float(schedule.get_last_lr()[0])
            done = Epoch(number, train_loss, train_accuracy, val_loss, accuracy, rate, time.monotonic() - began)
            if (accuracy, -val_loss) > best:
                best = (accuracy, -val_loss)
                _checkpoint(material, recipe, averaged, logits, targets, done).save(run / "best.pth")
            epochs.append(done)
            table.writerow(asdict(done))
            file.flush()
            on_epoch(done)
            if interrupted:
                break
    return Trained(epochs, run / "best.pth", interrupted)


def _network(material: Material, recipe: Recipe, start: Checkpoint | None) -> Network:
    if start is None:
        network = Network(recipe.backbone, len(material.classes))
        load_start_weights(network, recipe.weights)
        return network
    network = Network(recipe.backbone, len(material.classes), start.pads_like)
    state = dict(start.state)
    if start.classes != material.classes:  # other classes: what it sees is kept, what it calls them is learned anew
        state |= {"head.weight": network.head.weight.detach(), "head.bias": network.head.bias.detach()}
    network.load_state_dict(state)
    return network


@torch.inference_mode()
def _embedded(network: Network, samples: list[Sample], recipe: Recipe) -> tuple[Tensor, Tensor]:
    """(N, D) embeddings of the unaltered photos, and their classes."""
    photos = DataLoader(ValidationSamples(samples, Preprocessing(size_px=recipe.size_px)), 64)
    device = torch.device(recipe.device)
    network.eval()
    parts = [
        (network(_normal(x.to(device)))[1].float(), y.to(device))
        for x, y in tqdm(photos, desc=_("looking"), leave=False)
    ]
    return torch.cat([x for x, _y in parts]), torch.cat([y for _x, y in parts])


def _fit_head(network: Network, material: Material, recipe: Recipe) -> None:
    embeddings, targets = _embedded(network, material.train, recipe)
    fit_head(network.head, embeddings.clone(), targets.clone(), recipe.label_smoothing)


def _loaders(material: Material, recipe: Recipe) -> tuple[DataLoader[Any], DataLoader[Any]]:
    samples = TrainingSamples(material.train, _px_at(0.0), recipe.seed, material.background)
    # Workers are forked, so that they share the decoded photos; where that is impossible (Windows) there are none.
    context = "fork" if recipe.workers else None
    draw = torch.Generator().manual_seed(recipe.seed)
    size = min(recipe.batch_size, len(samples))
    batches = DataLoader(
        samples, size, shuffle=True, drop_last=True, num_workers=recipe.workers, generator=draw,
        multiprocessing_context=context,
    )  # fmt: skip
    check = DataLoader(ValidationSamples(material.val, Preprocessing(size_px=recipe.size_px)), 64)
    return batches, check


def _first(batches: DataLoader[Any], count: int) -> list[Any]:
    return [batch for batch, _n in zip(batches, range(count), strict=False)]


def _groups(network: Network, recipe: Recipe) -> list[dict[str, Any]]:
    """Weight decay for the matrices only: shrinking norms and biases limits without regularising."""
    matrices = [p for p in network.parameters() if p.ndim > 1]
    vectors = [p for p in network.parameters() if p.ndim <= 1]
    return [{"params": matrices, "weight_decay": recipe.weight_decay}, {"params": vectors, "weight_decay": 0.0}]


def _px_at(progress: float) -> int:
    """The side of the training pictures: small first, which is three times as fast, larger towards the end.

    Learning on less than the 224 px it later sees also suits it: cut out of photos at 160 px, an animal is about
    as large as in the whole photo at 224 (Touvron et al. 2019, "Fixing the train-test resolution discrepancy";
    Tan & Le 2021, "EfficientNetV2", progressive learning).
    """
    return 128 if progress < 0.5 else 160 if progress < 0.85 else 192


def _lr_at(progress: float) -> float:
    """A tenth of the way up, so that the new head does not shake the body; then half a cosine down to 1 %."""
    if progress < 0.1:
        return 0.05 + 0.95 * progress / 0.1
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, (progress - 0.1) / 0.9)))


@torch.no_grad()
def _ema(averages: Any, currents: Any, seen: Any) -> None:
    """Average over about the last 200 steps, fewer at the start."""
    count = float(seen)
    keep = min(0.995, (1 + count) / (10 + count))
    for average, current in zip(averages, currents, strict=True):
        if average.is_floating_point():
            average.lerp_(current.to(average.dtype), 1 - keep)
        else:
            average.copy_(current)


def _normal(pictures: Tensor) -> Tensor:
    """(N, 3, H, W) uint8 RGB as the contract's input."""
    mean = torch.tensor(IMAGENET_MEAN, device=pictures.device).view(3, 1, 1)
    std = torch.tensor(IMAGENET_STD, device=pictures.device).view(3, 1, 1)
    return ((pictures.float() - mean) / std).contiguous(memory_format=torch.channels_last)


def _half_precision(device: torch.device) -> bool:
    """bfloat16 doubles the speed where the processor knows it, and slows others down."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    return bool(torch.cpu._is_avx512_bf16_supported())  # no public question for it in torch 2.6


def _one_epoch(
    network: Network,
    averaged: AveragedModel,
    batches: DataLoader[Any],
    optimizer: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
    recipe: Recipe,
    number: int,
) -> tuple[float, float]:
    """Mean loss and accuracy of the epoch."""
    device = torch.device(recipe.device)
    assert isinstance(batches.dataset, TrainingSamples)
    batches.dataset.epoch = number
    batches.dataset.size = _px_at((number - 1) / recipe.epochs)
    criterion = nn.CrossEntropyLoss(label_smoothing=recipe.label_smoothing)
    network.train()
    total = right = count = 0.0
    bar = tqdm(batches, desc=_("epoch {number}/{all}").format(number=number, all=recipe.epochs), leave=False)
    for pictures, targets in bar:
        pictures, targets = pictures.to(device), targets.to(device)
        with torch.autocast(device.type, torch.bfloat16, enabled=_half_precision(device)):
            logits, _embedding = network(_normal(pictures))
            value = criterion(logits.float(), targets)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        schedule.step()
        averaged.update_parameters(network)
        total += float(value.detach()) * len(targets)
        right += float((logits.argmax(1) == targets).sum())
        count += len(targets)
    return total / max(count, 1), right / max(count, 1)


@torch.inference_mode()
def _answers(
    network: nn.Module, check: DataLoader[Any], device: torch.device
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """(N, K) logits and (N,) right classes of the validation photos."""
    network.eval()
    logits = [network(_normal(pictures.to(device)))[0].float().cpu().numpy() for pictures, _targets in check]
    targets = [targets.numpy() for _pictures, targets in check]
    return np.concatenate(logits), np.concatenate(targets)


def _checkpoint(
    material: Material,
    recipe: Recipe,
    averaged: AveragedModel,
    logits: NDArray[np.float32],
    targets: NDArray[np.int64],
    done: Epoch,
) -> Checkpoint:
    temperature = fit_temperature(logits, targets)
    plain = replace(recipe, weights=Path(recipe.weights).name)  # no path of this machine in the model file
    return Checkpoint(
        backbone=recipe.backbone,
        classes=material.classes,
        state={key: value.detach().cpu().clone() for key, value in averaged.module.state_dict().items()},
        size_px=recipe.size_px,
        temperature=temperature,
        pads_like=averaged.module.pads_like,
        unknown_below=choose_unknown_below(softmax(logits, temperature), targets),
        dataset=material.dataset,
        metrics={"val_accuracy": done.val_accuracy, "epoch": done.epoch},
        provenance={
            "recipe": asdict(plain),
            "torch": str(torch.__version__),
        },  # a plain str, else weights_only refuses it,
    )
