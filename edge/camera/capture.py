"""Opens OpenCV's capture for a device or an address."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import cv2

from edge.camera.quiet import hush
from edge.settings import CameraSettings

OPTIONS = "OPENCV_FFMPEG_CAPTURE_OPTIONS"


def open_capture(settings: CameraSettings, source: str | int) -> cv2.VideoCapture:
    """Blocks up to `open_timeout_s` for an address; whether it is open, the caller asks.

    Later reads block up to `read_timeout_s` for an address, up to 10 s for a silent USB camera (OpenCV's own select).
    Raises cv2.error where OpenCV has no backend for it.
    """
    hush()
    text = str(source).strip()
    return _stream(settings, text) if "://" in text else _device(settings, text)


def _stream(settings: CameraSettings, address: str) -> cv2.VideoCapture:
    # RTSP runs over TCP as long as OPENCV_FFMPEG_CAPTURE_OPTIONS is not set: OpenCV then asks FFmpeg for prefer_tcp.
    # We leave that variable to the person: it would hold for every later opening and for child processes too.
    timeouts = [
        *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, round(settings.open_timeout_s * 1000)),
        *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, round(settings.read_timeout_s * 1000)),
    ]
    with _short_probe() if address.startswith("tcp://") else nullcontext():
        return cv2.VideoCapture(address, cv2.CAP_FFMPEG, timeouts)


@contextmanager
def _short_probe() -> Iterator[None]:
    """A few pictures are enough to tell what comes. A bare stream has no times in it, and FFmpeg looks for them in
    5 MB: a camera's ten seconds. OpenCV has no other way to say it; what a person set stays."""
    if OPTIONS in os.environ:
        yield
        return
    os.environ[OPTIONS] = "probesize;200000"
    try:
        yield
    finally:
        del os.environ[OPTIONS]


def _device(settings: CameraSettings, device: str) -> cv2.VideoCapture:
    backend = cv2.CAP_V4L2 if sys.platform == "linux" else cv2.CAP_ANY
    capture = cv2.VideoCapture(int(device) if device.isdecimal() else device, backend)
    if capture.isOpened():
        # Motion JPEG first: uncompressed, most USB cameras give 720p only at 5 to 10 pictures a second.
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, settings.width)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, settings.height)
        capture.set(cv2.CAP_PROP_FPS, settings.fps)
    return capture
