"""A set, what was judged for it, and what to ask of both."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from tests.training.conftest import picture, write
from training.commands import group
from training.manifest import COLUMNS
from training.prepare import prepare

Raw = Callable[..., Path]
RED, GREEN = (40, 40, 220), (40, 200, 40)


@pytest.fixture
def root(raw: Raw, tmp_path: Path) -> Path:
    out = tmp_path / "set"
    prepare(raw(20), out)
    return out


@pytest.fixture
def reviewed(tmp_path: Path) -> Path:
    """Nine judged photos of three sightings of each of two classes."""
    folder = tmp_path / "judged"
    for number in range(18):
        label, colour = ("red", RED) if number < 9 else ("green", GREEN)
        add(folder, f"{label}/{number}.jpg", picture(5000 + number, colour), sighting_id=f"s{number // 3}")
    return folder


def add(folder: Path, name: str, image: np.ndarray, **known: str) -> Path:  # type: ignore[type-arg]
    """A photo with its line in the manifest, as the review side exports it."""
    path = write(folder / "images" / name, image)
    table = folder / "manifest.csv"
    is_new = not table.exists()
    with table.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if is_new:
            writer.writeheader()
        group_id = known.get("sighting_id", "")
        row = {"path": f"images/{name}", "class": name.split("/")[0], "source": "garden", "group": group_id}
        writer.writerow(row | {"judged_by": "Li Hua", "judged_at": "2026-05-01T14:00:00+08:00"} | known)
    return path


def rows(root: Path) -> dict[str, dict[str, str]]:
    with (root / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return {row["path"]: row for row in csv.DictReader(file)}


def everything(root: Path) -> dict[str, bytes]:
    files = (p for p in sorted(root.rglob("*")) if p.is_file() and ".fixes" not in p.parts)
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in files}


def frozen(root: Path) -> dict[str, bytes]:
    return {name: data for name, data in everything(root).items() if name.startswith("test")}


def said(root: Path, *words: str) -> Result:
    return CliRunner().invoke(group, ["merge", str(root), *words])
