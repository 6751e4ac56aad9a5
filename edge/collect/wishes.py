"""What the page asks the watcher to collect, for some minutes."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from edge.collect.collector import Collector
from edge.collect.folder import CropFolder
from edge.collect.settings import CLASS_NAME, CollectSettings
from edge.glimpse import FOLDER

log = logging.getLogger(__name__)

FILE = "collect.json"
COLLECTED = "collected"
"""Below the data folder: what was collected at the page's wish."""
LOOK_S = 2.0
LONGEST_MINUTES = 240
"""A wish that was forgotten ends by itself within a morning; the folder has its own bound."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Begin now; 0 minutes: stop."""

    label: str | None
    """What comes, where a person knows it; the name of a class."""
    minutes: int


def ask(data: Path, wish: Wish) -> None:
    """For the page. Raises OSError."""
    folder = data / FOLDER
    folder.mkdir(exist_ok=True)
    part = folder / f"{FILE}.part"
    part.write_text(json.dumps(asdict(wish)), "utf-8")
    os.replace(part, folder / FILE)


class Wishes:
    """For the watcher: follows the latest wish that came since it began, then goes back to what is configured."""

    def __init__(
        self, data: Path, collector: Collector, usual: CollectSettings, open_folder: Callable[[Path], CropFolder]
    ) -> None:
        self._data, self._collector, self._usual, self._open_folder = data, collector, usual, open_folder
        self._file = data / FOLDER / FILE
        self._version = self._changed()
        self._folder: CropFolder | None = None
        self._look_s = self._until_s = self._now_s = 0.0

    def notice(self, tick_s: float) -> None:
        """In every turn; looks at the file every two seconds. Never raises for the disk."""
        self._now_s = tick_s
        if tick_s < self._look_s:
            return
        self._look_s = tick_s + LOOK_S
        version = self._changed()
        if version != self._version:
            self._version = version
            self._follow(self._read())
        elif self._until_s and tick_s >= self._until_s:
            self._follow(None)

    @property
    def left_s(self) -> float:
        """For how long it goes on; 0 while nothing is wished."""
        return max(self._until_s - self._now_s, 0.0)

    @property
    def kept(self) -> int:
        """Pictures since the watching began."""
        return self._folder.kept if self._folder else 0

    def close(self) -> None:
        """Writes what waits."""
        self._follow(None)
        if self._folder is not None:
            self._folder.close()

    def _follow(self, wish: Wish | None) -> None:
        if wish is None or wish.minutes == 0:
            if self._until_s:
                log.info("collecting as configured again kept=%d", self.kept)
                self._collector.go_back()
            self._until_s = 0.0
            return
        try:
            self._folder = self._folder or self._open_folder(self._data / COLLECTED)
        except OSError as error:
            log.warning("cannot collect error=%s", error)
            return
        self._until_s = self._now_s + 60.0 * wish.minutes
        self._collector.go_over(self._usual.model_copy(update={"label": wish.label}), self._folder)
        log.info("collecting at the page's wish label=%s minutes=%d", wish.label, wish.minutes)

    def _read(self) -> Wish | None:
        """None for what is no wish."""
        try:
            values = json.loads(self._file.read_text("utf-8"))
            label, minutes = values["label"], int(values["minutes"])
            if label is None or (isinstance(label, str) and CLASS_NAME.fullmatch(label)):
                return Wish(label, min(max(minutes, 0), LONGEST_MINUTES))
        except (OSError, ValueError, TypeError, KeyError, OverflowError, RecursionError):
            pass
        return None

    def _changed(self) -> int | None:
        try:
            return self._file.stat().st_mtime_ns
        except OSError:
            return None
