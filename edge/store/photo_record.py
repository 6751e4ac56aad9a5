"""The record that each photo carries in its EXIF, so that the database can be rebuilt from photos."""

from __future__ import annotations

import functools
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from edge.records import Moment, Sighting
from edge.store.run import Run, utc_text

FORMAT = 1
# The prefix that EXIF 2.32 asks of UserComment; the JSON is ASCII, so every reader shows it.
_ASCII = b"ASCII\x00\x00\x00"
# One JPEG segment holds 65 533 bytes; the rest of the EXIF needs well under 1 kB.
_MOST_BYTES = 60_000


@dataclass(frozen=True, slots=True)
class PhotoRecord:
    """What a photo says of itself: the sighting and its run, as far as known when it was written."""

    run: Run
    sighting: Sighting
    number: int
    taken: Moment


def to_exif(record: PhotoRecord) -> bytes:
    """The EXIF block as it stands in a JPEG's APP1 segment, beginning with "Exif"."""
    from PIL import Image as Pillow  # late: it takes 10 ms to import, and quiet days have no photo
    from PIL.ExifTags import IFD, Base

    sighting, taken = record.sighting, record.run.local(record.taken.wall)
    offset = taken.strftime("%z")
    exif = Pillow.Exif()
    exif[Base.ImageDescription] = f"{sighting.label} ({sighting.role}), confidence {sighting.confidence:.2f}"
    exif[Base.Software] = record.run.software
    exif[Base.DateTime] = f"{taken:%Y:%m:%d %H:%M:%S}"
    exif.get_ifd(IFD.Exif).update(
        {
            Base.DateTimeOriginal: f"{taken:%Y:%m:%d %H:%M:%S}",
            Base.SubsecTimeOriginal: f"{taken.microsecond // 1000:03d}",
            Base.OffsetTimeOriginal: f"{offset[:3]}:{offset[3:5]}",
            Base.ImageUniqueID: sighting.id,
            Base.UserComment: _ASCII + _json(record),
        }
    )
    return exif.tobytes()


def from_photo(path: Path) -> PhotoRecord:
    """Reads the record of one photo without decoding it. Raises OSError or ValueError where there is none."""
    from PIL import Image as Pillow  # late, as above
    from PIL.ExifTags import IFD, Base

    try:
        with Pillow.open(path) as image:
            comment = image.getexif().get_ifd(IFD.Exif).get(Base.UserComment)
    except (SyntaxError, Pillow.DecompressionBombError) as error:  # how Pillow names a broken header, a huge size
        raise ValueError(str(error)) from error
    if not isinstance(comment, bytes) or not comment.startswith(_ASCII):
        raise ValueError("no record in its EXIF")
    try:
        data = json.loads(comment[len(_ASCII) :])
        if data["gardenwatch"] != FORMAT:
            raise ValueError(f"a record of format {data['gardenwatch']}; this version reads {FORMAT}")
        return _records().validate_python(data)
    except (KeyError, TypeError, RecursionError) as error:  # other JSON, or brackets without an end
        raise ValueError(f"no record that can be read ({error})") from error
    except ValidationError as error:
        places = ", ".join(".".join(map(str, fault["loc"])) for fault in error.errors())
        raise ValueError(f"a record with faults in {places}") from error


@functools.cache
def _records() -> TypeAdapter[PhotoRecord]:
    return TypeAdapter(PhotoRecord)


def plain_json(value: object) -> Any:
    """For json.dumps: what a receipt may hold beside plain values."""
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"no JSON for {type(value).__name__}")


def _json(record: PhotoRecord) -> bytes:
    data = asdict(record) | {"gardenwatch": FORMAT}
    text = json.dumps(data, default=plain_json)
    if len(text) > _MOST_BYTES:
        data["sighting"]["receipt"]["details"] = {"left_out": "too long for EXIF; the database has it"}
        text = json.dumps(data, default=plain_json)
    return text.encode("ascii")
