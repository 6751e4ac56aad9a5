"""Boards that are accepted beside an Uno. No such board was at hand: only what pinpong makes of our calls is shown."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from edge.board.pinpong import PinpongBoard
from edge.doctor import findings
from edge.settings import BoardSettings, Config
from tests.board.conftest import eventually
from tests.rigs.uno import EmulatedUno, need_pinpong

See = Callable[..., None]
GPIO = """
BCM, OUT, IN, LOW, HIGH = 11, 0, 1, 0, 1
def note(*words):
    with open({log!r}, "a") as log:
        print(*words, file=log)
def setmode(mode): note("mode", "BCM" if mode == BCM else mode)
def setwarnings(on): pass
def setup(pin, way): note("setup", pin, "OUT" if way == OUT else way)
def output(pin, level): note("output", pin, level)
"""

DEAD_CHIP = """
import os, sys, time, warnings
warnings.simplefilter("ignore")
import pinpong.board
from edge.board import own_pins
from edge.board.unusable import Unusable
own_pins.UNIHIKER = sys.executable
own_pins._need_unihiker()
from pinpong.extension import unihi
def get_version(): raise OSError("no answer")
unihi.get_version, unihi.reset, unihi.get_pinpong_state = get_version, lambda: None, lambda path: True
time.sleep = os.chmod = lambda *words: None
try:
    unihi.pinpong_count_init()
except Unusable as fault:
    print(fault.reason)
"""
"""pinpong's own way to a UNIHIKER whose second chip does not answer: it would overwrite that chip's program."""


@pytest.mark.parametrize(
    ("name", "usb_id", "version"),
    [
        ("leonardo", "2341:8036", (2, 7)),
        ("mega2560", "2341:0042", (2, 8)),
        ("microbit", "0D28:0204", (2, 9)),
        ("handpy", "1A86:55D4", (2, 9)),
    ],
)
def test_its_lamp_follows_when_it_speaks_as_an_uno_does(
    name: str, usb_id: str, version: tuple[int, int], see: See, tmp_path: Path
) -> None:
    need_pinpong()
    with EmulatedUno(tmp_path, usb_id=usb_id, version=version) as board:
        see(board)
        with closing(PinpongBoard(BoardSettings(kind="pinpong", name=name))) as daemon:
            daemon.write("D13", True)
            assert board.wait_for_level(13, True), daemon.health()
        assert board.wait_for_level(13, False)
        assert board.flash_attempts == 0


@pytest.fixture
def pi(tmp_path: Path, see: See, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What was asked of the pins of a Raspberry Pi."""
    need_pinpong()
    see()
    log, package = tmp_path / "pins", tmp_path / "packages" / "RPi"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "GPIO.py").write_text(GPIO.format(log=str(log)))
    log.touch()
    monkeypatch.setenv("PYTHONPATH", f"{package.parent}{os.pathsep}{os.environ['PYTHONPATH']}")
    return log


def test_a_pi_switches_its_own_pin_by_bcm_s_number_whatever_its_name(pi: Path) -> None:
    with closing(PinpongBoard(BoardSettings(kind="pinpong", name="rpi"))) as board:
        board.write("D13", True)
        assert eventually(lambda: "output 13 1" in pi.read_text()), board.health()
        board.write("D2", True)  # a pin that pinpong does not lend
        assert eventually(lambda: board.health().state == "failed")
        assert "D2;" in board.health().detail
    assert pi.read_text().split("\n") == ["mode BCM", "setup 13 OUT", "output 13 1", "output 13 0", ""]


def test_the_doctor_calls_it_untested(pi: Path, tmp_path: Path) -> None:
    config = Config(data=tmp_path / "data", board=BoardSettings(kind="pinpong", name="rpi"))
    (board,) = [finding for finding in findings(config, camera_needed=False) if finding.what == "board"]
    assert board.state == "ok"
    assert "untested" in board.found


@pytest.mark.parametrize(("name", "told"), [("rpi", "pip install rpi-lgpio"), ("unihiker", "set board.name")])
def test_a_computer_that_is_no_such_board_is_told_and_not_tried_again_at_once(name: str, told: str, see: See) -> None:
    need_pinpong()
    see()
    with closing(PinpongBoard(BoardSettings(kind="pinpong", name=name))) as board:
        assert eventually(lambda: board.health().state == "failed")
        assert told in board.health().detail
        assert not eventually(lambda: board.health().restarts > 1, 2)


def test_a_unihiker_s_chip_is_not_overwritten_when_it_does_not_answer() -> None:
    need_pinpong()
    told = subprocess.run([sys.executable, "-c", DEAD_CHIP], capture_output=True, text=True, check=True)
    assert told.stdout.splitlines()[-1] == "wrong_firmware"
