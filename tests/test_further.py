"""A few more pictures of a visit: spread over it, few, and none with a person on it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from edge.further import FIRST_GAP_S, FurtherShots
from edge.records import Box, Guess, Shot
from tests.vision.bed import moment

FRAME = np.zeros((90, 160, 3), np.uint8)
BOX = Box(40, 30, 20, 20)


def offered(shots: FurtherShots, seconds: float, begin_s: float = 0.0, best_s: float | None = None) -> FurtherShots:
    """Eight looks a second; the one nearest to `best_s` is worth most."""
    for number in range(round(seconds * 8)):
        at_s = begin_s + number / 8
        worth = 1.0 if best_s is None else 10 - abs(at_s - best_s)
        shots.offer(FRAME, Guess(moment(at_s), BOX, (1.0,)), 0.35, worth)
    return shots


def times(shots: tuple[Shot, ...]) -> list[float]:
    return [shot.moment.tick_s - moment(0).tick_s for shot in shots]


@pytest.mark.parametrize("seconds", [10, 60, 600, 3600])
def test_they_are_spread_over_the_visit_however_long_it_lasts(seconds: int) -> None:
    taken = times(offered(FurtherShots(3), seconds).chosen(None))
    assert len(taken) == 3
    assert taken == sorted(taken)
    assert all(later - earlier >= seconds / 12 for earlier, later in pairwise(taken))
    assert taken[-1] >= seconds / 3


def test_a_short_visit_has_fewer() -> None:
    assert len(offered(FurtherShots(3), FIRST_GAP_S * 2 - 0.1).chosen(None)) == 2


def test_from_each_part_of_the_visit_the_one_that_is_worth_most() -> None:
    taken = times(offered(FurtherShots(2), 6, best_s=1.5).chosen(None))
    assert taken[0] == pytest.approx(1.5)


def test_none_is_taken_from_the_same_moment_as_the_best_photo() -> None:
    best = Shot(FRAME, BOX, moment(3.0))
    assert all(abs(at - 3.0) >= FIRST_GAP_S for at in times(offered(FurtherShots(3), 8).chosen(best)))


def test_they_take_no_more_memory_the_longer_it_lasts() -> None:
    shots = FurtherShots(3)
    held = [len(offered(shots, 10, begin_s)._taken) for begin_s in range(0, 1000, 10)]
    assert max(held) <= 6


def test_where_none_are_wanted_nothing_is_cut_out() -> None:
    assert offered(FurtherShots(0), 20)._taken == []


def test_what_was_taken_shortly_before_a_person_came_is_given_up() -> None:
    shots = offered(FurtherShots(3), 20)
    shots.give_up(moment(4.0).tick_s)
    assert times(shots.chosen(None))
    assert max(times(shots.chosen(None))) < 4.0
    shots.give_up(None)
    assert shots.chosen(None) == ()
