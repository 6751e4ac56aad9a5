"""Streams that send what is no whole picture, or another picture than before."""

from __future__ import annotations

import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.camera import opencv
from edge.camera.packed import unpack
from edge.records import Frame
from edge.settings import CameraSettings
from tests.camera.recordings import number_of, numbered
from tests.camera.watching import BLOCKS_S, FPS, GRACE_S, QUICK, OpenCamera, is_lost, read_one, wait_until
from tests.rigs.streams.mjpeg_server import StreamServer
from tests.rigs.streams.rtsp_server import RtspServer, Sends

RTSP_OPENS_S = 3.0
"""Measured with OpenCV 5.0: it looks at the stream for so long."""
USB_BLOCKS_S = 10.0
SLOWEST_S = 1.0
"""From one picture to the next."""


def rows_agree(frame: Frame) -> bool:
    """The number that the upper rows show is that of the lower ones: the picture is of one moment."""
    lower = np.roll(frame.image, -45, axis=0)  # number_of reads row 60, then row 105
    return number_of(frame.image) == number_of(lower)


def test_a_stream_that_becomes_half_pictures_is_lost_until_they_are_whole(
    server: StreamServer, open_camera: OpenCamera
) -> None:
    camera = open_camera(server.address)
    read_one(camera)
    server.mode("truncate")
    wait_until(lambda: is_lost(camera), QUICK.read_timeout_s + GRACE_S, "lost")
    assert "no usable picture" in camera.health().detail
    server.mode("ok")
    assert rows_agree(read_one(camera))


def test_half_pictures_between_whole_ones_are_passed_over(server: StreamServer, open_camera: OpenCamera) -> None:
    camera = open_camera(server.address)
    read_one(camera)
    server.mode("limp")
    frames = [read_one(camera) for _ in range(20)]
    assert all(rows_agree(frame) for frame in frames)
    assert [number_of(frame.image) % 3 for frame in frames[2:]].count(0) == 0, "a half one was taken for whole"
    assert (camera.health().state, camera.health().reopened) == ("open", 0)


def test_a_packed_picture_is_whole_where_its_last_scan_has_an_end() -> None:
    packed = cv2.imencode(".jpg", numbered(77))[1].reshape(1, -1)
    whole = unpack(packed)
    assert whole is not None
    assert number_of(whole) == 77
    padded = np.hstack([packed, np.zeros((1, 20), np.uint8)])  # as some cameras send it
    assert unpack(padded) is not None
    thumbnail = packed.tobytes()
    segment = b"\xff\xe1" + (len(thumbnail) + 2).to_bytes(2, "big") + thumbnail
    half = thumbnail[:2] + segment + thumbnail[2 : len(thumbnail) // 2]
    assert unpack(np.frombuffer(half, np.uint8)) is None
    for wrong in (b"", bytes(5000), b"\xff\xd8\xff\xda\xff\xd9"):
        assert unpack(np.frombuffer(wrong, np.uint8)) is None


def test_garbage_in_mid_stream_is_lost_then_found_again(server: StreamServer, open_camera: OpenCamera) -> None:
    camera = open_camera(server.address)
    read_one(camera)
    server.mode("garbage")
    wait_until(lambda: is_lost(camera), QUICK.read_timeout_s + GRACE_S, "lost")
    server.mode("ok")
    assert rows_agree(read_one(camera))


def test_another_size_in_mid_stream_is_taken_as_it_comes(server: StreamServer, open_camera: OpenCamera) -> None:
    camera = open_camera(server.address)
    assert read_one(camera).image.shape == (120, 160, 3)
    server.mode("small")
    wait_until(lambda: read_one(camera).image.shape == (96, 96, 3), BLOCKS_S, "the new size")
    server.mode("ok")
    wait_until(lambda: read_one(camera).image.shape == (120, 160, 3), BLOCKS_S, "the size from before")
    assert camera.health().state == "open"


def test_a_camera_that_comes_back_with_another_size_is_open(server: StreamServer, open_camera: OpenCamera) -> None:
    camera = open_camera(server.address)
    read_one(camera)
    server.kill()
    wait_until(lambda: is_lost(camera), QUICK.read_timeout_s + GRACE_S, "lost")
    server.start()
    server.mode("small")
    wait_until(lambda: read_one(camera).image.shape == (96, 96, 3), BLOCKS_S, "the new size")
    assert (camera.health().state, camera.health().reopened) == ("open", 1)


def test_a_stream_that_only_says_hello_is_lost_until_pictures_come(
    server: StreamServer, open_camera: OpenCamera
) -> None:
    server.mode("stall")
    camera = open_camera(server.address)
    wait_until(lambda: is_lost(camera), QUICK.open_timeout_s + QUICK.read_timeout_s + GRACE_S, "lost")
    server.mode("ok")
    assert rows_agree(read_one(camera))


def test_a_killed_rtsp_camera_comes_back_on_its_port(pictures: Path, open_camera: OpenCamera) -> None:
    server = RtspServer(pictures, FPS)
    camera = open_camera(server.address)
    read_one(camera)
    server.close()
    wait_until(lambda: is_lost(camera), QUICK.read_timeout_s + GRACE_S, "lost")
    server = RtspServer(pictures, FPS, server.port)
    try:
        read_one(camera)
        assert camera.health().reopened == 1
    finally:
        server.close()


@pytest.mark.parametrize("fault", ["garbage", "halves"])
def test_an_rtsp_camera_that_sends_no_whole_picture_is_lost_then_found_again(
    fault: Sends, pictures: Path, open_camera: OpenCamera
) -> None:
    server = RtspServer(pictures, FPS)
    try:
        camera = open_camera(server.address)
        read_one(camera)
        server.sends = fault
        wait_until(lambda: is_lost(camera), QUICK.read_timeout_s + GRACE_S, "lost")
        server.sends = "pictures"
        assert rows_agree(read_one(camera))
    finally:
        server.close()


def test_an_rtsp_camera_with_another_size_is_taken_as_it_comes(pictures: Path, open_camera: OpenCamera) -> None:
    server = RtspServer(pictures, FPS)
    try:
        camera = open_camera(server.address)
        assert read_one(camera).image.shape == (120, 160, 3)
        server.sends = "small"
        wait_until(lambda: read_one(camera).image.shape == (96, 96, 3), BLOCKS_S, "the new size")
        server.sends = "pictures"
        wait_until(lambda: read_one(camera).image.shape == (120, 160, 3), BLOCKS_S, "the size from before")
    finally:
        server.close()


def test_a_slow_reader_of_an_rtsp_camera_gets_the_newest_frame(pictures: Path, open_camera: OpenCamera) -> None:
    server = RtspServer(pictures, FPS)
    try:
        camera = open_camera(server.address)
        read_one(camera)
        behind = []
        for _ in range(5):
            time.sleep(0.6)
            frame = read_one(camera)
            behind.append((int(frame.moment.tick_s * FPS) - number_of(frame.image)) % 240)
        assert min(behind[2:]) <= 20, "older than a second; without a reader of its own it would be 1.8 s"
    finally:
        server.close()


@pytest.mark.parametrize("blocked_s", [CameraSettings().open_timeout_s, USB_BLOCKS_S], ids=["address", "USB"])
@pytest.mark.parametrize("opens_s", [RTSP_OPENS_S, CameraSettings().open_timeout_s], ids=["usual", "two a second"])
def test_a_camera_is_seen_again_within_half_a_minute_of_its_return(blocked_s: float, opens_s: float) -> None:
    """The worst moment to return: an attempt has just begun and will block; the longest pause follows it.

    FFmpeg waits for a number of pictures, so that a slow camera may take all the time there is for opening.
    """
    settings = CameraSettings()
    assert blocked_s + settings.reopen_max_s + opens_s + opencv.BACKLOG_S + SLOWEST_S < 30
