"""Copies a photo into a set so that every tool of the course sees the same picture."""

from __future__ import annotations

from pathlib import Path

import cv2

from training.names import file_name
from training.picture_facts import opened_facts
from training.pictures import opened, read_picture

KEPT_AS_THEY_ARE = frozenset({".jpg", ".jpeg", ".png", ".bmp"})
"""What MMEdu reads; other formats are written as JPEG."""
QUALITY = 95
LONGEST_PX = 65500
"""What libjpeg can hold on a side (JPEG_MAX_DIMENSION)."""


def plain_name(path: Path) -> str:
    """The name in the set."""
    return file_name(path.stem) + (path.suffix if _is_plain(path) else ".jpg")


def plain_bytes(path: Path) -> bytes:
    """The file as it is, or as an upright JPEG of 8 bits where other tools would see something else.

    Reduced where a JPEG cannot hold it. Raises UnreadablePicture.
    """
    if _is_plain(path):
        with opened(path):
            return path.read_bytes()
    _ok, data = cv2.imencode(".jpg", read_picture(path, LONGEST_PX), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return data.tobytes()


def _is_plain(path: Path) -> bool:
    if path.suffix.lower() not in KEPT_AS_THEY_ARE:
        return False
    with opened(path) as image:
        facts = opened_facts(image)
    return facts.is_plain and facts.format in ("JPEG", "PNG", "BMP")
