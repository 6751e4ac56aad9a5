"""The board that isn't there keeps the rules of one that is."""

from __future__ import annotations

import pytest

from edge.board.fake import PINS, REFUSED_KEPT, FakeBoard, LevelChange, NoBoard
from edge.board.ports import BOARDS


def test_records_changes_of_level_as_the_wire_would_see_them() -> None:
    ticks = iter([1.0, 2.5, 4.0])
    board = FakeBoard(clock=lambda: next(ticks))
    for level in (False, True, True, False, False, True):
        board.write("D13", level)
    assert list(board.changes) == [(1.0, "D13", True), (2.5, "D13", False), (4.0, "D13", True)]
    assert board.level("D13")


def test_tells_each_change_before_write_returns() -> None:
    told: list[LevelChange] = []
    board = FakeBoard(on_change=told.append, clock=lambda: 7.0)
    board.write("D13", True)
    assert told == [LevelChange(7.0, "D13", True)]


def test_keeps_pins_apart() -> None:
    board = FakeBoard()
    board.write("D13", True)
    board.write("D8", True)
    board.write("D13", False)
    assert board.level("D8")
    assert not board.level("D13")


def test_refuses_a_pin_that_an_uno_lacks_and_says_so() -> None:
    board = FakeBoard()
    for pin in ("D0", "D1", "D20"):
        board.write(pin, True)
    assert not board.changes
    assert board.health().state == "failed"
    assert "D20" in board.health().detail


@pytest.mark.parametrize(
    ("name", "has", "lacks"),
    [
        ("uno", "D19", "D22"),
        ("leonardo", "D0", "D20"),
        ("mega2560", "D53", "D54"),
        ("MEGA2560", "D22", "D1"),
        ("rpi", "D13", "D2"),
    ],
)
def test_has_the_pins_of_the_board_it_stands_for(name: str, has: str, lacks: str) -> None:
    board = FakeBoard(name=name)
    board.write(has, True)
    assert board.level(has)
    assert board.health().state == "ready"
    board.write(lacks, True)
    assert not board.level(lacks)
    assert board.health().state == "failed"
    assert f"{name.lower()}: D" in board.health().detail


def test_knows_every_board_that_a_real_one_may_be() -> None:
    assert PINS.keys() == BOARDS.keys()


def test_stands_for_no_board_that_does_not_exist() -> None:
    board = FakeBoard(name="xugu")
    board.write("D13", True)
    assert not board.changes
    assert "uno, leonardo, mega2560, microbit, handpy, rpi, unihiker; found xugu" in board.health().detail


def test_logs_a_refusal_once_and_remembers_few(caplog: pytest.LogCaptureFixture) -> None:
    board = FakeBoard()
    for _ in range(1000):
        board.write("D22", True)
    assert len(board.refused) == 1
    assert [record.getMessage().split(" reason=")[0] for record in caplog.records] == [
        "board refused pin=D22 board=uno"
    ]
    for number in range(100, 1000):
        board.write(f"D{number}", True)
    assert len(board.refused) == REFUSED_KEPT


def test_puts_every_pin_low_on_close_once() -> None:
    board = FakeBoard(clock=lambda: 0.0)
    board.write("D13", True)
    board.close()
    board.close()
    assert [change.on for change in board.changes] == [True, False]


def test_refuses_to_be_used_after_close() -> None:
    board = FakeBoard()
    board.close()
    board.write("D13", True)
    assert not board.changes
    assert "after close" in board.health().detail


def test_no_board_is_off_and_never_wrong() -> None:
    board = NoBoard()
    board.write("D99", True)
    board.close()
    assert board.health().state == "off"
