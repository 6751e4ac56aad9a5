"""After a crash: photos and rows agree again, folder by folder."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from edge.store.adopt import adopt
from edge.store.durable import remove
from edge.store.photos import FOLDER, NAME

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Tally:
    """What a sweep has done so far."""

    adopted: int = 0
    removed: int = 0
    unreadable: list[str] = field(default_factory=list)


def sweep(connection: Callable[[], sqlite3.Connection], data: Path, tally: Tally | None = None) -> Iterator[str]:
    """Adopts each photo whose row was not yet written, removes each that a better one has replaced.

    Yields the name of each of the 256 folders when it is done, so that the writer can do its work in between. Files
    of other names, and photos that cannot be read, stay where they are: they are not ours to remove.
    """
    tally = tally or Tally()
    for folder in sorted((data / FOLDER).glob("[0-9a-f][0-9a-f]")):
        db = connection()
        known = _known(db, folder.name)
        try:
            names = [name for file in folder.iterdir() if (name := NAME.fullmatch(file.name))]
        except OSError as error:
            log.warning("photo folder cannot be listed folder=%s error=%s", folder.name, error)
            continue
        for name in sorted(names, key=lambda name: -int(name["number"])):  # the best photo of a sighting is its last
            if name["sighting"] not in known:
                if _adopted(db, folder / name.string, tally):
                    known[name["sighting"]] = name.string
            elif known[name["sighting"]] != name.string:
                remove(folder / name.string)
                tally.removed += 1
        yield folder.name
    if tally.adopted or tally.removed:
        log.warning("photos swept adopted=%d replaced=%d", tally.adopted, tally.removed)


def _known(db: sqlite3.Connection, prefix: str) -> dict[str, str | None]:
    """File name of each sighting's photo, None where it has none; ids are hex digits, so `g` ends the range."""
    rows = db.execute(
        "SELECT s.id, p.path FROM sightings s LEFT JOIN photos p ON p.sighting_id = s.id WHERE s.id >= ? AND s.id < ?",
        (prefix, prefix + "g"),
    )
    return {sighting: path and path.rsplit("/", 1)[1] for sighting, path in rows}


def _adopted(db: sqlite3.Connection, file: Path, tally: Tally) -> bool:
    try:
        adopt(db, file)
    except (OSError, ValueError) as error:
        log.warning("photo without a row cannot be read file=%s error=%s", file.name, error)
        tally.unreadable.append(file.relative_to(file.parents[2]).as_posix())
        return False
    tally.adopted += 1
    return True
