"""A network camera that dies, stalls, closes, sends rubbish, and comes back; the same reader all the time."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

import cv2

from edge.camera.opencv import LiveCamera
from edge.settings import CameraSettings
from tests.faults.flat import grown, size
from tests.faults.outcome import Outcome
from tests.films import ground, picture
from tests.rigs.streams.mjpeg_server import Mode, StreamServer

QUICK = CameraSettings(open_timeout_s=3, read_timeout_s=1, reopen_max_s=1)
"""As configured, but ten times as quick, so that a hundred losses take minutes."""
WITHIN_S = 30.0
"""The issue's bound for a real camera."""
WAYS = ("kill", "stall", "garbage", "close")


def cameras(times: int, folder: Path) -> Outcome:
    """Each way in turn; sizes are compared once every way was met twice."""
    broken, took = list[str](), list[float]()
    pictures = folder / "pictures"
    pictures.mkdir()
    for name, image in (*((str(seed), picture(-1, seed)) for seed in range(4)), ("black", ground())):
        cv2.imwrite(str(pictures / f"{name}.jpg"), image)
    with StreamServer(pictures, fps=15) as server:
        camera = LiveCamera(QUICK, server.address)
        try:
            _until(lambda: camera.read(0.1) is not None, "first picture")
            before = size()
            for number in range(times):
                way = WAYS[number % len(WAYS)]
                _lose(server, way)
                _until(lambda: camera.read(0.05) is None and camera.health().state == "lost", f"loss {number} by {way}")
                _return(server, way)
                began = time.monotonic()
                _until(lambda: camera.read(0.05) is not None, f"picture after {number}, {way}")
                took.append(time.monotonic() - began)
                if number == 2 * len(WAYS):
                    before = size()
            after = size()
            if (counted := camera.health().reopened) != times:
                broken.append(f"{counted} returns were counted, not {times}")
        except TimeoutError as error:
            broken.append(str(error))
            after = size()
        finally:
            camera.close()
    broken += grown(before, after)
    seen = f"back after {max(took, default=0):.1f} s at most; {before} at first, {after} at the end"
    return Outcome("camera lost and back", times, seen, tuple(broken))


def _lose(server: StreamServer, way: str) -> None:
    if way == "kill":
        server.kill()
    else:
        server.mode(cast(Mode, way))


def _return(server: StreamServer, way: str) -> None:
    if way == "kill":
        server.start()
    else:
        server.mode("ok")


def _until(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + WITHIN_S
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {WITHIN_S:.0f} s")
