"""Small sets of generated photos."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

COLOURS = {"red": (40, 40, 220), "green": (40, 200, 40), "blue": (220, 60, 40)}


def picture(seed: int, colour: tuple[int, int, int] = (90, 90, 90)) -> NDArray[np.uint8]:
    """A (60, 80, 3) picture of cloudy colour; two seeds never give near-duplicates."""
    rng = np.random.default_rng(seed)
    clouds = cv2.resize(rng.uniform(0.3, 1.0, (6, 8)), (80, 60), interpolation=cv2.INTER_CUBIC)
    return np.clip(clouds[:, :, None] * np.array(colour), 0, 255).astype(np.uint8)


def write(path: Path, image: NDArray[np.uint8]) -> Path:
    """Write a picture under any name, Chinese too, which OpenCV cannot do on Windows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, image)[1].tobytes())
    return path


@pytest.fixture
def raw(tmp_path: Path) -> Callable[..., Path]:
    """Makes a raw folder of `count` photos per class."""

    def make(count: int = 10, classes: dict[str, tuple[int, int, int]] | None = None) -> Path:
        root = tmp_path / "raw"
        names = classes or COLOURS
        for number, (name, colour) in enumerate(names.items()):
            for i in range(count):
                write(root / "images" / name / f"{i}.jpg", picture(1000 * number + i, colour))
        (root / "classes.txt").write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
        return root

    return make


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    """Two threads that wait for each other on a busy machine take far longer than one."""
    with contextlib.suppress(ImportError):
        import torch

        torch.set_num_threads(1)


def coloured_set(root: Path, splits: Sequence[str]) -> Path:
    """A prepared set of three photos of each of blue, green and red in every split."""
    for start, split in enumerate(splits):
        for number, name in enumerate(("blue", "green", "red")):
            for i in range(3):
                write(root / split / name / f"{i}.png", picture(50 * start + 10 * number + i, COLOURS[name]))
    return root
