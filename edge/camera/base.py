"""What the loop asks of any camera."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from edge.records import Frame

ALL_FRAMES = -math.inf
"""No frame lies before it."""

CameraState = Literal["opening", "open", "lost", "resting", "ended"]


@dataclass(frozen=True, slots=True)
class CameraHealth:
    """How a camera is now. A lost live camera is a state, never an exception.

    "opening" is a live camera whose first attempt is not over yet; once it has failed, the camera is "lost". A
    "resting" one was let go, because nobody is to watch (`edge.times.eyelid`).
    """

    state: CameraState
    detail: str
    """For a person: why it is lost, or what ended."""
    reopened: int = 0
    """How often a lost camera came back."""
    complete: bool = True
    """False where a file source ended before what it promised; `detail` says so, and the command exits with 1."""
    missed: int = 0
    """Frames of a live camera that came while the one before was still being looked at."""


class Camera(Protocol):
    """A source of frames. Opening happens in the constructor of a file source (SourceError), and in the
    background for a live one."""

    name: str
    """What a record calls its source: the file's name, the address without password, the device."""
    live: bool

    @property
    def start(self) -> datetime | None:
        """Wall time of a file source's first frame, aware; None for a live camera."""

    def read(self, timeout_s: float, not_before_s: float = ALL_FRAMES) -> Frame | None:
        """The next frame; None where none came within `timeout_s`. The newest frame of a live camera, each
        frame in order from a file. Never raises for a fault of a live camera.

        Frames whose tick lies before `not_before_s` are passed over: their index counts, but no picture is made.

        After None, `health()` tells whether a file source has "ended" or its next frame is only not due yet."""

    def health(self) -> CameraHealth:
        """Never blocks."""

    def close(self) -> None:
        """Ends within a second; may be called twice."""
