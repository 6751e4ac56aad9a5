"""The board that isn't there keeps the rules of one that is."""

from __future__ import annotations

from edge.board.fake import FakeBoard, LevelChange, NoBoard


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
