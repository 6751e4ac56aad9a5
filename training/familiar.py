"""Says how much a picture looks like an animal that was learned: its likeness to the nearest of some typical photos.

A network is sure of its answer where two classes are far apart, even for a picture that is far from both. So each
class of animals gets ten prototypes among its training photos' embeddings. How near a picture is to one of
them, and a little of how sure its name is, makes a number of its own beside the probabilities, which stay honest about
what is known. Compared on classes left out and on strange things, at full size and at 64 px: largest probability,
energy, Mahalanobis, residual space, one to twenty nearest photos or prototypes, plain, centred and standardised.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from training.errors import TrainingError
from training.language import _

PER_CLASS = 10
"""Prototypes; twenty or forty are hardly better, and each takes 5 kB of the file."""
POWER = 0.75
"""Of each channel, before likeness is the cosine: as they are (1), a few strong channels decide, and classes left out
are told less well (mean AUROC 0.895 instead of 0.903); with 0.5, strange things at 64 px are (0.89 instead of 0.91)."""
SURE = 0.1
"""The power of the likeliest animal's probability in the score; 0.05 to 0.15 make no difference that matters."""
STRANGE_SHARE = 0.02
"""Of the validation photos' animals that are named rightly, so many may be called strange, at full size and small. Of
some 180, one in a hundred is the second lowest, which is chance: of two files that tell strange things equally well,
one then called 31 % of other insects strange, the other 11 % (26 % with two in a hundred). With three, visits of known
animals became `unknown` in films: label F1 0.872 instead of 0.923 on the shared clips."""
MOST = 0.6
"""The limit is no higher: where all photos are alike, nothing but their like would pass in a garden."""
ROUNDS = 20
SMALL_PX = 64
"""The size at which strange and known things are compared, too; else a blur detector would win."""


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """What a model says of N photos, and sees in them; `targets` is -1 where the photo is of no class."""

    probabilities: NDArray[np.float32]
    embeddings: NDArray[np.float32]
    targets: NDArray[np.int64]

    def where(self, mask: NDArray[np.bool_]) -> Looks:
        return Looks(self.probabilities[mask], self.embeddings[mask], self.targets[mask])

    def animals(self, grounds: Sequence[int]) -> Looks:
        """Without what is of the classes `grounds`."""
        return self.where(~np.isin(self.targets, grounds))


@dataclass(frozen=True, slots=True, eq=False)
class Familiar:
    """(M, D) prototypes of unit length, none of the classes `grounds`. What is less familiar than `strange_below` is
    strange."""

    prototypes: NDArray[np.float32]
    grounds: tuple[int, ...]
    strange_below: float = 0.0

    def familiarity(self, looks: Looks) -> NDArray[np.float64]:
        """(N,) from 0 to 1."""
        likeness = (unit(looks.embeddings) @ self.prototypes.T).max(axis=1)
        return np.asarray(likeness * of_animal(looks.probabilities, self.grounds) ** SURE, np.float64)

    def kept(self) -> dict[str, Any]:
        """As a checkpoint keeps it: plain values only."""
        prototypes = torch.from_numpy(self.prototypes)
        return {"prototypes": prototypes, "grounds": list(self.grounds), "strange_below": self.strange_below}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Familiar:
        """What `kept` gave; older checkpoints knew one class of ground at most, `background`."""
        grounds = kept["grounds"] if "grounds" in kept else [one for one in [kept["background"]] if one is not None]
        return cls(kept["prototypes"].numpy(), tuple(grounds), kept["strange_below"])


def joined(looks: Sequence[Looks]) -> Looks:
    """All of them as one."""
    parts = zip(*((one.probabilities, one.embeddings, one.targets) for one in looks), strict=True)
    return Looks(*(np.concatenate(part) for part in parts))


def of_animal(probabilities: NDArray[np.floating], grounds: Sequence[int]) -> NDArray[np.float64]:
    """(N,) largest probability of an animal: `background` is an answer, too."""
    return np.asarray(np.delete(probabilities, list(grounds), axis=1).max(axis=1), np.float64)


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each channel to the power, nothing under nothing, then each row divided by its length."""
    weaker = np.maximum(vectors, 0) ** np.float32(POWER)
    return np.asarray(weaker / np.maximum(np.linalg.norm(weaker, axis=1, keepdims=True), 1e-9), np.float32)


def learn_familiar(train: Looks, val: Sequence[Looks], grounds: Sequence[int] = ()) -> Familiar:
    """Prototypes of the training photos' animals, and the limit of `strange_below_of`."""
    animals = train.animals(grounds)
    if not len(animals.targets):
        raise TrainingError(_("a class of animals"), _("none but background"), _("add photos of animals"))
    familiar = Familiar(find_prototypes(animals.embeddings, animals.targets), tuple(grounds))
    return replace(familiar, strange_below=strange_below_of(familiar, val))


def strange_below_of(familiar: Familiar, val: Sequence[Looks]) -> float:
    """What nearly all animals reach that are named rightly on validation photos, each size for itself."""
    limits = []
    for looks in val:
        animals = looks.animals(familiar.grounds)
        right = animals.where(animals.probabilities.argmax(1) == animals.targets)
        if len(right.targets):
            limits.append(float(np.quantile(familiar.familiarity(right), STRANGE_SHARE)))
    lowest = min([MOST, *limits]) if limits else 0.0
    return math.floor(1000 * lowest) / 1000


def find_prototypes(embeddings: NDArray[np.float32], targets: NDArray[np.int64]) -> NDArray[np.float32]:
    """Centres of spherical k-means within each class (Dhillon & Modha 2001), seeded."""
    rng = np.random.default_rng(0)
    return np.concatenate([_centres(unit(embeddings[targets == label]), rng) for label in np.unique(targets).tolist()])


def _centres(vectors: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    centres = vectors[rng.choice(len(vectors), min(PER_CLASS, len(vectors)), replace=False)]
    for _round in range(ROUNDS):
        nearest = (vectors @ centres.T).argmax(axis=1)
        means = [vectors[nearest == i].mean(0) if (nearest == i).any() else centres[i] for i in range(len(centres))]
        lengths = np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
        centres = np.asarray(np.stack(means) / lengths, np.float32)
    return centres
