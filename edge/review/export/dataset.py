"""Judged photos as a raw data set that training takes in (DESIGN's contract 2)."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from edge.model.labels import UNKNOWN
from edge.review.export.pictures import FurtherPhotos, Picture, pictures
from edge.review.export.target import Target
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


def write_dataset(
    data: Path, record: FurtherPhotos, rows: Iterable[Row], target: Target, taken: Taken, unjudged: bool = False
) -> Iterator[Row]:
    """Copies photos into images/CLASS of `target`, writes classes.txt and manifest.csv; yields each row that is done.

    The class is the person's verdict; with `unjudged` the machine's label where nobody judged. One sighting, with all
    its photos, is one group, so that no split parts it. Raises OSError.
    """
    with target.text("manifest.csv") as file:
        manifest = csv.writer(file, lineterminator="\n")
        manifest.writerow(COLUMNS)
        for row in rows:
            reason = _why_not(row, unjudged)
            if reason is None:
                copied = [one for one in pictures(record, row) if target.copy(data / one.path, _path(row, one))]
                manifest.writerows(_line(row, one) for one in copied)
                taken.classes[row.truth] += len(copied)
                reason = None if copied else "photo_gone"
            if reason is not None:
                taken.left_out[reason] += 1
            yield row
    with target.text("classes.txt") as file:
        file.writelines(f"{name}\n" for name in sorted(+taken.classes))


def _why_not(row: Row, unjudged: bool) -> str | None:
    if row.verdict is None and not unjudged:
        return "not_judged"
    if row.truth == UNKNOWN:
        return "unknown"
    if row.photo is None:
        return "no_photo"
    return None if _NAME.fullmatch(row.truth) else "no_class_name"


def _path(row: Row, picture: Picture) -> str:
    return f"images/{row.truth}/{picture.file}"


def _line(row: Row, picture: Picture) -> list[str]:
    judged_at = row.judged_at.isoformat(timespec="seconds") if row.judged_at else ""
    path = _path(row, picture)
    return [path, row.truth, row.source, row.id, row.id, row.model_id, row.judged_by or "", judged_at]
