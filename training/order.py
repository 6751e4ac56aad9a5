"""Says which samples an epoch takes, and in which order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from torch.utils.data import Sampler

from training.team import Team


class EpochOrder(Sampler[int]):
    """Places of samples, shuffled anew for each epoch; it depends on seed and epoch alone, so that a run can go on.

    With `balanced`, an epoch is as long as before, but a class has a part of it in proportion to the square root of its
    number of samples: with 200 photos of one class and 20 of another, 3 to 1 instead of 10 to 1. Equal parts would show
    the same 20 photos ten times as often (square-root sampling; Mahajan et al. 2018). Of several processes, each takes
    its own part.
    """

    def __init__(self, targets: Sequence[int], seed: int, *, balanced: bool, team: Team) -> None:
        self.targets, self.seed, self.balanced, self.team = np.asarray(targets), seed, balanced, team
        self.epoch = 0

    def __len__(self) -> int:
        return len(self.targets) // self.team.size

    def __iter__(self) -> Iterator[int]:
        rng = np.random.default_rng((self.seed, self.epoch))
        places = _balanced(self.targets, rng) if self.balanced else np.arange(len(self.targets))
        rng.shuffle(places)
        return iter(places[self.team.rank :: self.team.size][: len(self)].tolist())


def _balanced(targets: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    classes, counts = np.unique(targets, return_counts=True)
    shares = np.sqrt(counts) / np.sqrt(counts).sum() * len(targets)
    wanted = np.floor(shares).astype(int)
    wanted[np.argsort(wanted - shares)[: len(targets) - wanted.sum()]] += 1  # what rounding took, where it took most
    parts = []
    for name, count, number in zip(classes, counts, wanted, strict=True):
        members = np.flatnonzero(targets == name)
        whole, rest = divmod(int(number), int(count))
        parts += [members] * whole + [rng.permutation(members)[:rest]]
    return np.concatenate(parts)


def loss_weights(targets: Sequence[int], classes: int) -> list[float]:
    """One weight per class, in inverse proportion to its number of samples; 1 on the average over samples."""
    counts = np.bincount(np.asarray(targets), minlength=classes).clip(min=1)
    return [float(len(targets) / (np.unique(targets).size * count)) for count in counts]
