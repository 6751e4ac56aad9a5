"""Holds a recorded source back to the speed at which it was recorded."""

from __future__ import annotations

import time


class Pace:
    """Seconds into the source against this machine's monotonic clock; does nothing where `realtime` is false."""

    def __init__(self, realtime: bool) -> None:
        self._realtime = realtime
        self._zero: float | None = None

    def wait(self, source_s: float, timeout_s: float) -> bool:
        """True when the frame at `source_s` is due; False where `timeout_s` passed before that."""
        if not self._realtime:
            return True
        now = time.monotonic()
        if self._zero is None:
            self._zero = now - source_s
        early = self._zero + source_s - now
        if early > timeout_s:
            time.sleep(timeout_s)
            return False
        if early > 0:
            time.sleep(early)
        return True
