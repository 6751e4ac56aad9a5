"""The values of a training run: what goes in, what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge.model.contract import Preprocessing, Resize
from training.samples import Sample

LEARNING_RATES = {"adamw": 2e-4, "adam": 2e-4, "sgd": 2e-3, "rmsprop": 1e-4}
"""For start weights. AdamW: at 3e-4 and more, the first epochs undid what they knew (validation 0.86 to 0.81). Adam
takes the same steps. SGD: from nothing MMEdu's 0.01, so with start weights near the 0.001 of its lesson. RMSprop: half,
because its first steps are the largest."""


def preprocessing_of(resize: Resize, size_px: int) -> Preprocessing:
    """The middle of a photo as MMEdu cuts it, 224 of 256 px; or all of it (`longer_side`)."""
    return Preprocessing(size_px, size_px if resize == "longer_side" else round(size_px * 256 / 224), resize)


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what is learned; each default with its reason."""

    backbone: str = "mobilenet_v2"
    weights: str = "imagenet"
    epochs: int = 20
    optimizer: str = "adamw"
    """Needs the least care with its learning rate."""
    lr: float | None = None
    """None: what `learning_rate` says."""
    batch_size: int = 32
    """MMEdu's; larger ones give too few steps on some hundred photos."""
    weight_decay: float = 0.02
    """AdamW's usual order; it hardly matters within some thousand steps."""
    label_smoothing: float = 0.1
    """Keeps the few mislabelled photos from being learned by heart; the temperature undoes its modesty."""
    balance: str = "sampling"
    """Shows photos of small classes more often, each time in a new guise; of equal classes it changes nothing."""
    patience: int = 6
    """Six of twenty epochs: the schedule changes the pictures' size twice, after which it learns anew."""
    seed: int = 0
    size_px: int = 224
    """What the device gives the network (contract 1)."""
    resize: Resize | None = None
    """None: as the checkpoint that is gone on from, else `shorter_side`, MMEdu's. With `longer_side` a head on
    ImageNet's weights names two points less of whole photos; but what is cut off may be what matters in photos of
    another origin (training/README.md)."""
    workers: int = 0
    device: str = "cpu"

    @property
    def learning_rate(self) -> float:
        """The one given, else the optimizer's; five times as much where nothing was learned before."""
        return self.lr or LEARNING_RATES[self.optimizer] * (5 if self.weights == "none" else 1)

    @property
    def preprocessing(self) -> Preprocessing:
        """What the device shows the network of a photo."""
        return preprocessing_of(self.resize or "shorter_side", self.size_px)

    @property
    def whole(self) -> bool:
        """Whether all of a photo is seen."""
        return self.resize == "longer_side"


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
    grounds: tuple[int, ...]
    """Places of the classes without an animal; drawn ground counts as the first of them."""
    dataset: dict[str, Any]
    """Digest and counts, for the checkpoint."""
    teachers: tuple[Path, ...] = ()
    """Model files whose view of the photos is learned, too."""


@dataclass(frozen=True, slots=True)
class Trained:
    """The epochs of a run, what it kept, and whether it was stopped before its end."""

    epochs: list[Epoch]
    best: Path
    best_accuracy: float
    interrupted: bool
    leads: bool = True
    """False in all processes but the first of a team, which alone knows the figures."""
