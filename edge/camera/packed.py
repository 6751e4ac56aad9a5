"""Takes a motion JPEG stream's pictures as the camera packed them, so that half of one is noticed.

FFmpeg's own decoder keeps the rows of an earlier picture where half a JPEG ends, and says that all is well.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.camera.picture import as_bgr
from edge.records import Image

MOTION_JPEG = cv2.VideoWriter.fourcc(*"MJPG")
BEGIN_OF_SCAN = b"\xff\xda"
END_OF_IMAGE = b"\xff\xd9"
"""Neither can be part of the pixels, where FF is followed by 00; a thumbnail, which has both, comes before them."""


def take_packed(capture: cv2.VideoCapture) -> bool:
    """Whether `capture.retrieve()` gives packed pictures from now on; only before the first grab, only of a stream.

    What is passed over then costs no decoding either.
    """
    if capture.getBackendName() != "FFMPEG" or int(capture.get(cv2.CAP_PROP_FOURCC)) != MOTION_JPEG:
        return False
    return capture.set(cv2.CAP_PROP_FORMAT, -1)


def unpack(packet: NDArray[Any]) -> Image | None:
    """(H, W, 3) uint8 BGR; None for half a JPEG, or none at all."""
    data = packet.tobytes()
    if data.rfind(END_OF_IMAGE) <= data.rfind(BEGIN_OF_SCAN):
        return None
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    return None if picture is None else as_bgr(picture)
