"""Watches a live camera: waits for a condition instead of for a time."""

from __future__ import annotations

import time
from collections.abc import Callable

from edge.camera.opencv import LiveCamera
from edge.records import Frame
from edge.settings import CameraSettings

FPS = 20.0
QUICK = CameraSettings(open_timeout_s=2, read_timeout_s=0.8, reopen_max_s=0.5, fps=FPS)
GRACE_S = 0.5
"""Two shared cores may keep a thread waiting so long."""

OpenCamera = Callable[..., LiveCamera]


def wait_until(condition: Callable[[], bool], within_s: float, what: str) -> float:
    """Seconds it took; AssertionError naming `what` where it did not come true within the time."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < within_s, f"not within {within_s} s: {what}"
        time.sleep(0.01)
    return time.monotonic() - began


def read_one(camera: LiveCamera, within_s: float = 8) -> Frame:
    until_s = time.monotonic() + within_s
    while time.monotonic() < until_s:
        frame = camera.read(0.2)
        if frame is not None:
            return frame
    raise AssertionError(f"no frame within {within_s} s: {camera.health()}")


def is_lost(camera: LiveCamera) -> bool:
    return camera.health().state == "lost"
