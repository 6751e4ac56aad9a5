"""Finds photos that show nearly the same picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.pictures import Picture

SAME_BITS = 18
"""Hashes that differ in more of 64 bits are different pictures; 32 are expected of unrelated ones."""
SAME_COLOURS = 0.88
"""Least correlation of the thumbnails. The hash alone joins any two dark insects on light ground: of 41 pairs within
10 bits among the 2540 shared photos, 20 were of different classes. With this, 19 of 20 pairs are of one class, by eye
copies and bursts."""


@dataclass(frozen=True, slots=True, eq=False)
class Signature:
    """What a picture and its mirror image look like from afar.

    `hashes` are 64 bits each, `thumbnails` (2, 768) float32 of length 1.
    """

    hashes: tuple[int, int]
    thumbnails: NDArray[np.float32]


def signature(picture: Picture) -> Signature:
    """Unchanged by size, compression or small changes of light.

    The hash is the signs of the 8×8 lowest frequencies of a 32×32 grey cosine transform against their median
    (Zauner 2010, "Implementation and benchmarking of perceptual image hash functions"); the thumbnail is 16×16
    pixels in colour, its mean taken off.
    """
    grey = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), (32, 32), interpolation=cv2.INTER_AREA)
    thumbnail = cv2.resize(picture, (16, 16), interpolation=cv2.INTER_AREA).astype(np.float32)
    thumbnail -= thumbnail.mean(axis=(0, 1))
    both = np.stack([thumbnail.ravel(), thumbnail[:, ::-1].ravel()])
    length = max(float(np.linalg.norm(both[0])), 1e-6)
    return Signature((_bits(grey), _bits(grey[:, ::-1])), np.asarray(both / length, np.float32))


def _bits(grey: NDArray[np.generic]) -> int:
    low = np.asarray(cv2.dct(np.ascontiguousarray(grey, np.float32)))[:8, :8].ravel()
    return int.from_bytes(np.packbits(low > np.median(low[1:])).tobytes(), "big")


def near_duplicates(signatures: Sequence[Signature], since: int = 0) -> list[tuple[int, int]]:
    """Pairs (i, j), i < j, whose pictures are nearly the same or mirrored, enough of them to give the groups.

    A pair is left out where others join its pictures already: all of them would be 32 million for 8000 photos by a
    camera that stands still. Only pairs with j of at least `since` count; those before it are not compared.
    """
    hashes = np.array([s.hashes for s in signatures], np.uint64).reshape(-1, 2)
    thumbnails = np.array([s.thumbnails[0] for s in signatures], np.float32)
    group = np.arange(len(signatures))
    pairs: list[tuple[int, int]] = []
    for i, mine in enumerate(signatures[:-1]):
        first = max(i + 1, since)
        bits = np.bitwise_count(hashes[i] ^ hashes[first:, :1])  # mine and its mirror image against each other one
        near = bits <= SAME_BITS
        is_new = near.any(axis=1) & (group[first:] != group[i])
        some = np.flatnonzero(is_new)  # few: colours are compared of these only, or 20 000 photos take long
        likeness = thumbnails[first + some] @ mine.thumbnails.T
        same = (near[some] & (likeness >= SAME_COLOURS)).any(axis=1)
        pairs += join(group, i, first + some[same])
    return pairs


def join(group: NDArray[np.integer], i: int, others: Iterable[int]) -> list[tuple[int, int]]:
    """The pairs (i, other) that join what was apart; `group` is changed to say so."""
    pairs = []
    for j in others:
        if group[j] != group[i]:
            group[group == group[j]] = group[i]
            pairs.append((i, int(j)))
    return pairs


def groups_of(count: int, pairs: Sequence[tuple[int, int]]) -> list[int]:
    """For each of `count` items the smallest index it is joined to by any chain of pairs."""
    root = list(range(count))

    def find(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    for a, b in pairs:
        a, b = sorted((find(a), find(b)))
        root[b] = a
    return [find(i) for i in range(count)]
