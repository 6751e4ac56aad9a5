"""A camera in the drawn demo garden: needs no device, no file, no network."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from edge.camera.base import ALL_FRAMES, CameraHealth
from edge.camera.garden.scene import Garden
from edge.camera.pace import Pace
from edge.language import _
from edge.records import Frame, Moment


class DemoCamera:
    """Every frame of the garden in order, then the end. The same seed gives the same pictures."""

    name = "demo"
    live = False

    def __init__(self, seed: int = 1, start: datetime | None = None, realtime: bool = False) -> None:
        """`start` is the wall time of the first frame, aware; None means now. `realtime` paces at 10 fps."""
        self.garden = Garden(seed)
        self.start: datetime = start or datetime.now(UTC)
        if self.start.tzinfo is None:
            raise ValueError("start must be an aware datetime")
        self._pace = Pace(realtime)
        self._next = 0

    def read(self, timeout_s: float, not_before_s: float = ALL_FRAMES) -> Frame | None:
        while self._next < self.garden.frame_count and self._next / self.garden.fps < not_before_s:
            self._next += 1
        if self._next >= self.garden.frame_count:
            return None
        source_s = self._next / self.garden.fps
        if not self._pace.wait(source_s, timeout_s):
            return None
        wall = self.start.astimezone(UTC) + timedelta(seconds=source_s)
        frame = Frame(self.garden.frame(self._next), self._next, Moment(wall, source_s, source_s))
        self._next += 1
        return frame

    def health(self) -> CameraHealth:
        if self._next < self.garden.frame_count:
            return CameraHealth("open", _("the drawn demo garden"))
        return CameraHealth("ended", _("the demo garden's story is over"))

    def close(self) -> None:
        self._next = self.garden.frame_count
