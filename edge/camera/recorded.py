"""Finds out when a video or a photo was taken."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Literal

StartFrom = Literal["start", "container", "modified"]
"""Told by the person, written in the file, or only the file's time of change."""

MP4_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
"""ISO/IEC 14496-12, 8.2.2: creation_time counts seconds since midnight, 1 January 1904, UTC."""
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""A camera without a set clock writes 1904, 1970 or 1980; none of them is when the picture was taken."""
PHOTOS = (b"\xff\xd8", b"\x89PNG", b"II*\0", b"MM\0*")
"""How JPEG, PNG and TIFF files begin; WebP has its name behind RIFF, as films do. Pillow is not asked of others:
it would load every format it knows."""
EXIF_IFD, DATE_TIME_ORIGINAL, OFFSET_TIME_ORIGINAL = 0x8769, 0x9003, 0x9011


def recorded_at(path: Path) -> tuple[datetime, StartFrom]:
    """When the recording began (UTC), and how that is known.

    MP4 and MOV files tell their creation time, photos their EXIF time (local to this machine where they give no
    offset); every other file has only its time of change, which a copy may have lost.
    """
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    written = _exif_time(path) or _mp4_time(path)
    # A day of grace: cameras often write local time where the format asks for UTC.
    if written is not None and EARLIEST < written < changed + timedelta(days=1):
        return written, "container"
    return changed, "modified"


def _exif_time(path: Path) -> datetime | None:
    try:
        with path.open("rb") as file:
            begin = file.read(12)
        if not begin.startswith(PHOTOS) and begin[8:] != b"WEBP":
            return None
    except OSError:
        return None
    from PIL import Image as Pillow  # late: it takes 10 ms to import, and most sources are no photos
    from PIL import UnidentifiedImageError

    try:
        with Pillow.open(path) as photo:
            exif = photo.getexif().get_ifd(EXIF_IFD)
        text = str(exif[DATE_TIME_ORIGINAL])
        taken = datetime.strptime(text, "%Y:%m:%d %H:%M:%S")
        offset = exif.get(OFFSET_TIME_ORIGINAL)
        if offset:
            taken = datetime.strptime(f"{text} {offset}", "%Y:%m:%d %H:%M:%S %z")
        return taken.astimezone(UTC)  # OSError on Windows for a time before 1970, OverflowError before the year 1
    except (UnidentifiedImageError, OSError, KeyError, ValueError, SyntaxError, OverflowError):
        return None
    except Pillow.DecompressionBombError:  # more pixels than Pillow opens; OpenCV may still decode them
        return None


def _mp4_time(path: Path) -> datetime | None:
    """The creation time in box moov/mvhd; None where there is none."""
    try:
        with path.open("rb") as file:
            end = path.stat().st_size
            moov = _box(file, b"moov", end)
            if moov is None or _box(file, b"mvhd", moov) is None:
                return None
            version = file.read(4)[0]
            seconds = struct.unpack(">Q" if version == 1 else ">I", file.read(8 if version == 1 else 4))[0]
        return MP4_EPOCH + timedelta(seconds=seconds) if seconds else None
    except (OSError, IndexError, struct.error, OverflowError):
        return None


def _box(file: BinaryIO, wanted: bytes, end: int) -> int | None:
    """Goes to the content of the next box of that kind; returns where it ends, None where there is none."""
    while file.tell() + 8 <= end:
        start = file.tell()
        size, kind = struct.unpack(">I4s", file.read(8))
        if size == 1:
            size = struct.unpack(">Q", file.read(8))[0]
        elif size == 0:
            size = end - start
        if kind == wanted:
            return int(start + size)
        if size < 8:
            return None
        file.seek(start + size)
    return None
