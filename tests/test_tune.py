"""A person who sets the camera up sees what the watcher sees."""

from __future__ import annotations

import re
import signal
import subprocess
import urllib.request
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.drawing import STRIP_PX
from tests.films import walking_dot
from tests.model.tiny import colour_model
from tests.programs import SLOW_S, command, gardenwatch


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return walking_dot(tmp_path / "film.avi")


def frames(path: Path) -> list[np.ndarray]:
    capture = cv2.VideoCapture(str(path))
    found = []
    while (read := capture.read())[0]:
        found.append(np.asarray(read[1]))
    return found


@pytest.mark.parametrize("name", ["tuned.mp4", "tuned.avi"])
def test_a_film_shows_each_frame_with_the_animal_framed_in_green_once_it_counts(
    film: Path, tmp_path: Path, name: str
) -> None:
    model = colour_model(tmp_path / "m.onnx")
    run = gardenwatch("tune", "--source", film, "--model", model, "--out", tmp_path / name)
    assert run.returncode == 0, run.stderr
    before, after = frames(film), frames(tmp_path / name)
    assert len(after) == len(before)
    assert after[0].shape[0] == before[0].shape[0] + STRIP_PX
    green = [int(((f[:-STRIP_PX, :, 1] > 180) & (f[:-STRIP_PX, :, 2] < 120)).sum()) for f in after]
    assert max(green[:60]) < 20, "nothing is there yet"
    assert min(green[85:110]) > 60, "it rests in the middle and is counted"


def test_seconds_end_it_early(film: Path, tmp_path: Path) -> None:
    gardenwatch("tune", "--source", film, "--out", tmp_path / "short.avi", "--seconds", 2)
    assert len(frames(tmp_path / "short.avi")) == 20


def test_it_is_shown_live_to_this_computer_until_ctrl_c(film: Path, tmp_path: Path) -> None:
    words = command("tune", "--source", film, "--serve", 0)
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        [address] = re.findall(r"http://127\.0\.0\.1:\d+/", program.stdout.readline())
        with urllib.request.urlopen(address, timeout=SLOW_S) as page:
            assert b'src="/picture"' in page.read()
        with urllib.request.urlopen(address + "picture", timeout=SLOW_S) as stream:
            head = b"".join(stream.readline() for _ in range(4))
            size = int(re.findall(rb"Content-Length: (\d+)", head)[0])
            picture = cv2.imdecode(np.frombuffer(stream.read(size), np.uint8), cv2.IMREAD_COLOR)
        assert picture is not None
        assert picture.shape[:2] == (360 + STRIP_PX, 640)
        program.send_signal(signal.SIGINT)
        assert program.wait(SLOW_S) == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "expected --out FILE or --serve PORT; found neither"),
        (("--out", "a.mp4", "--serve", "0"), "found both"),
        (("--out", "a.mkv"), "ending in .mp4, .avi or .webm"),
        (("--out", "nowhere/a.mp4"), "no folder"),
    ],
)
def test_what_cannot_be_done_is_answered(words: tuple[str, ...], told: str) -> None:
    run = gardenwatch("tune", "--source", "demo", *words)
    assert run.returncode == 2
    assert told in run.stderr
