"""The folder of a new data set: pictures written by a thread of their own, within bounds."""

from __future__ import annotations

import csv
import logging
import os
import queue
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger(__name__)

COLUMNS = ("path", "class", "source", "group", "sighting_id", "model_id", "judged_by", "judged_at")
"""As in an exported data set (DESIGN's contract 2)."""
WAITING = 128
"""Pictures of some 20 kB that a slow card may let wait."""
LEAST_FREE_MB = 500
"""The watcher's own photos go first when the disk fills; see store.retention."""
_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Picture:
    """One JPEG and where it belongs."""

    path: str
    """Below the folder, with forward slashes."""
    content: bytes
    label: str
    """The class where a person gave one, else what the machine thinks; empty for a frame."""
    group: str
    """The same for all pictures of one animal: no split may part them."""


class CropFolder:
    """Takes pictures without waiting; each appears under its name only when it is whole.

    Says no when it is full: `most_mb` of pictures, or too little room on the disk.
    """

    def __init__(self, folder: Path, source: str, model_id: str, most_mb: int, waits: bool) -> None:
        """`waits`: a film waits for a slow disk, a camera never does. The folder is made with the first picture."""
        self.kept = self.lost = 0
        self._folder, self._source, self._model_id = folder, source, model_id
        self._left = most_mb * _MB - sum(file.stat().st_size for file in folder.rglob("*.jpg"))
        self._waits = waits
        self._queue: queue.Queue[Picture | None] = queue.Queue(WAITING)
        self._full = False
        self._thread = threading.Thread(target=self._write_all, name="collect", daemon=True)
        self._thread.start()

    def put(self, picture: Picture) -> None:
        """Never raises for the disk."""
        if self._full:
            self.lost += 1
            return
        try:
            self._queue.put(picture, block=self._waits, timeout=20 if self._waits else None)
        except queue.Full:
            self.lost += 1

    def close(self) -> None:
        """Writes what waits; a watcher that stops waits for half a second at most."""
        timeout_s = 20.0 if self._waits else 0.5
        try:
            self._queue.put(None, timeout=timeout_s)
        except queue.Full:
            return
        self._thread.join(timeout_s)

    def _write_all(self) -> None:
        while (picture := self._queue.get()) is not None:
            try:
                self._write(picture)
            except OSError as error:
                if self.lost == 0:
                    log.warning("pictures cannot be kept path=%s error=%s", picture.path, error)
                self.lost += 1

    def _write(self, picture: Picture) -> None:
        final = self._folder / picture.path
        final.parent.mkdir(parents=True, exist_ok=True)
        self._left -= len(picture.content)
        if self._left < 0 or shutil.disk_usage(self._folder).free < LEAST_FREE_MB * _MB:
            if not self._full:
                log.warning("collecting stops: no room folder=%s", self._folder)
            self._full = True
            self.lost += 1
            return
        part = final.with_suffix(".part")
        part.write_bytes(picture.content)
        os.replace(part, final)
        self._note(picture)
        self.kept += 1

    def _note(self, picture: Picture) -> None:
        """A line of the manifest; and the class, where it is a new one."""
        manifest = self._folder / "manifest.csv"
        new = not manifest.exists()
        with open(manifest, "a", newline="", encoding="utf-8") as file:
            table = csv.writer(file, lineterminator="\n")
            if new:
                table.writerow(COLUMNS)
            table.writerow([picture.path, picture.label, self._source, picture.group, "", self._model_id, "", ""])
        if picture.path.startswith("images/"):
            classes = self._folder / "classes.txt"
            names = set(classes.read_text("utf-8").split("\n")) - {""} if classes.exists() else set()
            if picture.label not in names:
                classes.write_text("".join(f"{name}\n" for name in sorted({*names, picture.label})), "utf-8")
