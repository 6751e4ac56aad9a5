"""Tells what kind of file a picture is, beside what it shows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from training.duplicates import Signature, signature
from training.pictures import UPRIGHT, opened, read_picture, turn_of

FORMATS = {
    ".jpg": "JPEG", ".jpeg": "JPEG", ".jfif": "JPEG", ".png": "PNG", ".bmp": "BMP", ".webp": "WEBP", ".gif": "GIF",
    ".tif": "TIFF", ".tiff": "TIFF",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Size as a person sees it, upright; `is_turned` where EXIF asks to turn the file's pixels, `is_deep` where each of
    them has more than 8 bits per channel."""

    format: str
    mode: str
    width: int
    height: int
    frames: int
    is_turned: bool
    is_deep: bool

    @property
    def is_plain(self) -> bool:
        """Whether every tool sees the same picture: 8 bits, grey or RGB, one frame, upright."""
        return self.mode in ("RGB", "L") and self.frames == 1 and not (self.is_turned or self.is_deep)


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """The kind of file, the digest of its bytes, and what its picture looks like from afar."""

    file: FileFacts
    digest: str
    signature: Signature


def opened_facts(image: Image.Image) -> FileFacts:
    """From the head of the file; pixels are not decoded."""
    is_deep = _is_deep(image)
    turn = turn_of(image)
    lies = turn >= 5 and image.format != "TIFF"  # PIL tells the upright size of a TIFF at once
    width, height = image.size[::-1] if lies else image.size
    kind, mode = str(image.format), image.mode
    frames = 1 if kind == "MPO" else _frames(image)  # a JPEG with a second picture behind it, as phones write them
    return FileFacts("JPEG" if kind == "MPO" else kind, mode, width, height, frames, turn != UPRIGHT, is_deep)


def facts_of(path: Path) -> Facts:
    """Raises UnreadablePicture. 256 px are plenty for a signature, and bound the memory of what follows."""
    seen = signature(read_picture(path, longest_px=256))
    with opened(path) as image:
        return Facts(opened_facts(image), hashlib.sha256(path.read_bytes()).hexdigest(), seen)


def _is_deep(image: Image.Image) -> bool:
    """Before pixels are decoded: PIL's mode is RGB for 16 bits, too, and only its plan to decode them tells."""
    return image.mode.startswith(("I", "F")) or ";16" in str(getattr(image, "tile", ""))


def _frames(image: Image.Image) -> int:
    """1 where those after the first are damaged, because only the first is used."""
    try:
        return int(getattr(image, "n_frames", 1))
    except Exception:
        return 1
