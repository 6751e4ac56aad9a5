"""What is left after a power cut: `python -m tests.rigs.vm.after DATA` starts the store as the service does, and tells.

One JSON object: `whole`, the ids whose newest photo decodes; `faults`, in words, of everything that disagrees.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from PIL import Image

from edge.store.photos import path_of_further
from edge.store.store import Store
from edge.store.verify import verify
from tests.store.visits import SETTINGS, run

SWEEP_S = 120


def main(data: Path) -> None:
    with Store.open(data, SETTINGS, run()):
        until = time.monotonic() + SWEEP_S
        while _query(data, "SELECT count(*) FROM sweep") != [(0,)] and time.monotonic() < until:
            time.sleep(0.1)
    faults = [f"{fault.kind} {fault.what}" for step in verify(data) for fault in step.faults]
    further = {
        path_of_further(id, number) for id, number in _query(data, "SELECT sighting_id, number FROM further_photos")
    }
    named = {row[1] for row in _photos(data)} | further
    faults += [f"photo of no row {path}" for path in sorted(_files(data) - named)]
    faults += [f"row without its photo {path}" for path in sorted(named - _files(data))]
    faults += [f"left open {id}" for (id,) in _query(data, "SELECT id FROM sightings WHERE closed = 0")]
    whole = []
    for id, path in _photos(data):
        with Image.open(data / path) as image:
            image.load()
        if path.endswith("-2.jpg"):  # the better one, which was durable before the report
            whole.append(id)
    print(json.dumps({"whole": whole, "faults": faults}))


def _query(data: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(data / "gardenwatch.db")) as db:
        return db.execute(sql).fetchall()


def _photos(data: Path) -> list[tuple[Any, ...]]:
    return _query(data, "SELECT sighting_id, path FROM photos WHERE path IS NOT NULL")


def _files(data: Path) -> set[str]:
    return {file.relative_to(data).as_posix() for file in (data / "photos").rglob("*") if file.is_file()}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
