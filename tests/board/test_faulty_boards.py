"""Boards that don't do what they should: never flashed, said once, and no burden to the daemon.

They are connected side by side, since each connection takes two seconds.
"""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import NamedTuple

import pytest

from edge.board.pinpong import PinpongBoard
from edge.board.talk import Patience
from edge.settings import BoardSettings
from tests.board.conftest import Journal, eventually
from tests.programs import here
from tests.rigs.uno import EmulatedUno, need_pinpong

See = Callable[..., None]


class Pair(NamedTuple):
    """An emulated Uno, and the daemon's side of it."""

    uno: EmulatedUno
    board: PinpongBoard


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory, see: See, journal: Journal) -> Iterator[dict[str, Pair]]:
    need_pinpong()
    folder = tmp_path_factory.mktemp("dev")
    with ExitStack() as stack:
        unos = {
            uno.path.name: stack.enter_context(uno)
            for uno in (
                EmulatedUno(folder, name="mute", mute=True),
                EmulatedUno(folder, name="old", version=(2, 5)),
                EmulatedUno(folder, name="slow", answer_delay_s=0.3),
                EmulatedUno(folder, name="deaf"),
                EmulatedUno(folder, name="dozing"),
                EmulatedUno(folder, name="full"),
                EmulatedUno(folder, name="late", plugged=False),
            )
        }
        see(*unos.values())
        yield {name: stack.enter_context(connected(uno)) for name, uno in unos.items()}


@contextlib.contextmanager
def connected(uno: EmulatedUno) -> Iterator[Pair]:
    patience = Patience(ping_s=0.5 if uno.path.name == "deaf" else 30)
    with closing(PinpongBoard(BoardSettings(kind="pinpong", port=str(uno.path)), patience)) as board:
        yield Pair(uno, board)


def test_a_slow_board_works(pairs: dict[str, Pair]) -> None:
    uno, board = pairs["slow"]
    board.write("D13", True)
    assert uno.wait_for_level(13, True)
    assert eventually(lambda: board.health().state == "ready")
    assert uno.flash_attempts == 0


def test_a_board_that_comes_late_is_ready_soon(pairs: dict[str, Pair], journal: Journal) -> None:
    uno, board = pairs["late"]
    assert eventually(lambda: board.health().state == "backoff")
    assert len(journal.about("reason=absent", str(uno.path))) == 1
    uno.plug()
    assert eventually(lambda: board.health().state == "ready"), "three seconds on an idle machine"


def test_another_firmware_is_left_alone_and_waits_for_a_person(pairs: dict[str, Pair], journal: Journal) -> None:
    uno, board = pairs["old"]
    assert eventually(lambda: board.health().state == "failed")
    assert "2.5" in board.health().detail
    assert "2.8" in board.health().detail
    assert not eventually(lambda: uno.opened > 1, 2), "it was tried again at once"
    assert uno.flash_attempts == 0
    assert len(journal.about("reason=wrong_firmware", str(uno.path))) == 1


def test_a_silent_board_is_noticed_before_it_is_needed_and_comes_back(pairs: dict[str, Pair], journal: Journal) -> None:
    uno, board = pairs["deaf"]
    assert eventually(lambda: board.health().state == "ready")
    board.write("D13", True)
    assert uno.wait_for_level(13, True)
    uno.reading = False
    assert eventually(lambda: board.health().state == "backoff")
    uno.reading = True
    board.write("D13", False)
    board.write("D13", True)
    assert eventually(lambda: board.health().state == "ready")
    assert uno.wait_for_level(13, True)
    assert len(journal.about("reason=lost", str(uno.path))) == 1


def test_a_board_that_does_not_take_a_level_is_noticed_at_once(pairs: dict[str, Pair]) -> None:
    uno, board = pairs["dozing"]
    assert eventually(lambda: board.health().state == "ready")
    uno.reading = False
    board.write("D13", True)
    assert eventually(lambda: board.health().state == "backoff")
    assert "no answer" in board.health().detail


def test_a_line_that_takes_no_more_bytes_blocks_nobody(pairs: dict[str, Pair]) -> None:
    uno, board = pairs["full"]
    assert eventually(lambda: board.health().state == "ready")
    uno.reading = False
    line = os.open(uno.path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(line, bytes(4096))
    os.close(line)
    started = time.monotonic()
    for count in range(1000):
        board.write("D13", count % 2 == 0)
    assert time.monotonic() - started < here(1.0)
    assert eventually(lambda: board.health().state == "backoff")


def test_a_mute_board_is_never_flashed_and_reported_once(pairs: dict[str, Pair], journal: Journal) -> None:
    uno, board = pairs["mute"]
    assert eventually(lambda: uno.opened >= 2), "it is tried again"
    assert board.health().state == "backoff"
    assert "reset button" in board.health().detail
    assert uno.flash_attempts == 0
    assert len(journal.about("reason=mute", str(uno.path))) == 1
    assert logging.getLogger().level < logging.CRITICAL, "pinpong's burner silences the root logger"


def test_a_mute_board_that_is_changed_for_a_good_one_works(pairs: dict[str, Pair]) -> None:
    uno, board = pairs["mute"]
    uno.unplug()
    assert eventually(lambda: "plug it in" in board.health().detail)
    uno.mute = False
    uno.plug()
    assert eventually(lambda: board.health().state == "ready")


@pytest.mark.parametrize(
    ("without", "name", "told"),
    [
        ("pinpong", "uno", "pip install"),
        ("pinpong=0.5.2", "uno", "found pinpong 0.5.2"),
        ("pyserial", "uno", "pip install"),
        ("", "xugu", "uno, leonardo"),
    ],
)
def test_what_only_a_person_can_mend_is_failed(
    without: str, name: str, told: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, see: See
) -> None:
    see()
    monkeypatch.setenv("GARDENWATCH_RIG_WITHOUT", without)
    with closing(PinpongBoard(BoardSettings(kind="pinpong", name=name))) as board:
        board.write("D13", True)
        assert eventually(lambda: board.health().state == "failed")
        assert told in board.health().detail


def test_a_port_that_is_no_serial_port_is_named(see: See, tmp_path: Path) -> None:
    need_pinpong()
    see()
    wrong = tmp_path / "ttyACM0"
    wrong.touch()
    with closing(PinpongBoard(BoardSettings(kind="pinpong", port=str(wrong)))) as board:
        assert eventually(lambda: board.health().state == "failed")
        assert str(wrong) in board.health().detail


def test_a_connection_that_takes_too_long_is_told_with_its_own_limit(see: See, tmp_path: Path) -> None:
    need_pinpong()
    with EmulatedUno(tmp_path, mute=True) as uno:
        see(uno)
        patience = Patience(connect_s=1.5)  # a worker needs half a second to come up, and three for a mute board
        with closing(PinpongBoard(BoardSettings(kind="pinpong", port=str(uno.path)), patience)) as board:
            assert eventually(lambda: board.health().state == "backoff")
            assert "expected an answer within 1.5 s" in board.health().detail
