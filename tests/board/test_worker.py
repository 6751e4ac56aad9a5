"""The worker process, seen from outside."""

from __future__ import annotations

import subprocess
import sys


def test_the_worker_loads_no_vision_no_model_no_settings() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, edge.board.worker; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert not {"cv2", "onnxruntime", "numpy", "pydantic", "pinpong", "serial"} & set(loaded)


def test_the_daemon_loads_neither_pinpong_nor_pyserial() -> None:
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, edge.board.pinpong, edge.board.fake, edge.board.probe; print(*sys.modules)",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert not {"pinpong", "serial"} & set(loaded)


def test_the_worker_leaves_when_the_daemon_is_gone() -> None:
    worker = subprocess.run(
        [sys.executable, "-m", "edge.board.worker", "--board", "uno"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        timeout=10,
        check=False,
    )
    assert worker.returncode == 0
