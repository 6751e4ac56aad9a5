"""Trains the network: start weights in, best checkpoint out."""

from __future__ import annotations

import csv
import math
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.optim.swa_utils import AveragedModel
from tqdm import tqdm

from training import batches
from training.calibration import choose_unknown_below, fit_temperature, loss, softmax
from training.checkpoint import Checkpoint
from training.language import _
from training.network import Network, batch_norms_are_folded, load_start_weights, unfold_batch_norms
from training.probe import fit_head
from training.recipe import Epoch, Material, Recipe, Trained
from training.samples import TrainingSamples
from training.schedule import averaged, freeze_first_blocks, in_train_mode, lr_at, optimizer_for, px_at

MEASURED_BATCHES = 8
"""250 photos settle the mean and variance of every channel to about one percent."""


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
    samples = TrainingSamples(material.train, recipe.size_px, recipe.seed, material.background)
    lesson = Lesson(material, recipe, start, samples)
    photos = batches.photo_batches(material.val, recipe)
    epochs: list[Epoch] = []
    best = (-1.0, 0.0)
    interrupted = False
    run.mkdir(parents=True, exist_ok=True)
    with (run / "metrics.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, [*Epoch.__dataclass_fields__], lineterminator="\n")
        table.writeheader()
        for number in range(1, recipe.epochs + 1):
            began = time.monotonic()
            train_loss = train_accuracy = math.nan
            try:
                train_loss, train_accuracy = lesson.epoch(number)
            except KeyboardInterrupt:
                interrupted = True
            logits, targets = batches.answers(lesson.average, photos, recipe)
            accuracy, val_loss = float((logits.argmax(1) == targets).mean()), loss(logits, targets)
            seconds = time.monotonic() - began
            done = Epoch(number, train_loss, train_accuracy, val_loss, accuracy, lesson.learning_rate, seconds)
            if (accuracy, -val_loss) > best:
                best = (accuracy, -val_loss)
                lesson.checkpoint(logits, targets, done).save(run / "best.pth")
            epochs.append(done)
            table.writerow(asdict(done))
            file.flush()
            on_epoch(done)
            if interrupted:
                break
    return Trained(epochs, run / "best.pth", interrupted)


class Lesson:
    """The network with all that changes while it learns."""

    def __init__(self, material: Material, recipe: Recipe, start: Checkpoint | None, samples: TrainingSamples) -> None:
        self.material, self.recipe, self.start, self.samples = material, recipe, start, samples
        self.device = torch.device(recipe.device)
        self.batches = batches.training_batches(samples, recipe)
        self.network = _network(material, recipe, start).to(self.device).to(memory_format=torch.channels_last)
        if start is None and recipe.weights != "none" and batch_norms_are_folded(self.network):
            first = zip(self.batches, range(MEASURED_BATCHES), strict=False)
            unfold_batch_norms(self.network, [batches.normal(x.to(self.device)) for (x, _y), _n in first])
        if recipe.weights != "none":
            if start is None or start.classes != material.classes:
                photos = batches.photo_batches(material.train, recipe)
                seen, targets = batches.embeddings(self.network, photos, recipe)
                fit_head(self.network.head, seen, targets, recipe.label_smoothing)
            freeze_first_blocks(self.network)
        self.average: AveragedModel = averaged(self.network)
        self.optimizer = optimizer_for(self.network, recipe)
        steps = max(1, recipe.epochs * len(self.batches))
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimizer, lambda step: lr_at(step / steps))

    @property
    def learning_rate(self) -> float:
        return float(self.schedule.get_last_lr()[0])

    def epoch(self, number: int) -> tuple[float, float]:
        """One round over the samples; mean loss and accuracy on their altered pictures."""
        recipe = self.recipe
        self.samples.epoch = number
        self.samples.size = px_at((number - 1) / recipe.epochs, recipe.size_px)
        criterion = nn.CrossEntropyLoss(label_smoothing=recipe.label_smoothing)
        network = in_train_mode(self.network)
        total = right = count = 0.0
        name = _("epoch {number}/{all}").format(number=number, all=recipe.epochs)
        for pictures, targets in tqdm(self.batches, desc=name, leave=False):
            pictures, targets = pictures.to(self.device), targets.to(self.device)
            with batches.half_precision(self.device):
                logits, _embedding = network(batches.normal(pictures))
                value = criterion(logits.float(), targets)
            self.optimizer.zero_grad()
            value.backward()
            self.optimizer.step()
            self.schedule.step()
            self.average.update_parameters(network)
            total += float(value.detach()) * len(targets)
            right += float((logits.argmax(1) == targets).sum())
            count += len(targets)
        return total / max(count, 1), right / max(count, 1)

    def checkpoint(self, logits: NDArray[np.float32], targets: NDArray[np.int64], done: Epoch) -> Checkpoint:
        """The averaged network, calibrated by its answers on the validation photos."""
        temperature = fit_temperature(logits, targets)
        plain = replace(self.recipe, weights=Path(self.recipe.weights).name)  # no path of this computer in the file
        version = str(torch.__version__)  # torch's own kind of str would be refused on reading
        begun = {"started_from": self.start.provenance} if self.start else {}
        return Checkpoint(
            backbone=self.recipe.backbone,
            classes=self.material.classes,
            state={k: v.detach().cpu().clone() for k, v in self.average.module.state_dict().items()},
            size_px=self.recipe.size_px,
            temperature=temperature,
            unknown_below=choose_unknown_below(softmax(logits, temperature), targets),
            pads_like=self.network.pads_like,
            dataset=self.material.dataset,
            metrics={"val_accuracy": done.val_accuracy, "epoch": done.epoch},
            provenance={"recipe": asdict(plain), "torch": version, **begun},
        )


def _network(material: Material, recipe: Recipe, start: Checkpoint | None) -> Network:
    if start is None:
        network = Network(recipe.backbone, len(material.classes))
        load_start_weights(network, recipe.weights)
        return network
    network = Network(recipe.backbone, len(material.classes), start.pads_like)
    state = dict(start.state)
    if start.classes != material.classes:  # what it sees is kept, what it calls that is learned anew
        state |= {"head.weight": network.head.weight.detach(), "head.bias": network.head.bias.detach()}
    network.load_state_dict(state)
    return network
