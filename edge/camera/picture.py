"""Makes of whatever was decoded the one kind of picture that the rest reads."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.records import Image


def as_bgr(decoded: NDArray[Any]) -> Image | None:
    """(H, W, 3) uint8 BGR of a grey, BGR or BGRA picture of 8 or 16 bits; None where it has no pixels or is neither.

    16 bits are scaled by 1/257, so that full white stays white.
    """
    if decoded.ndim not in (2, 3) or decoded.size == 0:
        return None
    if decoded.dtype == np.uint16:
        decoded = cv2.convertScaleAbs(decoded, alpha=1 / 257)
    if decoded.dtype != np.uint8:
        return None
    channels = 1 if decoded.ndim == 2 else decoded.shape[2]
    if channels == 3:
        return np.asarray(decoded, np.uint8)
    if channels == 1:
        return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_GRAY2BGR), np.uint8)
    if channels == 4:
        return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGRA2BGR), np.uint8)
    return None


EMPTY_COLOURS = ((0, 135, 0), (128, 128, 128))
"""BGR of what a decoder leaves where half a JPEG ended: FFmpeg's empty buffer (YUV 0, 0, 0) and libjpeg's grey."""


def is_torn(picture: Image) -> bool:
    """The lowest rows are exactly of a colour that a decoder leaves where nothing came; no lens sees that.

    Looks at 1/32 of the rows only. A stream that was whole before keeps older rows there instead: that is not seen.
    """
    lowest = picture[-max(1, picture.shape[0] // 32) :]
    return any(bool((lowest == np.array(colour, np.uint8)).all()) for colour in EMPTY_COLOURS)
