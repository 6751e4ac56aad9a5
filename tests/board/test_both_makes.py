"""The emulated Uno and the simulated chip with pinpong's own firmware do the same."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from edge.board.pinpong import PinpongBoard
from edge.board.probe import probe
from edge.settings import BoardSettings
from tests.board.conftest import eventually
from tests.programs import here
from tests.rigs.uno import Bench, EmulatedUno, SimulatedUno, need_pinpong, need_simavr

DAEMON = """
import sys
from edge.board.pinpong import PinpongBoard
from edge.settings import BoardSettings
board = PinpongBoard(BoardSettings(kind="pinpong"))
board.write("D13", True)
sys.stdin.read()
"""


CHIP = pytest.param(SimulatedUno, marks=pytest.mark.system)


@pytest.fixture(params=[EmulatedUno, CHIP])
def uno(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    need_pinpong()
    if request.param is SimulatedUno:
        need_simavr()
    with request.param(tmp_path) as uno:
        yield uno


@pytest.mark.parametrize("uno", [CHIP], indirect=True)  # test_pinpong.py has it with the emulated one
def test_the_lamp_follows_through_a_pulled_cable(uno: Bench, see: Callable[..., None]) -> None:
    see(uno)
    with closing(PinpongBoard(BoardSettings(kind="pinpong"))) as board:
        for level in (True, False, True):
            board.write("D13", level)
            assert uno.wait_for_level(13, level)
        uno.unplug()
        assert eventually(lambda: board.health().state == "backoff")
        uno.plug()
        assert uno.wait_for_level(13, True)
    assert uno.levels(13) == [True, False, True, False, True, False]


def test_the_lamp_goes_out_when_the_daemon_is_killed(uno: Bench) -> None:
    daemon = subprocess.Popen(
        [sys.executable, "-c", DAEMON],
        env=uno.env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with daemon:
        assert uno.wait_for_level(13, True)
        daemon.kill()
        killed = time.monotonic()
        assert uno.wait_for_level(13, False)
        assert uno.changes(13)[-1].tick_s - killed < here(2.0)
        assert daemon.stdout is not None
        assert daemon.stdout.read() == "", "pinpong's prints belong to nobody"


@pytest.mark.parametrize("uno", [EmulatedUno], indirect=True)
def test_a_probe_says_that_the_board_is_well_and_lights_nothing(uno: Bench, see: Callable[..., None]) -> None:
    see(uno)
    health = probe(BoardSettings(kind="pinpong"))
    assert health.state == "ready"
    assert str(uno.path) in health.detail
    assert uno.levels(13) == []


def test_answers_like_pinpongs_firmware(uno: Bench) -> None:
    """What the emulated Uno says was learned from the chip; this keeps the two from drifting apart."""
    import serial

    with serial.Serial(str(uno.path), 115200, timeout=here(0.5)) as line:
        assert uno.wait_for(lambda: uno.opened == 1)

        def ask(question: bytes) -> bytes:
            line.write(question)
            return bytes(line.read_until(b"\xf7"))

        assert eventually(lambda: ask(b"\xf0\x79\xf7") == b"\xf0\x79\x02\x08\xf7")
        line.reset_input_buffer()
        assert ask(b"\xf0\x69\xf7").hex() == "f06a" + "7f" * 14 + "000102030405f7"
        line.write(b"\xf5\x0d\x01")  # not an output yet: ignored
        line.write(b"\xf4\x0d\x01\xf5\x0d\x01")
        assert uno.wait_for_level(13, True)
        line.write(b"\xf5\x0d\x01")  # high again, by way of low
        assert uno.wait_for(lambda: uno.levels(13) == [True, False, True])
        line.write(b"\xf4\x0d\x01")  # setting the mode again drops the pin
        assert uno.wait_for_level(13, False)
        line.write(b"\xf5\x0d\x01\xff")  # a system reset changes nothing
        assert uno.wait_for_level(13, True)
        assert ask(b"\xf0\x79\xf7")  # by then it has seen all that was sent before
        assert uno.level(13)
        uno.reset()
        assert uno.wait_for_level(13, False)
    assert uno.levels(13) == [True, False, True, False, True, False]
