"""A live camera where opening, closing and naming meet trouble."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from edge.camera import opencv
from edge.camera.opencv import LiveCamera
from tests.camera.recordings import number_of
from tests.camera.watching import BLOCKING, BLOCKS_S, FPS, GRACE_S, QUICK, OpenCamera, is_lost, read_one, wait_until
from tests.programs import SLOW_S, here
from tests.rigs.streams.mjpeg_server import StreamServer
from tests.rigs.streams.rtsp_server import RtspServer


def test_a_camera_that_is_not_there_at_the_start_is_waited_for(pictures: Path, open_camera: OpenCamera) -> None:
    server = StreamServer(pictures, FPS)
    with server:
        pass
    camera = open_camera(server.address)
    wait_until(lambda: "cannot be opened" in camera.health().detail, BLOCKS_S, "refused")
    assert is_lost(camera)
    with server:
        read_one(camera)
        assert (camera.health().state, camera.health().reopened) == ("open", 0)
        camera.close()


def test_a_camera_is_opening_until_its_first_attempt_has_failed(mute_port: int, open_camera: OpenCamera) -> None:
    camera = open_camera(f"http://127.0.0.1:{mute_port}/video")
    assert camera.health().state == "opening"
    assert camera.read(QUICK.open_timeout_s / 2) is None
    assert camera.health().state == "opening"
    wait_until(lambda: is_lost(camera), QUICK.open_timeout_s + GRACE_S, "lost")


def test_a_camera_that_opens_and_sends_no_picture_is_not_open(server: StreamServer, open_camera: OpenCamera) -> None:
    server.mode("garbage")
    camera = open_camera(server.address)
    wait_until(
        lambda: "no usable picture" in camera.health().detail or "cannot be opened" in camera.health().detail,
        BLOCKS_S,
        "",
    )
    assert is_lost(camera)
    assert camera.health().reopened == 0
    server.mode("ok")
    read_one(camera)


def test_closing_is_prompt_while_the_reader_is_blocked(server: StreamServer) -> None:
    camera = LiveCamera(BLOCKING, server.address)
    read_one(camera)
    server.mode("stall")
    time.sleep(0.2)
    began = time.monotonic()
    camera.close()
    camera.close()
    assert time.monotonic() - began < here(2 * opencv.CLOSE_WITHIN_S + GRACE_S)
    assert camera.read(0.1) is None
    server.kill()
    wait_until(lambda: not camera._reader.is_alive(), SLOW_S, "the reader left")


def test_closing_is_prompt_while_the_camera_is_being_opened(mute_port: int) -> None:
    camera = LiveCamera(QUICK.model_copy(update={"open_timeout_s": BLOCKS_S}), f"http://127.0.0.1:{mute_port}/video")
    began = time.monotonic()
    camera.close()
    assert time.monotonic() - began < here(opencv.CLOSE_WITHIN_S + GRACE_S)


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_a_camera_that_answers_nothing_is_tried_again_within_the_open_timeout(
    open_camera: OpenCamera, scheme: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(BLOCKS_S)
        camera = open_camera(f"{scheme}://127.0.0.1:{listener.getsockname()[1]}/1")
        first, _ = listener.accept()
        began = time.monotonic()
        second, _ = listener.accept()
        assert time.monotonic() - began < here(QUICK.open_timeout_s + opencv.FIRST_PAUSE_S + GRACE_S)
        assert is_lost(camera)
        first.close()
        second.close()


def test_an_rtsp_camera_is_read_over_tcp_lost_and_found_again(pictures: Path, open_camera: OpenCamera) -> None:
    server = RtspServer(pictures, FPS)
    try:
        camera = open_camera(server.address)
        frames = [read_one(camera) for _ in range(5)]
        behind = [int(frame.moment.tick_s * FPS) - number_of(frame.image) for frame in frames]
        assert min(one % 240 for one in behind) <= 6, "not the picture of this moment"
        server.stalled = True
        wait_until(lambda: is_lost(camera), QUICK.read_timeout_s + GRACE_S, "lost")
        server.stalled = False
        read_one(camera)
        assert camera.health().reopened == 1
        assert all("TCP" in transport for transport in server.transports)
    finally:
        server.close()


def test_the_process_ends_at_once_although_the_reader_is_blocked(mute_port: int) -> None:
    program = (
        "import sys, time; from edge.camera.opencv import LiveCamera; from edge.settings import CameraSettings\n"
        "camera = LiveCamera(CameraSettings(open_timeout_s=60), sys.argv[1]); time.sleep(0.5); camera.close()\n"
        "print(time.monotonic())"
    )
    address = f"http://127.0.0.1:{mute_port}/video"
    done = subprocess.run([sys.executable, "-c", program, address], capture_output=True, text=True, timeout=SLOW_S)
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - float(done.stdout) < here(1 + GRACE_S)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("rtsp://teacher:pa/ss#w@rd@127.0.0.1:1/1", "rtsp://***@127.0.0.1:1/1"),
        ("http://127.0.0.1:1/video?user=admin&pwd=pass/w@rd", "http://***@rd"),
        (
            "http://127.0.0.1:1/video?user=admin&loginpass=w%40rd&ch=1",
            "http://127.0.0.1:1/video?user=admin&loginpass=***&ch=1",
        ),
    ],
)
def test_no_password_is_shown_or_logged(
    open_camera: OpenCamera, caplog: pytest.LogCaptureFixture, source: str, shown: str
) -> None:
    caplog.set_level(logging.DEBUG)
    camera = open_camera(source)
    wait_until(lambda: "cannot be opened" in camera.health().detail, BLOCKS_S, "refused")
    assert camera.name == shown
    for text in (camera.name, camera.health().detail, caplog.text):
        assert "pa/ss" not in text
        assert "w@rd" not in text
        assert "w%40rd" not in text


@pytest.mark.parametrize("device", [97, "97", "/dev/video97", "/dev/v4l/by-id/usb-not-plugged-in"])
def test_a_camera_that_is_not_plugged_in_is_a_state(open_camera: OpenCamera, device: str | int) -> None:
    camera = open_camera(device)
    wait_until(lambda: "cannot be opened" in camera.health().detail, BLOCKS_S, "tried")
    assert is_lost(camera)
    assert str(device) in camera.name
