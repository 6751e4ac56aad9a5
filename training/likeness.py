"""Finds photos of one burst by what a network sees of them, where their pixels differ too much."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from training.duplicates import join

SAME = 0.9
"""Cosine of centred embeddings; above, all pairs of the 2540 shared photos were copies or of one burst, by eye."""
STANDS_OUT = 0.5
LEAST = 0.6
"""A pair also counts when its cosine stands out from what each of both has with its neighbours (cross-domain similarity
local scaling; Conneau et al. 2018, "Word translation without parallel data"): 0.87 is nothing between two cabbage
whites at rest, and tells of a burst between two earthworms. Of the first 15 pairs that the pixels did not give, 14 were
bursts, by eye."""
NEIGHBOURS = 10
BLOCK = 1000


def same_burst(embeddings: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Pairs (i, j), i < j, of (N, D) embeddings, enough of them to give the groups. Few photos have no neighbourhood to
    stand out from: no pairs then."""
    count = len(embeddings)
    if count <= 2 * NEIGHBOURS:
        return []
    centred = embeddings - embeddings.mean(0)
    unit = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-6)
    crowd = np.concatenate([_crowd(unit, start) for start in range(0, count, BLOCK)])
    pairs: list[tuple[int, int]] = []
    group = np.arange(count)
    for start in range(0, count, BLOCK):
        cosine = unit[start : start + BLOCK] @ unit.T
        out = 2 * cosine - crowd[start : start + BLOCK, None] - crowd[None]
        same = (cosine >= SAME) | ((out >= STANDS_OUT) & (cosine >= LEAST))
        for i, row in enumerate(same, start):
            pairs += join(group, i, i + 1 + np.flatnonzero(row[i + 1 :] & (group[i + 1 :] != group[i])))
    return pairs


def _crowd(unit: NDArray[np.float32], start: int) -> NDArray[np.float32]:
    """For each of a block the mean cosine of its second to eleventh nearest: the nearest may be the copy itself."""
    cosine = unit[start : start + BLOCK] @ unit.T
    cosine[np.arange(len(cosine)), start + np.arange(len(cosine))] = -1
    nearest = np.partition(cosine, -NEIGHBOURS - 1, axis=1)[:, -NEIGHBOURS - 1 :]
    nearest.sort(axis=1)
    return np.asarray(nearest[:, :-1].mean(1), np.float32)
