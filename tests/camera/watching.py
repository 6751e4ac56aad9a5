"""Watches a live camera: waits for a condition instead of for a time."""

from __future__ import annotations

import time
from collections.abc import Callable

from edge.camera.opencv import LiveCamera
from edge.records import Frame
from edge.settings import CameraSettings
from tests.programs import SLOW_S, here

FPS = 20.0
QUICK = CameraSettings(open_timeout_s=2, read_timeout_s=2, reopen_max_s=0.5, fps=FPS)
GRACE_S = 5.0
"""A busy machine may keep a thread waiting so long; what a test rules out takes half a minute."""
BLOCKS_S = 30.0
"""How long a reader waits that nobody may wait for."""

BLOCKING = QUICK.model_copy(update={"read_timeout_s": BLOCKS_S})

OpenCamera = Callable[..., LiveCamera]


def wait_until(condition: Callable[[], bool], within_s: float, what: str) -> float:
    """Seconds it took; AssertionError naming `what` where it did not come true within the time, on a calm machine."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < here(within_s), f"not within {within_s} s: {what}"
        time.sleep(0.01)
    return time.monotonic() - began


def read_one(camera: LiveCamera, within_s: float = SLOW_S) -> Frame:
    until_s = time.monotonic() + within_s
    while time.monotonic() < until_s:
        frame = camera.read(0.2)
        if frame is not None:
            return frame
    raise AssertionError(f"no frame within {within_s} s: {camera.health()}")


def is_lost(camera: LiveCamera) -> bool:
    return camera.health().state == "lost"
