"""Odd pictures that people have."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.training.conftest import write
from training.picture_facts import facts_of
from training.pictures import UnreadablePicture, read_picture
from training.plain_copy import plain_bytes


def test_colours_come_as_bgr(tmp_path: Path) -> None:
    Image.new("RGB", (4, 3), (200, 10, 20)).save(tmp_path / "a.png")
    assert read_picture(tmp_path / "a.png")[0, 0].tolist() == [20, 10, 200]


@pytest.mark.parametrize("mode", ["L", "CMYK", "RGBA", "P", "1", "LA"])
def test_every_mode_gives_three_channels(tmp_path: Path, mode: str) -> None:
    suffix = ".jpg" if mode == "CMYK" else ".png"
    Image.new("RGB", (6, 5), (120, 130, 140)).convert(mode).save(tmp_path / f"a{suffix}")
    assert read_picture(tmp_path / f"a{suffix}").shape == (5, 6, 3)


def test_sixteen_bit_grey_keeps_its_shades(tmp_path: Path) -> None:
    ramp = np.linspace(0, 60000, 256, dtype=np.uint16).reshape(16, 16)
    Image.fromarray(ramp).save(tmp_path / "a.png")
    assert len(np.unique(read_picture(tmp_path / "a.png"))) > 200


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_sixteen_bit_colours_are_written_with_eight(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(cv2.imencode(suffix, np.full((30, 40, 3), (20000, 40000, 60000), np.uint16))[1].tobytes())
    assert facts_of(path).file.is_deep
    with Image.open(io.BytesIO(plain_bytes(path))) as image:
        assert (image.format, image.getpixel((9, 9))) == ("JPEG", pytest.approx((234, 156, 78), abs=4))
    assert not facts_of(write(tmp_path / "b.png", np.zeros((30, 40, 3), np.uint8))).file.is_deep


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_pixels_that_are_no_numbers_do_not_darken_the_others(tmp_path: Path, odd: float) -> None:
    shades = np.linspace(0, 1000, 1200, dtype=np.float32).reshape(30, 40)
    shades[0, 0] = odd
    Image.fromarray(shades).save(tmp_path / "a.tif")
    seen = read_picture(tmp_path / "a.tif")
    assert len(np.unique(seen)) > 200
    assert seen[0, 0, 0] == pytest.approx(255 if odd == np.inf else 0, abs=1)


def test_an_animation_gives_its_first_frame(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert read_picture(tmp_path / "a.gif")[0, 0].tolist() == [0, 0, 255]


def test_transparency_lies_on_white(tmp_path: Path) -> None:
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(tmp_path / "a.png")
    assert read_picture(tmp_path / "a.png").min() == 255


def test_a_huge_photo_is_reduced_with_its_aspect(tmp_path: Path) -> None:
    Image.new("RGB", (1000, 400)).save(tmp_path / "a.jpg")
    assert read_picture(tmp_path / "a.jpg", longest_px=100).shape == (40, 100, 3)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "CMYK", "L"])
@pytest.mark.parametrize("turn", [1, 6])
def test_reading_it_small_shows_the_same_picture(tmp_path: Path, mode: str, turn: int) -> None:
    rng = np.random.default_rng(1)
    blocks = np.kron(rng.integers(0, 255, (6, 8, 3), np.uint8), np.ones((100, 100, 1), np.uint8))
    exif = Image.Exif()
    exif[0x0112] = turn
    path = tmp_path / ("a.jpg" if mode == "CMYK" else "a.png")
    Image.fromarray(blocks).convert(mode).save(path, exif=exif, quality=100)
    whole = read_picture(path)
    small = read_picture(path, longest_px=80)
    assert small.shape == ((60, 80, 3) if turn == 1 else (80, 60, 3))
    assert np.abs(small[5::10, 5::10].astype(int) - whole[50::100, 50::100]).max() < 8


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff\xe0nothing", b"<html></html>"])
def test_what_is_no_picture_says_so(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.jpg").write_bytes(data)
    with pytest.raises(UnreadablePicture):
        read_picture(tmp_path / "a.jpg")
