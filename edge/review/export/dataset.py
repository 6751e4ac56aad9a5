"""Judged photos as a raw data set that training takes in (DESIGN's contract 2)."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from edge.model.labels import UNKNOWN
from edge.store.reading import Row

COLUMNS = ("path", "class", "source", "group", "sighting_id", "model_id", "judged_by", "judged_at")
_NAME = re.compile(r"[^\W\d_][\w \-]*")
"""A class is a folder's name: a letter, then letters of any language, digits, blanks, hyphens."""


@dataclass(slots=True)
class Taken:
    """What went into the set, and what did not."""

    classes: Counter[str] = field(default_factory=Counter)
    """Photos by class."""
    left_out: Counter[str] = field(default_factory=Counter)
    """Sightings by reason: not_judged, unknown, no_photo, photo_gone, no_class_name."""


def write_dataset(data: Path, rows: Iterable[Row], folder: Path, taken: Taken, unjudged: bool = False) -> Iterator[Row]:
    """Copies photos into `folder`/images/CLASS, writes classes.txt and manifest.csv; yields each row that is done.

    The class is the person's verdict; with `unjudged` the machine's label where nobody judged. One sighting is one
    group, so that no split parts it. Raises OSError.
    """
    with open(folder / "manifest.csv", "w", newline="", encoding="utf-8") as file:
        manifest = csv.writer(file, lineterminator="\n")
        manifest.writerow(COLUMNS)
        for row in rows:
            reason = _why_not(row, unjudged)
            if reason is None and not _copy(data, row, folder):
                reason = "photo_gone"
            if reason is None:
                manifest.writerow(_line(row))
                taken.classes[row.truth] += 1
            else:
                taken.left_out[reason] += 1
            yield row
    names = "".join(f"{name}\n" for name in sorted(taken.classes))
    (folder / "classes.txt").write_text(names, "utf-8")


def _why_not(row: Row, unjudged: bool) -> str | None:
    if row.verdict is None and not unjudged:
        return "not_judged"
    if row.truth == UNKNOWN:
        return "unknown"
    if row.photo is None:
        return "no_photo"
    return None if _NAME.fullmatch(row.truth) else "no_class_name"


def _copy(data: Path, row: Row, folder: Path) -> bool:
    target = folder / _path(row)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with open(data / str(row.photo), "rb") as source:
            content = source.read()
    except FileNotFoundError:
        return False
    target.write_bytes(content)
    return True


def _path(row: Row) -> str:
    assert row.photo is not None
    return f"images/{row.truth}/{row.photo.rsplit('/', 1)[1]}"


def _line(row: Row) -> list[str]:
    judged_at = row.judged_at.isoformat(timespec="seconds") if row.judged_at else ""
    return [_path(row), row.truth, row.source, row.id, row.id, row.model_id, row.judged_by or "", judged_at]
