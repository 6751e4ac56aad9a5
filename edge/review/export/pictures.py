"""All photos of a sighting, the best one first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from edge.records import Box
from edge.store.past_further import FurtherPhoto
from edge.store.reading import Row


@dataclass(frozen=True, slots=True)
class Picture:
    """One photo."""

    name: str
    """`photo` for the best one, `more-1` and so on for the others: with the sighting's id, the name of this one."""
    path: str
    """Relative to the data folder, with forward slashes."""
    box: Box
    """The animal in source pixels."""
    size: tuple[int, int]
    """Width and height of the picture."""
    taken: datetime

    @property
    def file(self) -> str:
        return self.path.rsplit("/", 1)[1]


class FurtherPhotos(Protocol):
    """Who knows of the photos beside the best one."""

    def further(self, id: str) -> list[FurtherPhoto]: ...


def pictures(record: FurtherPhotos, row: Row) -> list[Picture]:
    """None where there is no photo."""
    if row.photo is None or row.photo_size is None or row.photo_taken is None:
        return []
    best = Picture("photo", row.photo, row.box, row.photo_size, row.photo_taken)
    further = record.further(row.id)
    return [best, *(Picture(f"more-{one.number}", one.path, one.box, one.size, one.taken) for one in further)]
