"""Damaged files are told from pictures, whatever PIL stumbles over in them."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image, ImageOps

from tests.training.conftest import picture
from training.commands import group
from training.picture_facts import facts_of
from training.pictures import UnreadablePicture, read_picture
from training.plain_copy import plain_bytes

Raw = Callable[..., Path]


def encoded(kind: str, **options: Any) -> bytes:
    """Two small pictures, or the first of them where `save_all` is not asked for."""
    frames = [Image.fromarray(picture(seed)).resize((40, 30)) for seed in (1, 2)]
    more = {"append_images": frames[1:]} if "save_all" in options else {}
    file = io.BytesIO()
    frames[0].save(file, kind, **options, **more)
    return file.getvalue()


def from_a_phone() -> Image.Exif:
    """Turned, with a maker, an exposure and a place."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Canon"
    exif[0x8769] = {0x9003: "2024:01:01 00:00:00", 0x829A: (1, 30)}
    exif[0x8825] = {1: "N", 2: (1.0, 2.0, 3.0)}
    return exif


KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "jpg": ("JPEG", {"exif": from_a_phone()}),
    "png": ("PNG", {"exif": from_a_phone()}),
    "gif": ("GIF", {"save_all": True}),
    "tif": ("TIFF", {"save_all": True}),
    "webp": ("WEBP", {"save_all": True, "exif": from_a_phone()}),
    "bmp": ("BMP", {}),
}


def damaged(whole: bytes, count: int) -> list[bytes]:
    """Cut at `count` places, and with single bytes changed `count` times, most of them in the head."""
    rng = random.Random(1)
    cut = [whole[: rng.randrange(len(whole))] for _ in range(count)]
    for number in range(count):
        data = bytearray(whole)
        for _ in range(1 + number % 3):
            within = min(len(data), 300) if number % 5 else len(data)
            data[rng.randrange(within)] = rng.choice([0, 1, 127, 128, 255, rng.randrange(256)])
        cut.append(bytes(data))
    return cut


@pytest.mark.parametrize("suffix", KINDS)
def test_each_damaged_file_is_a_picture_or_unreadable(tmp_path: Path, suffix: str) -> None:
    kind, options = KINDS[suffix]
    path = tmp_path / f"a.{suffix}"
    read = 0
    for data in damaged(encoded(kind, **options), 150):
        path.write_bytes(data)
        try:
            facts = facts_of(path)
            assert plain_bytes(path)
            assert facts.file.frames >= 1
            read += 1
        except UnreadablePicture:
            pass
    assert 0 < read < 300


def with_a_date_too_long() -> bytes:
    """Its orientation can be read, but PIL cannot write such EXIF."""
    date = b"\x90\x03\0\x02\0\0\0\x14"
    return encoded("JPEG", exif=from_a_phone()).replace(date, date[:6] + b"\x01\x14")


def with_an_orientation_of_no_kind() -> bytes:
    whole = encoded("JPEG", exif=from_a_phone())
    return whole.replace(b"\x01\x12\0\x03\0\0\0\x01", b"\x01\x12\0\x02\0\0\0\xff")


def test_damaged_exif_does_not_stop_a_good_picture(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(with_a_date_too_long())
    assert read_picture(path).shape == (40, 30, 3)
    assert plain_bytes(path) != path.read_bytes()
    path.write_bytes(with_an_orientation_of_no_kind())
    assert read_picture(path).shape == (30, 40, 3)
    assert not facts_of(path).file.is_turned


def test_a_film_cut_in_its_second_frame_is_one_picture(tmp_path: Path) -> None:
    first, whole = encoded("GIF"), encoded("GIF", save_all=True)
    found = set()
    for length in range(len(first), len(whole), 20):
        (tmp_path / "a.gif").write_bytes(whole[:length])
        found.add(facts_of(tmp_path / "a.gif").file.frames)
    assert found == {1, 2}  # PIL counts a second one as soon as it begins


@pytest.mark.parametrize("turn", range(1, 9))
def test_photos_are_turned_as_exif_asks(tmp_path: Path, turn: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = turn
    path = tmp_path / "a.png"
    Image.fromarray(picture(1)).save(path, exif=exif)
    with Image.open(path) as image:
        upright = np.asarray(ImageOps.exif_transpose(image))
    assert np.array_equal(read_picture(path)[:, :, ::-1], upright)
    facts = facts_of(path).file
    assert (facts.width, facts.height, facts.is_turned) == (upright.shape[1], upright.shape[0], turn != 1)


@pytest.mark.parametrize("command", ["prepare", "check"])
def test_photos_with_damaged_heads_stop_no_command(raw: Raw, tmp_path: Path, command: str) -> None:
    root = raw(5)
    whole = bytearray(encoded("TIFF"))
    whole[8] = 7  # of ten tags: PIL cannot count its pages
    (root / "images/red/tags.tif").write_bytes(whole)
    (root / "images/red/date.jpg").write_bytes(with_a_date_too_long())
    said = CliRunner().invoke(group, [command, str(root), *([str(tmp_path / "out")] if command == "prepare" else [])])
    assert said.exit_code == 0, said.exception
