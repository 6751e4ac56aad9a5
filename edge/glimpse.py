"""Leaves the present picture for who looks at the page, and only while somebody does."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import cv2

from edge.privacy import Hidden
from edge.records import Frame, Image, Region
from edge.store.run import utc_text

log = logging.getLogger(__name__)

FOLDER = "live"
WANTED, PICTURE, STATE = "wanted", "frame.jpg", "state.json"
LOOK_S = 1.0
"""How often it is asked whether somebody looks: one call to the file system."""
EVERY_S = 2.0
"""A picture takes some 5 ms; so often it costs nothing, and a hand before the lens is seen."""
AWAY_S = 15.0
"""Nobody looks who has asked for nothing so long."""
WIDEST_PX = 960
QUALITY = 80


@dataclass(frozen=True, slots=True)
class State:
    """How the watcher is, in its own words."""

    camera: str
    scene: str
    """`seen`, or why nothing can be seen."""
    lamp: bool
    board: str
    store: str
    here_now: int
    """Open sightings."""
    collecting_s: float = 0.0
    """For how long pictures are still collected at the page's wish."""
    collected: int = 0
    """How many of them were kept."""
    rest: str = ""
    """Why nobody watches; empty while somebody does."""
    rest_until: str | None = None
    """ISO 8601; None where nobody knows."""
    strain: tuple[str, ...] = ()
    """What ails the computer: too little voltage, heat."""


class Glimpse:
    """A small folder beside the record. Nothing in it outlives the watching; a full disk only leaves it empty."""

    def __init__(self, data: Path, always: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        """`always`: also where a person may be in the picture."""
        self._always = always
        self._folder, self._clock = data / FOLDER, clock
        self._asked = self._version()
        self._asked_s: float | None = None
        self._look_s, self._next_s = 0.0, 0.0
        self._remove()

    def show(
        self, frame: Frame | None, regions: Sequence[Region], hidden: Hidden, wall: datetime, state: Callable[[], State]
    ) -> None:
        """Writes the state, and a frame with nothing hidden in it, where somebody looks. Never raises for the disk."""
        now_s = self._clock()
        if now_s < self._look_s:
            return
        self._look_s = now_s + LOOK_S
        version = self._version()
        if version != self._asked:
            self._asked, self._asked_s = version, now_s
        if self._asked_s is None:
            return
        if now_s - self._asked_s > AWAY_S:
            self._asked_s = None
            self._remove()
        elif now_s >= self._next_s:
            self._next_s = now_s + EVERY_S
            try:
                self._write(None if hidden.anything and not self._always else frame, regions, wall, state())
            except OSError as error:
                log.debug("no glimpse error=%s", error)

    @property
    def is_wanted(self) -> bool:
        """Whether somebody looks at the page now."""
        return self._asked_s is not None

    @property
    def last_wanted(self) -> datetime | None:
        """When somebody looked before this run; None where nobody ever did."""
        version = self._version()
        return None if version is None else datetime.fromtimestamp(version / 1e9, UTC)

    def close(self) -> None:
        """Nothing is left of it."""
        self._remove()

    def _write(self, frame: Frame | None, regions: Sequence[Region], wall: datetime, state: State) -> None:
        boxes, size = [list(region.box) for region in regions], None
        if frame is not None:
            size = [frame.image.shape[1], frame.image.shape[0]]
            self._put(PICTURE, _jpeg(frame.image))
        else:
            (self._folder / PICTURE).unlink(missing_ok=True)
        values = {"at": utc_text(wall), "size": size, "regions": boxes, **asdict(state)}
        self._put(STATE, json.dumps(values).encode())

    def _put(self, name: str, content: bytes) -> None:
        """Whole or not at all; after a power cut nobody misses it, so it is not synced."""
        part = self._folder / f"{name}.part"
        part.write_bytes(content)
        os.replace(part, self._folder / name)

    def _version(self) -> int | None:
        try:
            return (self._folder / WANTED).stat().st_mtime_ns
        except OSError:
            return None

    def _remove(self) -> None:
        for name in (PICTURE, STATE):
            try:
                (self._folder / name).unlink(missing_ok=True)
            except OSError:
                return


def ask(data: Path) -> None:
    """Somebody looks now. Raises OSError where the folder cannot be written."""
    folder = data / FOLDER
    folder.mkdir(exist_ok=True)
    (folder / WANTED).write_bytes(b"")
    os.utime(folder / WANTED)


def _jpeg(image: Image) -> bytes:
    height, width = image.shape[:2]
    if width > WIDEST_PX:
        image = cv2.resize(image, (WIDEST_PX, round(height * WIDEST_PX / width)), interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()
