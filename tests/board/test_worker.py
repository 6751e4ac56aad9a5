"""The worker process, seen from outside."""

from __future__ import annotations

import errno
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from edge.board import link
from edge.board.pinpong import PinpongBoard
from edge.settings import BoardSettings
from tests.board.conftest import eventually
from tests.programs import SLOW_S, here
from tests.rigs.uno import EmulatedUno, need_pinpong

WORKER = [sys.executable, "-P", "-m", "edge.board.worker", "--board", "uno"]


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
    worker = subprocess.run(WORKER, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=SLOW_S, check=False)
    assert worker.returncode == 0


def test_the_worker_leaves_even_while_it_connects(tmp_path: Path) -> None:
    need_pinpong()
    with EmulatedUno(tmp_path) as uno:
        worker = subprocess.Popen(WORKER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=uno.env)
        assert uno.wait_for(lambda: uno.opened == 1)
        worker.communicate(timeout=here(4))
        assert worker.returncode == 0


def test_a_pupils_own_pinpong_py_is_not_taken_for_the_real_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, see: Callable[..., None]
) -> None:
    need_pinpong()
    for name in ("pinpong.py", "serial.py", "queue.py"):
        (tmp_path / name).write_text("raise SystemExit('a pupil wrote this')")
    monkeypatch.chdir(tmp_path)
    see()
    with closing(PinpongBoard(BoardSettings(kind="pinpong", port="/dev/none"))) as board:
        assert eventually(lambda: "plug it in" in board.health().detail)


def test_pinpong_is_loaded_where_warnings_are_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, see: Callable[..., None]
) -> None:
    """Its comm.py has an invalid escape sequence, which is told whenever it is compiled."""
    need_pinpong()
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path / "compiled anew"))
    with EmulatedUno(tmp_path) as uno:
        see(uno)
        with closing(PinpongBoard(BoardSettings(kind="pinpong"))) as board:
            assert eventually(lambda: board.health().state == "ready"), board.health()


@pytest.mark.parametrize(("number", "reason"), [("EACCES", "no_permission"), ("EBUSY", "busy"), ("EIO", "lost")])
def test_a_port_that_cannot_be_opened_is_told_apart(number: str, reason: str) -> None:
    serial = pytest.importorskip("serial", reason="pyserial is not installed: pip install pyserial")
    error = serial.SerialException(getattr(errno, number), "could not open port")
    assert link._reason_of(error) == reason
