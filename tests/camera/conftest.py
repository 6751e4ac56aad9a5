"""Stream servers and the cameras that look at them."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.camera.opencv import LiveCamera
from edge.settings import CameraSettings
from tests.camera.recordings import numbered
from tests.camera.watching import FPS, QUICK, OpenCamera
from tests.rigs.streams.mjpeg_server import StreamServer


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    for index in range(240):
        folder.joinpath(f"{index:03d}.jpg").write_bytes(cv2.imencode(".jpg", numbered(index))[1].tobytes())
    small = cv2.resize(numbered(1), (96, 96))
    folder.joinpath("small.jpg").write_bytes(cv2.imencode(".jpg", small)[1].tobytes())
    folder.joinpath("black.jpg").write_bytes(cv2.imencode(".jpg", np.zeros((120, 160, 3), np.uint8))[1].tobytes())
    return folder


@pytest.fixture
def server(pictures: Path) -> Iterator[StreamServer]:
    with StreamServer(pictures, FPS) as running:
        yield running


@pytest.fixture
def open_camera() -> Iterator[OpenCamera]:
    cameras: list[LiveCamera] = []

    def opened(source: str | int, settings: CameraSettings = QUICK) -> LiveCamera:
        cameras.append(LiveCamera(settings, source))
        return cameras[-1]

    yield opened
    for camera in cameras:
        camera.close()


@pytest.fixture
def mute_port() -> Iterator[int]:
    """A port where somebody takes the call and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]
