"""Finds photos that show nearly the same picture."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from training.pictures import Picture

SAME_BITS = 8
"""Hashes that differ in at most so many of 64 bits are one picture. Of the course's 2540 photos, pairs within 8 bits
are re-encoded, cropped or mirrored copies and bursts; from about 12 on, unrelated dark-on-light insects meet."""


def perceptual_hash(picture: Picture) -> tuple[int, int]:
    """64 bits of the picture and 64 of its mirror image, unchanged by size, compression or small changes of light.

    The signs of the 8×8 lowest frequencies of a 32×32 grey cosine transform against their median (Zauner 2010,
    "Implementation and benchmarking of perceptual image hash functions").
    """
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32)
    return _bits(small), _bits(np.ascontiguousarray(small[:, ::-1]))


def _bits(small: NDArray[np.float32]) -> int:
    low = np.asarray(cv2.dct(small))[:8, :8].ravel()
    return int.from_bytes(np.packbits(low > np.median(low[1:])).tobytes(), "big")


def near_duplicates(hashes: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Pairs (i, j), i < j, whose pictures are nearly the same or mirrored."""
    plain = np.array([h[0] for h in hashes], np.uint64)
    mirrored = np.array([h[1] for h in hashes], np.uint64)
    pairs: list[tuple[int, int]] = []
    for i in range(len(hashes) - 1):
        apart = np.minimum(np.bitwise_count(plain[i] ^ plain[i + 1 :]), np.bitwise_count(plain[i] ^ mirrored[i + 1 :]))
        pairs += [(i, i + 1 + int(j)) for j in np.flatnonzero(apart <= SAME_BITS)]
    return pairs


def groups_of(count: int, pairs: list[tuple[int, int]]) -> list[int]:
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
