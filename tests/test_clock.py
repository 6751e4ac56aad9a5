"""The time of the record goes on, whatever is done to the system's clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from edge import clock
from edge.clock import SteadyClock
from tests.programs import here

START_S = datetime(2026, 5, 1, 6, 0, tzinfo=UTC).timestamp()
YEAR_S = 365 * 86400.0


class Computer:
    """Its true time, its clock's error, and whether a source keeps that clock."""

    def __init__(self, trusted: bool = True) -> None:
        self.true_s, self.ticks_s, self.error_s, self.trusted = 0.0, 1000.0, 0.0, trusted
        self.clock = SteadyClock(
            lambda: START_S + self.true_s + self.error_s,
            lambda: self.ticks_s,
            lambda: 2000 + self.true_s,
            lambda: self.trusted,
        )

    def after(self, seconds: float, slept: bool = False) -> datetime:
        """What the clock says then."""
        self.true_s += seconds
        self.ticks_s += 0 if slept else seconds
        return self.clock.now().wall


def at(second: float) -> datetime:
    return datetime.fromtimestamp(START_S, UTC) + timedelta(seconds=second)


@pytest.mark.parametrize("jump_s", [YEAR_S, -YEAR_S, 3600, -60])
def test_a_clock_that_somebody_sets_is_not_followed_until_a_source_keeps_it_again(jump_s: float) -> None:
    garden = Computer()
    assert garden.after(0) == at(0)
    garden.error_s, garden.trusted = jump_s, False
    assert [garden.after(10), garden.after(3600)] == [at(10), at(3610)]
    garden.error_s = -jump_s
    assert garden.after(10) == at(3620), "back and forth"
    garden.error_s, garden.trusted = 0.0, True
    assert garden.after(10) == at(3630)


def test_a_jump_that_comes_with_a_source_is_followed() -> None:
    garden = Computer()
    garden.after(0)
    garden.error_s = 40.0
    assert garden.after(10) == at(50)


def test_a_clock_that_was_never_kept_is_told_as_it_is() -> None:
    garden = Computer(trusted=False)
    assert garden.after(0) == at(0)
    garden.error_s = -YEAR_S
    assert garden.after(10) == at(10 - YEAR_S)
    garden.error_s, garden.trusted = 0.0, True
    assert garden.after(10) == at(20)
    garden.error_s, garden.trusted = YEAR_S, False
    assert garden.after(10) == at(30), "from now on it is known"


def test_a_sleep_is_no_jump() -> None:
    garden = Computer()
    garden.after(0)
    garden.trusted = False  # no network after the sleep
    assert garden.after(7200, slept=True) == at(7200)


def test_a_clock_that_is_slewed_is_followed() -> None:
    garden = Computer()
    garden.after(0)
    garden.trusted = False
    for _ in range(1000):
        garden.error_s += 0.01
        garden.after(20)
    assert garden.after(0) == at(20_010)


def test_jumps_are_told_once(caplog: pytest.LogCaptureFixture) -> None:
    garden = Computer()
    garden.after(0)
    garden.error_s, garden.trusted = YEAR_S, False
    for _ in range(5):
        garden.after(1)
    garden.error_s, garden.trusted = 0.0, True
    garden.after(1)
    assert [record.getMessage().split(" by_s")[0] for record in caplog.records] == [
        "clock jumped without a time source",
        "clock kept again",
    ]


def test_the_moment_of_this_computer_is_now() -> None:
    before, moment, after = time.time(), clock.now(), time.time()
    assert before - 0.001 <= moment.wall.timestamp() <= after + 0.001
    assert abs(time.monotonic() - moment.tick_s) < here(5)
