"""The stream of a Pi's own camera, as gardenwatch-picam.service sends it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator

import cv2
import pytest

from edge.camera.opencv import LiveCamera
from edge.records import Frame
from edge.settings import CameraSettings
from tests.conftest import PROJECT
from tests.films import picture
from tests.programs import SLOW_S, here
from tests.rigs.ports import free_port
from tests.rigs.streams.bare_jpeg import BareJpegs

JPEGS = [cv2.imencode(".jpg", picture(-1, seed))[1].tobytes() for seed in range(5)]


@pytest.fixture
def garden() -> Iterator[BareJpegs]:
    with BareJpegs(JPEGS) as stream:
        yield stream


def first_frame(camera: LiveCamera) -> tuple[Frame | None, float]:
    """And how long it took."""
    began = time.monotonic()
    while (frame := camera.read(0.5)) is None and time.monotonic() - began < SLOW_S:
        continue
    return frame, time.monotonic() - began


def test_it_is_open_long_before_the_time_is_up(garden: BareJpegs) -> None:
    """Without a shorter probe FFmpeg takes all of it."""
    camera = LiveCamera(CameraSettings(open_timeout_s=30), garden.address)
    frame, seconds = first_frame(camera)
    camera.close()
    assert frame is not None
    assert frame.image.shape == (360, 640, 3)
    assert seconds < here(15)
    assert "OPENCV_FFMPEG_CAPTURE_OPTIONS" not in os.environ


def test_the_next_reader_is_served_too(garden: BareJpegs) -> None:
    """The doctor looks first, then the watcher."""
    for _ in range(2):
        camera = LiveCamera(CameraSettings(open_timeout_s=30), garden.address)
        assert first_frame(camera)[0] is not None
        camera.close()
    assert garden.readers == 2


@pytest.mark.system
def test_it_is_what_ffmpeg_makes_of_motion_jpeg_without_a_container() -> None:
    if shutil.which("ffmpeg") is None:
        pytest.skip("not installed: ffmpeg: apt-get install ffmpeg (make test-system)")
    address = f"tcp://127.0.0.1:{free_port()}"
    made = (
        f"ffmpeg -loglevel error -re -f lavfi -i testsrc2=size=1280x720:rate=10 -c:v mjpeg -f mjpeg {address}?listen=1"
    )
    process = subprocess.Popen(made.split(), stderr=subprocess.DEVNULL)
    try:
        camera = LiveCamera(CameraSettings(open_timeout_s=30), address)
        frame, _seconds = first_frame(camera)
        camera.close()
    finally:
        process.kill()
        process.wait()
    assert frame is not None
    assert frame.image.shape == (720, 1280, 3)


def test_unit_script_and_example_name_the_same_address() -> None:
    found = {
        name: sorted(set(re.findall(r"tcp://127\.0\.0\.1:\d+", (PROJECT / "deploy" / name).read_text("utf-8"))))
        for name in ("gardenwatch-picam.service", "install.sh", "gardenwatch.yaml", "README.md", "README.zh-CN.md")
    }
    assert all(addresses == ["tcp://127.0.0.1:8555"] for addresses in found.values()), found
