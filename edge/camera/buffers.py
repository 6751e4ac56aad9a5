"""Pictures decoded into memory that was used before."""

from __future__ import annotations

import weakref

import cv2
import numpy as np

from edge.camera.picture import as_bgr
from edge.records import Image

MOST_SPARE = 3
"""One is being filled, one is looked at, one may still be held for a photo."""


class Buffers:
    """Fills the memory of pictures that nobody holds any more.

    The system hands out new memory page by page: 700 of them for a 720p picture, 1.7 ms, as much as decoding it.
    """

    def __init__(self) -> None:
        self._spare: list[bytearray] = []
        self._shape: tuple[int, ...] = ()

    def retrieve(self, capture: cv2.VideoCapture) -> Image | None:
        """The picture that was grabbed last, (H, W, 3) uint8 BGR; None where it cannot be decoded."""
        good, picture = capture.retrieve(self._memory()) if self._shape else capture.retrieve()
        if not good:
            return None
        self._shape = picture.shape
        return as_bgr(picture)

    def _memory(self) -> Image:
        """An array of the usual shape; its memory comes back here with the last view of it."""
        size = int(np.prod(self._shape))
        memory = self._spare.pop() if self._spare else bytearray(size)
        if len(memory) != size:
            self._spare.clear()
            memory = bytearray(size)
        # Every view of the picture holds this array, because its memory belongs to no other one.
        flat = np.frombuffer(memory, np.uint8)
        weakref.finalize(flat, self._give_back, memory).atexit = False
        return flat.reshape(self._shape)

    def _give_back(self, memory: bytearray) -> None:
        if len(self._spare) < MOST_SPARE:
            self._spare.append(memory)
