"""A healthy clone of an Uno, the unmodified pinpong, and the cable between them."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from edge.board.pinpong import PinpongBoard
from edge.board.probe import probe
from edge.settings import BoardSettings
from tests.board.conftest import Journal, cpu_share, eventually, pulled_out, worker_pid
from tests.programs import here
from tests.rigs.uno import EmulatedUno, need_pinpong

See = Callable[..., None]


@pytest.fixture(scope="module")
def uno(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatedUno]:
    need_pinpong()
    with EmulatedUno(tmp_path_factory.mktemp("dev"), usb_id="1A86:7523") as uno:
        yield uno


@pytest.fixture(scope="module")
def board(uno: EmulatedUno, see: See, journal: Journal) -> Iterator[PinpongBoard]:
    """One board for the whole file, since each connection takes two seconds; ready, all pins low."""
    see(uno)
    made: list[PinpongBoard] = []
    # pinpong itself works in the main thread only.
    maker = threading.Thread(target=lambda: made.append(PinpongBoard(BoardSettings(kind="pinpong"))))
    maker.start()
    maker.join()
    with closing(made[0]) as board:
        yield board


@pytest.fixture
def ready(board: PinpongBoard, uno: EmulatedUno) -> PinpongBoard:
    board.write("D13", False)
    assert eventually(lambda: board.health().state == "ready"), board.health()
    assert uno.wait_for_level(13, False)
    return board


def test_finds_a_clone_that_pinpong_does_not_know(ready: PinpongBoard, uno: EmulatedUno) -> None:
    assert str(uno.path) in ready.health().detail


def test_the_lamp_follows(ready: PinpongBoard, uno: EmulatedUno) -> None:
    before = len(uno.changes(13))
    for level in (True, False, True):
        ready.write("D13", level)
        assert uno.wait_for_level(13, level)
    assert uno.levels(13)[before:] == [True, False, True]


def test_the_last_wanted_level_wins(ready: PinpongBoard, uno: EmulatedUno) -> None:
    started = time.monotonic()
    for count in range(2001):
        ready.write("D13", count % 2 == 0)
    assert time.monotonic() - started < here(1.0), "write blocks"
    assert uno.wait_for_level(13, True)
    assert len(uno.changes(13)) < 2001


def test_pins_are_kept_apart(ready: PinpongBoard, uno: EmulatedUno) -> None:
    ready.write("D8", True)
    ready.write("D14", True)
    assert uno.wait_for(lambda: uno.level(8) and uno.level(14))
    assert not uno.level(13)
    ready.write("D8", False)
    assert uno.wait_for_level(8, False)


def test_the_lamp_lights_again_after_the_board_was_reset_unnoticed(ready: PinpongBoard, uno: EmulatedUno) -> None:
    ready.write("D13", True)
    assert uno.wait_for_level(13, True)
    uno.reset()
    assert uno.wait_for_level(13, False)
    low = bytes((0xF5, 13, 0))
    before = uno.heard.count(low)
    ready.write("D13", False)
    assert uno.wait_for(lambda: uno.heard.count(low) > before)
    ready.write("D13", True)
    assert uno.wait_for_level(13, True)


def test_signals_for_the_daemon_do_not_end_the_worker(ready: PinpongBoard, uno: EmulatedUno) -> None:
    pid = worker_pid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(pid, number)
    ready.write("D13", True)
    assert uno.wait_for_level(13, True)
    assert worker_pid() == pid


def test_the_worker_rests_also_after_half_a_message(
    ready: PinpongBoard, uno: EmulatedUno, record_property: Callable[[str, object], None]
) -> None:
    uno.babble(b"\xf0")
    share = cpu_share(worker_pid(), 1.0)
    record_property("idle_cpu", share)
    assert share < 0.2, "pinpong's threads take a third of a core, or all of it after a lone F0"
    ready.write("D13", True)
    assert uno.wait_for_level(13, True)


def test_a_message_that_nobody_knows_does_no_harm(ready: PinpongBoard, uno: EmulatedUno) -> None:
    pid = worker_pid()
    uno.babble(b"\xf0\x6f\x01\x02\xf7")  # ends pinpong's own reader
    ready.write("D13", True)
    assert uno.wait_for_level(13, True)
    assert worker_pid() == pid


def test_the_worker_rests_while_the_cable_is_out(ready: PinpongBoard, uno: EmulatedUno) -> None:
    before = worker_pid()
    with pulled_out(uno):
        assert eventually(lambda: worker_pid() != before), "the one that lost the port ends"
        share = cpu_share(worker_pid(), 1.5)
    assert share < 0.5, "pinpong spins with a whole core"


def test_a_dead_worker_is_replaced_and_the_level_restored(ready: PinpongBoard, uno: EmulatedUno) -> None:
    ready.write("D13", True)
    assert uno.wait_for_level(13, True)
    seen = len(uno.changes(13))
    os.kill(worker_pid(), signal.SIGKILL)
    assert uno.wait_for(lambda: uno.levels(13)[seen:] == [False, True])
    assert eventually(lambda: ready.health().state == "ready")


def test_a_pulled_cable_is_reported_once_and_the_level_restored(
    ready: PinpongBoard, uno: EmulatedUno, journal: Journal
) -> None:
    ready.write("D13", True)
    assert uno.wait_for_level(13, True)
    journal.lines.clear()
    with pulled_out(uno):
        assert eventually(lambda: ready.health().state == "backoff")
        ready.write("D13", False)  # a failed write of pinpong's ends its process with status 0
        ready.write("D13", True)
        assert not eventually(lambda: len(journal.lines) > 1, 2.5), journal.lines
    assert uno.wait_for_level(13, True)
    assert eventually(lambda: ready.health().state == "ready")
    assert [line.split()[1:3] for line in journal.lines] == [
        ["state=backoff", "reason=absent"],
        ["state=connecting", "reason=none"],
        ["state=ready", "reason=none"],
    ]


def test_a_second_daemon_on_the_same_board_is_told_and_disturbs_nothing(ready: PinpongBoard, uno: EmulatedUno) -> None:
    ready.write("D13", True)
    assert uno.wait_for_level(13, True)
    opened = uno.opened
    health = probe(BoardSettings(kind="pinpong"))
    assert health.state == "backoff"
    assert "in use" in health.detail
    assert uno.opened == opened
    assert uno.level(13)


def test_an_unknown_pin_is_reported_once_and_the_others_go_on(
    ready: PinpongBoard, uno: EmulatedUno, journal: Journal
) -> None:
    for level in (True, False, True):
        ready.write("D1", level)
        ready.write("D13", level)
        assert uno.wait_for_level(13, level)
    assert eventually(lambda: ready.health().state == "failed")
    assert "D1;" in ready.health().detail
    assert len(journal.about("reason=unknown_pin")) == 1


def test_a_by_id_link_works_and_close_leaves_the_lamp_dark(tmp_path: Path, see: See) -> None:
    need_pinpong()
    with EmulatedUno(tmp_path) as uno:
        see(uno)
        link = tmp_path / "usb-Arduino_Uno-if00"
        link.symlink_to(uno.path)
        board = PinpongBoard(BoardSettings(kind="pinpong", port=str(link)))
        board.write("D13", True)
        assert uno.wait_for_level(13, True)
        assert not eventually(lambda: board.health().state != "ready", 1.5), "pinpong's monitor gave the port up"
        started = time.monotonic()
        board.close()
        assert time.monotonic() - started < here(2.0)
        assert uno.levels(13) == [True, False]
        assert b"\xf0\x49\xf7" not in uno.heard, "pinpong's disconnect() makes the board deaf, and ends the process"
        board.write("D13", True)
        assert uno.levels(13) == [True, False]


def test_a_board_that_comes_back_under_another_number_is_found(tmp_path: Path, see: See) -> None:
    need_pinpong()
    with EmulatedUno(tmp_path) as first, EmulatedUno(tmp_path, name="ttyACM1", plugged=False) as second:
        see(first, second)
        with closing(PinpongBoard(BoardSettings(kind="pinpong"))) as board:
            board.write("D13", True)
            assert first.wait_for_level(13, True)
            first.unplug()
            second.plug()
            assert second.wait_for_level(13, True)
