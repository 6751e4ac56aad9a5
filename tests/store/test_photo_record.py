"""Each photo carries its record, readable by any EXIF tool."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from edge.records import Receipt
from edge.store.photo_record import PhotoRecord, from_photo, to_exif
from edge.store.photos import jpeg
from tests.store.visits import moment, picture, run, sighting


def written(tmp_path: Path, record: PhotoRecord) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(jpeg(picture(), 90, to_exif(record)))
    return path


def tags(path: Path) -> dict[str, object]:
    """All EXIF tags by their official names."""
    with Image.open(path) as image:
        exif = image.getexif()
        both = {**exif, **exif.get_ifd(ExifTags.IFD.Exif)}
    return {ExifTags.TAGS[tag]: value for tag, value in both.items()}


def test_a_stranger_reads_when_where_from_and_what(tmp_path: Path) -> None:
    slug = sighting(label="slug", confidence=0.8)
    found = tags(written(tmp_path, PhotoRecord(run(), slug, 1, moment(12.25))))
    assert found["DateTimeOriginal"] == "2026:05:01 14:00:12"
    assert found["SubsecTimeOriginal"] == "250"
    assert found["OffsetTimeOriginal"] == "+08:00"
    assert found["ImageDescription"] == "slug (pest), confidence 0.80"
    assert found["Software"] == "gardenwatch test"
    assert found["ImageUniqueID"] == slug.id


def test_the_user_comment_is_ascii_json(tmp_path: Path) -> None:
    chinese = sighting(label="蛞蝓")
    comment = tags(written(tmp_path, PhotoRecord(run(), chinese, 1, moment(12))))["UserComment"]
    assert isinstance(comment, bytes)
    assert comment[:8] == b"ASCII\0\0\0"
    assert json.loads(comment[8:].decode("ascii"))["sighting"]["label"] == "蛞蝓"


def test_an_offset_west_of_greenwich_keeps_its_sign(tmp_path: Path) -> None:
    west = run(timezone="America/St_Johns")
    assert tags(written(tmp_path, PhotoRecord(west, sighting(), 1, moment(0))))["OffsetTimeOriginal"] == "-02:30"


def test_what_is_read_back_equals_what_was_written(tmp_path: Path) -> None:
    record = PhotoRecord(run(), sighting(second=3.5, source="file"), 7, moment(4.5, "file"))
    assert from_photo(written(tmp_path, record)) == record


def test_numbers_of_numpy_are_plain_numbers_in_the_record(tmp_path: Path) -> None:
    slug = sighting()
    slug.receipt.details["motion"] = np.float32(0.5)
    record = from_photo(written(tmp_path, PhotoRecord(run(), slug, 1, moment(1))))
    assert record.sighting.receipt.details["motion"] == 0.5


def test_a_receipt_too_long_for_exif_loses_its_details_only(tmp_path: Path) -> None:
    slug = sighting()
    long = replace(slug, receipt=Receipt(900, slug.receipt.votes, "many looks", {"guesses": [[0.5] * 15] * 2000}))
    record = from_photo(written(tmp_path, PhotoRecord(run(), long, 1, moment(1))))
    assert record.sighting.receipt.votes == slug.receipt.votes
    assert "too long" in record.sighting.receipt.details["left_out"]


def test_exif_follows_the_first_marker_at_once(tmp_path: Path) -> None:
    content = written(tmp_path, PhotoRecord(run(), sighting(), 1, moment(1))).read_bytes()
    assert content[:4] == b"\xff\xd8\xff\xe1"
    assert content[6:12] == b"Exif\0\0"


def test_a_photo_of_somebody_else_has_no_record(tmp_path: Path) -> None:
    foreign = tmp_path / "holiday.jpg"
    Image.new("RGB", (8, 8)).save(foreign)
    with pytest.raises(ValueError, match="no record in its EXIF"):
        from_photo(foreign)


@pytest.mark.parametrize(
    ("found", "put"),
    [
        (b"Exif\0\0MM", b"Exif\0\0\x01M"),  # no TIFF header
        (b"\x08\x00\x30\x00\x30", b"\x08\xff\xff\xff\xff"),  # 65 535 pixels on each side
        (b'"gardenwatch": 1', b'"gardenwatch": 2'),
        (b'"first_seen"', b'"first_sin_"'),
        (b'{"run"', b'["run"'),
    ],
)
def test_a_spoilt_record_is_an_error_that_is_expected(tmp_path: Path, found: bytes, put: bytes) -> None:
    path = written(tmp_path, PhotoRecord(run(), sighting(), 1, moment(1)))
    assert found in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(found, put))
    with pytest.raises((ValueError, OSError)):
        from_photo(path)
