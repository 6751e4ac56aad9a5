"""Photos as files: encoded, named, durable before any row speaks of them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import cv2

from edge.records import Image
from edge.store.durable import Removals, make_folder, remove, write_durably
from edge.store.photo_record import PhotoRecord, to_exif

FOLDER = "photos"
NEW = ".new"
NAME = re.compile(r"(?P<sighting>[0-9a-f]{32})-(?P<number>\d+)\.jpg")
FURTHER_NAME = re.compile(r"(?P<sighting>[0-9a-f]{32})-more-(?P<number>\d{1,3})\.jpg")
"""Of a further photo of a visit: another name, so that none is taken for the best one."""
_START_OF_IMAGE = b"\xff\xd8"
_APP1 = b"\xff\xe1"


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo that is durable."""

    path: str
    """Relative to the data folder, with forward slashes."""
    sha256: str
    width: int
    height: int
    bytes: int


class Photos:
    """The photo tree: photos/ab/<sighting>-<number>.jpg and -more-<number>.jpg, no name that may later be corrected.

    256 folders keep each of them short: 4 000 names at a million photos.
    """

    def __init__(self, data: Path, quality: int) -> None:
        self._data = data
        self._new = data / FOLDER / NEW
        self._quality = quality
        self.removals = Removals()

    def prepare(self) -> None:
        """The folders are there, without a half photo of an earlier crash. Raises OSError."""
        make_folder(self._data / FOLDER)
        make_folder(self._new)
        for leftover in self._new.iterdir():
            remove(leftover)

    def write(self, image: Image, record: PhotoRecord, further: bool = False) -> Photo:
        """Durable when it returns; nothing is left behind when it raises. `further`: one beside the best.

        Raises OSError for the disk, ValueError for a picture without pixels.
        """
        content = jpeg(image, self._quality, to_exif(record))
        path = (path_of_further if further else path_of)(record.sighting.id, record.number)
        final = self._data / path
        make_folder(final.parent)
        write_durably(final, content, self._new / final.name)
        height, width = image.shape[:2]
        return Photo(path, hashlib.sha256(content).hexdigest(), width, height, len(content))

    def remove(self, path: str) -> None:
        """Removes a photo that no row names any more."""
        self.removals.remove(self._data / path)


def path_of(sighting_id: str, number: int) -> str:
    """Where a photo of a sighting is, relative to the data folder."""
    return f"{FOLDER}/{sighting_id[:2]}/{sighting_id}-{number}.jpg"


def path_of_further(sighting_id: str, number: int) -> str:
    """The same for a further photo."""
    return f"{FOLDER}/{sighting_id[:2]}/{sighting_id}-more-{number}.jpg"


def jpeg(image: Image, quality: int, exif: bytes) -> bytes:
    """A (H, W, 3) BGR picture as JPEG; EXIF comes right after the first marker, as EXIF 2.32 (4.5.4) asks.

    Raises ValueError for a picture without pixels.
    """
    try:
        _, buffer = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    except cv2.error as error:
        raise ValueError(f"no JPEG of a picture of shape {image.shape}") from error
    plain = buffer.tobytes()
    segment = _APP1 + (len(exif) + 2).to_bytes(2, "big") + exif
    return _START_OF_IMAGE + segment + plain[len(_START_OF_IMAGE) :]
