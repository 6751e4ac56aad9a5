"""Measures our training beside a textbook's fine-tune: `python -m tests.bench.textbook SET --weights FILE`.

    python -m tests.bench.textbook runs/set --weights FILE --per-class 40 --head --fast 3 --same 12

Both start from the same weights (batch norms unfolded, without which a textbook's training destroys them), learn from
the same photos and are asked about the same test photos. The textbook: torchvision's reference recipe, five epochs of
the full network at 224 px in float32, RandomResizedCrop and flip, SGD with momentum 0.9, a cosine, photos decoded anew
each time. Ours: `--fast` epochs for the textbook's accuracy in a fifth of its time, `--same` epochs for its time.

Printed are seconds from start to end, by the clock and of the processor (on a busy computer, with OMP_NUM_THREADS=1,
only the latter can be compared), top-1 and macro recall on the test split at full size and at 64 px, and the load.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torchvision.transforms.v2 as transforms
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset

from training import batches
from training.batches import normal
from training.checkpoint import load_checkpoint
from training.labels import grounds_of
from training.layout import Photo, read_prepared
from training.metrics import figures_of
from training.network import Network, batch_norms_are_folded, load_start_weights, unfold_batch_norms
from training.probe import fit_head
from training.recipe import Material, Recipe
from training.samples import Sample, load_samples
from training.sizes import reduced
from training.train import train

EPOCHS, LEARNING_RATE, BATCH = 5, 0.01, 32


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--per-class", type=int, help="so many training photos of each class, evenly spread")
    parser.add_argument("--fast", type=int, default=0, help="epochs of ours in a fifth of the time")
    parser.add_argument("--same", type=int, default=0, help="epochs of ours in the same time")
    parser.add_argument("--head", action="store_true", help="ours, the head alone, which every training begins with")
    parser.add_argument("--optimizer", default="adamw", help="ours")
    parser.add_argument("--lr", type=float, help="ours, instead of its default")
    parser.add_argument("--without-textbook", action="store_true")
    options = parser.parse_args()
    prepared = read_prepared(options.dataset)
    photos = {"train": _some(prepared.photos["train"], options.per_class), "val": prepared.photos["val"]}
    judge = Judge(prepared.classes, prepared.photos["test"])
    print(
        f"{len(photos['train'])} training photos, {os.cpu_count()} processors, torch threads {torch.get_num_threads()}"
    )
    if not options.without_textbook:
        textbook(photos["train"], prepared.classes, options.weights, judge)
    if options.head:
        head_alone(photos["train"], prepared.classes, Recipe(weights=options.weights), judge)
    for epochs in filter(None, (options.fast, options.same)):
        ours(
            photos,
            prepared.classes,
            Recipe(weights=options.weights, epochs=epochs, optimizer=options.optimizer, lr=options.lr),
            judge,
        )


def _some(photos: tuple[Photo, ...], most: int | None) -> tuple[Photo, ...]:
    chosen: list[Photo] = []
    for label, count in Counter(photo.label for photo in photos).items():
        of_class = [photo for photo in photos if photo.label == label]
        places = np.linspace(0, count - 1, min(count, most or count)).astype(int)
        chosen += [of_class[place] for place in places]
    return tuple(chosen)


class Watch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self.clock, self.processor = time.monotonic(), time.process_time()

    @property
    def took(self) -> str:
        clock, processor = time.monotonic() - self.clock, time.process_time() - self.processor
        return f"{clock:.0f} s, {processor:.0f} s of processor"


@dataclass(frozen=True, slots=True)
class Judge:
    """Asks a network about the test photos."""

    classes: tuple[str, ...]
    photos: tuple[Photo, ...]

    def says(self, name: str, network: nn.Module, watch: Watch) -> None:
        took = watch.took
        samples = load_samples(self.photos, self.classes)
        small = [replace(s, held=reduced(s.picture, 64)) for s in samples]
        parts = [f"{part} {self._figures(network, those)}" for part, those in (("full", samples), ("64 px", small))]
        print(f"{name}: {took}; {'; '.join(parts)}; load {os.getloadavg()[0]:.1f}", flush=True)

    def _figures(self, network: nn.Module, samples: list[Sample]) -> str:
        logits, targets = batches.answers(network, batches.photo_batches(samples, Recipe()), Recipe())
        figures = figures_of(self.classes, targets, logits.argmax(1))
        return f"top-1 {figures.top1:.3f} macro recall {figures.macro_recall:.3f}"


class Files(Dataset[tuple[torch.Tensor, int]]):
    """Photos decoded when they are asked for, altered as in torchvision's references."""

    def __init__(self, photos: tuple[Photo, ...], classes: tuple[str, ...]) -> None:
        self.photos, self.classes = photos, classes
        steps = [transforms.RandomResizedCrop(224), transforms.RandomHorizontalFlip(), transforms.PILToTensor()]
        self.altered = transforms.Compose(steps)

    def __len__(self) -> int:
        return len(self.photos)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        with Image.open(self.photos[index].path) as opened:
            return self.altered(opened.convert("RGB")), self.classes.index(self.photos[index].label)


def textbook(photos: tuple[Photo, ...], classes: tuple[str, ...], weights: str, judge: Judge) -> None:
    """As most tutorials do it."""
    watch = Watch()
    torch.manual_seed(0)
    loader = DataLoader(Files(photos, classes), BATCH, shuffle=True, drop_last=True)
    network = Network("mobilenet_v2", len(classes))
    load_start_weights(network, weights)
    if batch_norms_are_folded(network):
        unfold_batch_norms(network, [normal(x) for (x, _y), _n in zip(loader, range(8), strict=False)])
    optimizer = torch.optim.SGD(network.parameters(), LEARNING_RATE, momentum=0.9, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS * len(loader))
    for epoch in range(1, EPOCHS + 1):
        network.train()
        for pictures, targets in loader:
            loss = nn.functional.cross_entropy(network(normal(pictures))[0], targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        print(f"  textbook, epoch {epoch}: {watch.took}", flush=True)
    judge.says("textbook", network, watch)


def head_alone(photos: tuple[Photo, ...], classes: tuple[str, ...], recipe: Recipe, judge: Judge) -> None:
    """What a training has when its first epoch begins; decoding included."""
    watch = Watch()
    network = Network(recipe.backbone, len(classes))
    load_start_weights(network, recipe.weights)
    seen, targets = batches.embeddings(network, batches.photo_batches(load_samples(photos, classes), recipe), recipe)
    fit_head(network.head, seen, targets)
    judge.says("ours, the head alone", network, watch)


def ours(photos: dict[str, tuple[Photo, ...]], classes: tuple[str, ...], recipe: Recipe, judge: Judge) -> None:
    """Decoding, validation and writing included."""
    watch = Watch()
    samples = {part: load_samples(those, classes) for part, those in photos.items()}
    material = Material(classes, samples["train"], samples["val"], grounds_of(classes), {"digest": "bench"})
    with tempfile.TemporaryDirectory() as folder:
        done = train(material, recipe, Path(folder))
        epochs = ", ".join(f"{epoch.val_accuracy:.3f}" for epoch in done.epochs)
        print(f"  ours, validation by epoch: {epochs}", flush=True)
        judge.says(f"ours, {len(done.epochs)} epochs", load_checkpoint(done.best).network(), watch)


if __name__ == "__main__":
    main()
