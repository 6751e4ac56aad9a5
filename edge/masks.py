"""Where the picture is looked at: polygons that a person drew."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from edge.errors import ConfigFaults
from edge.typed_values import Fraction, Settings

log = logging.getLogger(__name__)

LOOK_S = 2.0
"""How often the file is asked whether it changed: a person who draws a mask waits no longer."""

Corner = tuple[Fraction, Fraction]
"""Right and down, as parts of the picture's width and height: they hold for any size of the picture."""


class Mask(Settings):
    """One polygon."""

    name: str = ""
    kind: Literal["ignore", "only"]
    """`ignore`: nothing in it is seen. `only`: nothing outside all polygons of this kind is."""
    polygon: Annotated[tuple[Corner, ...], Field(min_length=3)]


class Masks(Settings):
    """The whole file `masks.yaml`."""

    masks: tuple[Mask, ...] = ()


NO_MASKS = Masks()


class MaskFile:
    """The file, read again when it changes. Without a file there are no masks."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._masks = NO_MASKS
        self._read: tuple[int, int] | None = None
        self._next_s: float | None = None

    def read(self) -> Masks:
        """What it says now. Raises ConfigFaults where it is not valid."""
        self._read = self._version()
        self._masks = _read(self._path) if self._read else NO_MASKS
        return self._masks

    def at(self, tick_s: float) -> Masks:
        """The latest valid ones; a change shows after two seconds, a faulty one is told once and changes nothing."""
        if self._next_s is not None and tick_s < self._next_s:
            return self._masks
        self._next_s = tick_s + LOOK_S
        if self._version() != self._read:
            before = self._masks
            try:
                log.info("masks read file=%s count=%d", self._path, len(self.read().masks))
            except ConfigFaults as error:
                self._masks = before
                log.warning("masks left as they were: %s", error)
        return self._masks

    def _version(self) -> tuple[int, int] | None:
        try:
            stat = self._path.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size


def _read(path: Path) -> Masks:
    from edge.typed_yaml import read_typed  # late: YAML takes 10 ms to import, and most gardens have no masks

    return read_typed(path, Masks)
