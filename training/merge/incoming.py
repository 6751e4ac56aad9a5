"""Reads the photos that are to come into a set, with what their manifest says of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.check.photos import read_all
from training.check.scene import look_at
from training.language import _
from training.manifest import read_manifest
from training.picture_facts import Facts


@dataclass(frozen=True, slots=True)
class Incoming:
    """A photo by its path in the reviewed folder, its class, its row of the manifest (empty without one)."""

    name: str
    path: Path
    label: str
    row: dict[str, str]
    facts: Facts

    @property
    def sighting(self) -> str:
        return self.row.get("sighting_id") or ""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What came, what cannot be used with the reason by name, and whether there was a manifest.

    `photos` holds what cannot be used, too, where it can be read: it says what belongs to a photo of the set.
    """

    photos: list[Incoming]
    left_out: dict[str, str]
    has_manifest: bool


def read_reviewed(root: Path) -> Reviewed:
    """The folder says the class; where a manifest says otherwise the photo is left out. Raises UsageError."""
    scene = look_at(root)
    facts, unreadable = read_all(scene)
    left_out = {fault.place: fault.found for fault in unreadable}
    manifest = said_in(root)
    photos = []
    for file in scene.pictures:
        row = manifest.get(file.path, {})
        if row.get("class", "") not in ("", file.label):
            text = _("in folder {folder}, but {label} in manifest.csv")
            left_out[file.path] = text.format(folder=file.label, label=row["class"])
        if file.path in facts:
            photos.append(Incoming(file.path, root / file.path, file.label, row, facts[file.path]))
    seen = {file.path for file in scene.pictures}
    left_out |= {name: _("in manifest.csv, but not in the folder") for name in manifest if name not in seen}
    return Reviewed(photos, left_out, bool(manifest))


def said_in(root: Path) -> dict[str, dict[str, str]]:
    """The rows of the manifest by path; cells that a row lacks are empty, blanks around the others are taken off."""
    return {path: _plain(row) for path, row in read_manifest(root).items()}


def _plain(row: Mapping[Any, Any]) -> dict[str, str]:
    """Cells that have no column come in a list, without a name, and those that the row lacks as None."""
    return {str(name): (cell or "").strip() for name, cell in row.items() if name is not None}
