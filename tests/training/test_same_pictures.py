"""`gardenwatch classify` sees what training and `evaluate` see of a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from edge.classify import read_picture as on_the_device
from tests.training.conftest import picture
from training.pictures import read_picture


def transparent() -> Image.Image:
    made = Image.fromarray(np.ascontiguousarray(picture(1, (40, 40, 220))[:, :, ::-1])).convert("RGBA")
    made.putalpha(Image.fromarray(np.tile(np.linspace(0, 255, 80).astype(np.uint8), (60, 1))))
    return made


def deep(low: int, high: int) -> Image.Image:
    levels = np.interp(picture(2)[:, :, 0], (0, 90), (low, high))
    return Image.fromarray(levels.astype(np.uint16))


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("a.png", transparent()),
        ("a.webp", transparent()),
        ("grey_and_alpha.png", transparent().convert("LA")),
        ("a.png", deep(500, 3000)),
        ("a.tif", deep(0, 65535)),
        ("a.png", transparent().convert("L")),
        ("a.jpg", transparent().convert("RGB")),
        ("a.png", transparent().convert("P")),
    ],
)
def test_both_read_the_same(tmp_path: Path, name: str, made: Image.Image) -> None:
    made.save(tmp_path / name)
    ours, theirs = on_the_device(tmp_path / name).astype(int), read_picture(tmp_path / name).astype(int)
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= 3
