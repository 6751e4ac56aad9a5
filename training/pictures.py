"""Reads one picture file the way every part of training sees it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from training.language import _

Picture = NDArray[np.uint8]
"""(H, W, 3) uint8, BGR, upright."""

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".gif", ".tif", ".tiff", ".jfif"})
NOT_READ = frozenset({
    ".heic", ".heif", ".heics", ".hif", ".avif", ".jpe", ".jp2", ".svg", ".psd", ".dng", ".cr2", ".nef", ".arw", ".raf",
    ".orf", ".rw2", ".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm",
})  # fmt: skip
"""Suffixes of pictures and films that people put among their photos, and that we do not decode."""
ORIENTATION = 0x0112
"""The EXIF tag."""
UPRIGHT = 1
TURNS = {
    1: (0, False), 2: (0, True), 3: (2, False), 4: (2, True), 5: (1, True), 6: (1, False), 7: (3, True), 8: (3, False),
}  # fmt: skip
"""How to see each orientation upright: quarters clockwise, then whether mirrored (EXIF 2.32, 4.6.4)."""


class UnreadablePicture(Exception):
    """The file is not a picture that can be decoded; the text says why."""


def is_picture(path: Path) -> bool:
    """By its name: not hidden (a Mac leaves `._photo.jpg` beside each photo), and a suffix that we decode."""
    return not path.name.startswith(".") and path.suffix.lower() in SUFFIXES


@contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """The picture as PIL opens it. Whatever goes wrong with it becomes UnreadablePicture.

    Of a damaged file PIL raises what it happens to stumble over: TypeError, IndexError, struct.error, and more.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PIL warns of odd metadata in pictures that it decodes well
            with Image.open(path) as image:
                yield image
    except UnreadablePicture:
        raise
    except Exception as error:
        raise UnreadablePicture(_why(path, error)) from error


def turn_of(image: Image.Image) -> int:
    """Its EXIF orientation, 1 (upright) to 8; 1 where EXIF is damaged: the picture itself may be good."""
    try:
        turn = image.getexif().get(ORIENTATION, UPRIGHT)
    except Exception:
        return UPRIGHT
    return turn if turn in TURNS else UPRIGHT


def read_picture(path: Path, longest_px: int | None = None) -> Picture:
    """The picture upright by its EXIF orientation, its first frame if it moves, transparency on white.

    16-bit grey is scaled to its own range, because PIL's conversion would cut it at 255.
    `longest_px` reduces a larger one. Raises UnreadablePicture.
    """
    with opened(path) as image:
        if longest_px:  # a JPEG is then decoded at a half, quarter or eighth of its size, in as much less memory
            image.draft(None, (2 * longest_px, 2 * longest_px))
        image.load()
        turn = turn_of(image)
        picture = np.asarray(_rgb(_smaller(image, longest_px) if longest_px else image))
    picture = _upright(picture, turn)
    height, width = picture.shape[:2]
    if longest_px and max(height, width) > longest_px:
        scale = longest_px / max(height, width)
        new = (max(1, round(width * scale)), max(1, round(height * scale)))
        picture = np.asarray(cv2.resize(np.ascontiguousarray(picture), new, interpolation=cv2.INTER_AREA), np.uint8)
    return np.ascontiguousarray(picture[:, :, ::-1])


def _upright(picture: Picture, turn: int) -> Picture:
    quarters, mirrored = TURNS[turn]
    turned = np.rot90(picture, -quarters)
    return turned[:, ::-1] if mirrored else turned


def _smaller(image: Image.Image, longest_px: int) -> Image.Image:
    """By a whole number, to twice `longest_px` at least: a copy of 10 000 px takes 300 MB in each step that follows."""
    factor = max(image.size) // (2 * longest_px)
    can = image.mode in ("L", "RGB", "RGBA", "CMYK") and "transparency" not in image.info
    return image.reduce(factor) if can and factor > 1 else image


def _why(path: Path, error: Exception) -> str:
    """For a person; PIL's own words where they say more than that it failed."""
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as unopened:
        return _("cannot be opened: {error}").format(error=unopened.strerror)
    if not head:
        return _("an empty file")
    if head[4:8] == b"ftyp":
        return _("HEIC or a film; save it as JPEG (iPhone: Settings, Camera, Formats, Most Compatible)")
    if isinstance(error, UnidentifiedImageError):
        return _("no picture, or a kind that is not read")
    if isinstance(error, Image.DecompressionBombError):
        return _("too large: more than {count} million pixels").format(
            count=2 * int(Image.MAX_IMAGE_PIXELS or 0) // 10**6
        )
    return _("damaged: {error}").format(error=str(error) or type(error).__name__)


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I") or image.mode == "F":
        grey = np.asarray(image, np.float32)
        known = grey[np.isfinite(grey)]
        low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
        grey = np.nan_to_num(grey, nan=low, posinf=high, neginf=low)
        scaled = (grey - low) * (255 / max(high - low, 1.0))
        return Image.fromarray(scaled.astype(np.uint8)).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image).convert("RGB")
    return image.convert("RGB")
