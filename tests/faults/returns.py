"""How long a network camera that is back stays unseen, as configured by default; all cameras at once.

Each has a process of its own, as each watcher has: in one process OpenCV opens one stream after the other, and one that
does not answer holds up all others.
"""

from __future__ import annotations

import logging
import multiprocessing
import random
import socket
import statistics
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple, cast

import cv2

from edge.camera.opencv import LiveCamera
from edge.settings import CameraSettings
from tests.faults.outcome import Outcome
from tests.films import picture
from tests.rigs.streams.mjpeg_server import Mode, StreamServer
from tests.rigs.streams.rtsp_server import RtspServer, Sends

WITHIN_S = 30.0
"""Demanded, from the moment when the source is well again."""
OUT_S = (10.0, 70.0)
"""Shortest and longest loss: the pauses between two attempts are short at first, and longest after half a minute."""
LOSS_SEEN_S = 120.0
FIRST_S = 180.0
"""Until the first picture, on a busy computer."""
FPS = 10.0
SIZE = (160, 96)
"""Small, so that the bench itself does little; the RTSP stand-in sends a picture as one packet, with room for 64 kB."""


class Source(ABC):
    """One camera of a kind; it is lost in one way after the other."""

    kind: str
    ways: tuple[str, ...]

    @abstractmethod
    def __init__(self, pictures: Path) -> None: ...

    @property
    @abstractmethod
    def address(self) -> str: ...

    @abstractmethod
    def lose(self, way: str) -> None: ...

    @abstractmethod
    def bring_back(self, way: str) -> None: ...

    @abstractmethod
    def close(self) -> None: ...


class Mjpeg(Source):
    kind = "MJPEG"
    ways = ("killed", "stall", "silent", "garbage", "truncate", "close")

    def __init__(self, pictures: Path) -> None:
        self._server = StreamServer(pictures, FPS)
        self._server.start()
        self._mute: socket.socket | None = None

    @property
    def address(self) -> str:
        return self._server.address

    def lose(self, way: str) -> None:
        if way in ("killed", "silent"):
            self._server.kill()
            self._mute = _mute(self._server.port) if way == "silent" else None
        else:
            self._server.mode(cast(Mode, way))

    def bring_back(self, way: str) -> None:
        if way in ("killed", "silent"):
            _unmute(self._mute)
            self._server.start()
        else:
            self._server.mode("ok")

    def close(self) -> None:
        self._server.kill()


class Rtsp(Source):
    kind = "RTSP"
    ways = ("killed", "freeze", "silent", "garbage", "halves")

    def __init__(self, pictures: Path) -> None:
        self._pictures = pictures
        self._server = RtspServer(pictures, FPS)
        self._mute: socket.socket | None = None

    @property
    def address(self) -> str:
        return self._server.address

    def lose(self, way: str) -> None:
        if way == "freeze":
            self._server.stalled = True
        elif way in ("garbage", "halves"):
            self._server.sends = cast(Sends, way)
        else:
            self._server.close()
            self._mute = _mute(self._server.port) if way == "silent" else None

    def bring_back(self, way: str) -> None:
        if way == "freeze":
            self._server.stalled = False
        elif way in ("garbage", "halves"):
            self._server.sends = "pictures"
        else:
            _unmute(self._mute)
            self._server = RtspServer(self._pictures, FPS, self._server.port)

    def close(self) -> None:
        self._server.close()


KINDS: tuple[type[Source], ...] = (Mjpeg, Rtsp)
WAYS = sum(len(kind.ways) for kind in KINDS)


class Took(NamedTuple):
    """One return: how long until the first picture; None where it was not waited for any longer."""

    kind: str
    way: str
    seconds: float | None


def returns(
    times: int,
    folder: Path,
    settings: CameraSettings | None = None,
    out_s: tuple[float, float] = OUT_S,
    within_s: float = WITHIN_S,
) -> Outcome:
    """Each way of each kind equally often, side by side; a loss lasts for a chance time."""
    pictures = folder / "pictures"
    pictures.mkdir()
    for seed in range(4):
        cv2.imwrite(str(pictures / f"{seed}.jpg"), cv2.resize(picture(-1, seed), SIZE))
    chance = random.Random(6)
    jobs = []
    with ProcessPoolExecutor(WAYS, multiprocessing.get_context("spawn")) as pool:
        for kind in KINDS:
            for way in kind.ways:
                lasts = [chance.uniform(*out_s) for _ in range(max(1, round(times / WAYS)))]
                jobs.append(pool.submit(_losses, kind, pictures, way, lasts, settings or CameraSettings(), within_s))
    took = [one for job in jobs for one in job.result()]
    late = [
        f"{one.kind} {one.way}: back after " + ("ever so long" if one.seconds is None else f"{one.seconds:.1f} s")
        for one in took
        if one.seconds is None or one.seconds > within_s
    ]
    seen = "; ".join(_summary([one for one in took if one.kind == kind.kind], 2 * within_s) for kind in KINDS)
    return Outcome("network camera back after a long loss", len(took), seen, tuple(late))


def _summary(took: list[Took], ever_so_long: float) -> str:
    seconds = [ever_so_long if one.seconds is None else one.seconds for one in took]
    slowest = took[seconds.index(max(seconds))]
    return f"{slowest.kind} {statistics.median(seconds):.1f} s, {max(seconds):.1f} at most ({slowest.way})"


def _losses(
    kind: Callable[[Path], Source],
    pictures: Path,
    way: str,
    lasts: list[float],
    settings: CameraSettings,
    within_s: float,
) -> list[Took]:
    logging.disable(logging.WARNING)  # in a process of its own
    source = kind(pictures)
    camera = LiveCamera(settings, source.address)
    took = []
    try:
        _wait(lambda: camera.read(0.1) is not None, FIRST_S, "the first picture")
        for out_s in lasts:
            source.lose(way)
            began = time.monotonic()
            _wait(lambda: camera.read(0.1) is None and camera.health().state == "lost", LOSS_SEEN_S, f"loss, {way}")
            time.sleep(max(0.0, began + out_s - time.monotonic()))
            source.bring_back(way)
            back = _wait(lambda: camera.read(0.1) is not None, 2 * within_s)
            took.append(Took(source.kind, way, back))
            if back is None:
                break
    finally:
        camera.close()
        source.close()
    return took


def _wait(condition: Callable[[], bool], within_s: float, what: str | None = None) -> float | None:
    """Seconds until it was so; None where it was not, TimeoutError where `what` names it."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > within_s:
            if what is not None:
                raise TimeoutError(f"{what}: not within {within_s:.0f} s")
            return None
    return time.monotonic() - began


def _mute(port: int) -> socket.socket:
    """Takes calls at that port and never says a word, as a camera whose program hangs."""
    return socket.create_server(("127.0.0.1", port))


def _unmute(listener: socket.socket | None) -> None:
    if listener is not None:
        listener.close()
