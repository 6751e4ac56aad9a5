"""Reads one picture file the way every part of training sees it."""

from __future__ import annotations

import warnings
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

Picture = NDArray[np.uint8]
"""(H, W, 3) uint8, BGR, upright."""

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".gif", ".tif", ".tiff"})


class UnreadablePicture(Exception):
    """The file is not a picture that can be decoded; the text says why."""


def is_picture(path: Path) -> bool:
    """By its name: not hidden (a Mac leaves `._photo.jpg` beside each photo), and a suffix that we decode."""
    return not path.name.startswith(".") and path.suffix.lower() in SUFFIXES


def read_picture(path: Path, longest_px: int | None = None) -> Picture:
    """The picture upright by its EXIF orientation, its first frame if it moves, transparency on white.

    16-bit grey is scaled to its own range, because PIL's conversion would cut it at 255.
    `longest_px` reduces a larger one. Raises UnreadablePicture.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PIL warns of odd metadata in pictures that it decodes well
            with Image.open(path) as opened:
                picture = np.asarray(_rgb(ImageOps.exif_transpose(opened)))
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise UnreadablePicture(str(error) or type(error).__name__) from error
    height, width = picture.shape[:2]
    if longest_px and max(height, width) > longest_px:
        scale = longest_px / max(height, width)
        new = (max(1, round(width * scale)), max(1, round(height * scale)))
        picture = np.asarray(cv2.resize(picture, new, interpolation=cv2.INTER_AREA), np.uint8)
    return np.ascontiguousarray(picture[:, :, ::-1])


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I") or image.mode == "F":
        grey = np.asarray(image, np.float32)
        low, high = float(grey.min()), float(grey.max())
        scaled = (grey - low) * (255 / max(high - low, 1.0))
        return Image.fromarray(scaled.astype(np.uint8)).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image).convert("RGB")
    return image.convert("RGB")
