"""Reads what is known of photos beside their class: groups, blocks, a frozen test split."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from training.errors import TrainingError, UsageError
from training.language import _
from training.layout import Photo, read_text
from training.table import read_table

COLUMNS = ("path", "class", "source", "group", "sighting_id", "model_id", "judged_by", "judged_at")
"""What a set keeps of its photos; `block` is read, too."""


def read_manifest(raw: Path) -> dict[str, dict[str, str]]:
    """The rows of a manifest that came with the photos, by path."""
    path = raw / "manifest.csv"
    if not path.is_file():
        return {}
    rows = read_table(path, COLUMNS)
    return {name.replace("\\", "/"): row for row in rows if (name := row.get("path") or "")}


def same_group(names: list[str], manifest: dict[str, dict[str, str]]) -> list[tuple[int, int]]:
    """Pairs that the manifest holds together: one group, one sighting or one block of a burst."""
    first: dict[tuple[str, str], int] = {}
    pairs = []
    for index, name in enumerate(names):
        row = manifest.get(name, {})
        for column in ("group", "sighting_id", "block"):
            value = row.get(column)
            if value:
                pairs.append((first.setdefault((column, value), index), index))
    return pairs


def same_bytes(digests: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of files with one content."""
    first: dict[str, int] = {}
    pairs = [(first.setdefault(digest, index), index) for index, digest in enumerate(digests)]
    return [(a, b) for a, b in pairs if a != b]


def same_block(photos: Sequence[Photo], size: int) -> list[tuple[int, int]]:
    """Pairs of one class whose names are alike up to the last number, which lies in one block of `size` numbers."""
    first: dict[tuple[str, str, int], int] = {}
    pairs = []
    for index, photo in enumerate(photos):
        number = re.fullmatch(r"(.*?)(\d+)\D*", photo.path.stem)
        if size > 0 and number:
            pairs.append((first.setdefault((photo.label, number[1], int(number[2]) // size), index), index))
    return pairs


def listed(test_list: Path, names: list[str]) -> list[int]:
    """The places of the listed photos in `names`. Raises UsageError or TrainingError for what is not there."""
    if not test_list.is_file():
        todo = _("give a text file with one path per line, as in images/bee/1.jpg")
        raise UsageError(_("a list of test files"), _("nothing at {path}").format(path=test_list), todo)
    place = {name: index for index, name in enumerate(names)}
    lines = [line.strip().replace("\\", "/") for line in read_text(test_list).splitlines()]
    wanted = [line for line in lines if line and not line.startswith("#")]
    missing = [line for line in wanted if line not in place]
    if missing:
        found = _("{count} that are not there, such as {name}").format(count=len(missing), name=missing[0])
        todo = _("correct the list: paths are relative to the raw folder")
        raise TrainingError(_("every photo of {path}").format(path=test_list), found, todo)
    return [place[line] for line in wanted]
