"""Chooses from which confidence on a class may ring an alarm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Alarm:
    """From `above` on (None: no confidence is enough), so many of the alarms are true, and so many animals ring one."""

    label: str
    above: float | None
    precision: float | None
    recall: float
    alarms: int
    photos: int


def choose_above(
    probabilities: NDArray[np.float64], targets: NDArray[np.int64], label: int, wanted: float
) -> float | None:
    """The least confidence from which on the part of true alarms is `wanted`; None where there is none.

    Counted with one false alarm more than was seen: of few photos, none false may be luck (rule of succession). Photos
    of one confidence ring together or not at all.
    """
    called = (probabilities.argmax(1) == label) & (probabilities[:, label] > 0)
    order = np.argsort(-probabilities[called, label], kind="stable")
    confidences = probabilities[called, label][order]
    right = np.cumsum((targets[called] == label)[order])
    shares = right / (np.arange(len(right)) + 2)
    can_end = np.append(np.diff(confidences) < 0, True)
    enough = np.flatnonzero((shares >= wanted) & can_end[: len(shares)])
    return float(confidences[enough[-1]]) if enough.size else None


def that_may_ring(
    probabilities: NDArray[np.float64], targets: NDArray[np.int64], strange: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Answers and targets in which what is strange has no probability of anything: the device calls it `unknown`."""
    return np.where(strange[:, np.newaxis], 0.0, probabilities), targets


def alarms(
    labels: Sequence[str],
    chosen_on: tuple[NDArray[np.float64], NDArray[np.int64]],
    tried_on: tuple[NDArray[np.float64], NDArray[np.int64]],
    wanted: float,
) -> list[Alarm]:
    """Chosen on one set of answers and targets, tried on another."""
    return [_alarm(name, i, choose_above(*chosen_on, i, wanted), *tried_on) for i, name in enumerate(labels)]


def _alarm(
    name: str, label: int, above: float | None, probabilities: NDArray[np.float64], targets: NDArray[np.int64]
) -> Alarm:
    photos = int((targets == label).sum())
    if above is None:
        return Alarm(name, None, None, 0.0, 0, photos)
    rings = (probabilities.argmax(1) == label) & (probabilities[:, label] >= above)
    right = int((rings & (targets == label)).sum())
    count = int(rings.sum())
    return Alarm(name, above, right / count if count else None, right / max(photos, 1), count, photos)
