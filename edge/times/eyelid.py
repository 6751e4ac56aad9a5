"""A live camera that is closed while nobody is to watch."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace

from edge import clock
from edge.camera.base import ALL_FRAMES, Camera, CameraHealth
from edge.language import _
from edge.records import Frame, Moment
from edge.times.rest import Rest, Times

log = logging.getLogger(__name__)


class Eyelid:
    """A camera itself. Resting it lets go of the device, whose own light goes out, and does nothing but wait."""

    live = True
    start = None

    def __init__(
        self,
        name: str,
        open_camera: Callable[[], Camera],
        times: Times,
        now: Callable[[], Moment] = clock.now,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """Opened with the first `read` that finds it time to watch."""
        self.name = name
        self._open_camera, self._times, self._now, self._wait = open_camera, times, now, wait
        self._camera: Camera | None = None
        self._rest: Rest | None = None
        self._frames = self._before = self._missed = 0

    @property
    def rest(self) -> Rest | None:
        """Why nobody watches; None while somebody does. As the last `read` found it."""
        return self._rest

    def read(self, timeout_s: float, not_before_s: float = ALL_FRAMES) -> Frame | None:
        """As a camera's; None, after that time, while it rests."""
        rest = self._times.rest(self._now())
        if (rest and rest.reason) != (self._rest and self._rest.reason):
            log.info("resting reason=%s until=%s", *(rest.reason, rest.until) if rest else (None, None))
        self._rest = rest
        if rest is not None:
            self.close()
            self._wait(timeout_s)  # a signal does not cut it short, but it is as short as any turn
            return None
        if self._camera is None:
            self._camera, self._before = self._open_camera(), self._frames
        frame = self._camera.read(timeout_s, not_before_s)
        if frame is None or not self._before:
            self._frames = frame.index + 1 if frame else self._frames
            return frame
        self._frames = self._before + frame.index + 1
        return replace(frame, index=self._frames - 1)

    def health(self) -> CameraHealth:
        if self._camera is None:
            opening = CameraHealth("opening", _("opening {name}").format(name=self.name))
            return CameraHealth("resting", self.name, missed=self._missed) if self._rest else opening
        health = self._camera.health()
        return replace(health, missed=self._missed + health.missed)

    def close(self) -> None:
        if self._camera is not None:
            self._missed += self._camera.health().missed
            self._camera.close()
            self._camera = None
