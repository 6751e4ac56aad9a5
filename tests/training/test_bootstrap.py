"""Intervals are as wide as photos are few, and wider where photos come in groups."""

from __future__ import annotations

import numpy as np
import pytest

from training.bootstrap import intervals


def answers(count: int, right: float) -> tuple[np.ndarray, np.ndarray]:
    truth = np.arange(count) % 2
    wrong = np.arange(count) >= right * count
    return truth, np.where(wrong, 1 - truth, truth)


def test_an_interval_is_what_the_binomial_gives() -> None:
    """Wilson's interval of 90 right in 100 is 0.826 to 0.945."""
    truth, given = answers(100, 0.9)
    low, high = intervals(truth, given, 2, range(100)).top1
    assert low == pytest.approx(0.84, abs=0.02)
    assert high == pytest.approx(0.955, abs=0.02)


def test_photos_of_one_burst_count_as_one() -> None:
    truth, given = answers(100, 0.9)
    alone = intervals(truth, given, 2, range(100)).top1
    bursts = intervals(truth, given, 2, [i // 10 for i in range(100)]).top1
    assert bursts[1] - bursts[0] > 2 * (alone[1] - alone[0])


def test_a_class_without_photos_has_no_interval() -> None:
    truth, given = answers(20, 1.0)
    limits = intervals(truth, given, 3, range(20))
    assert np.isnan(limits.recall[2]).all()
    assert limits.recall[0] == (1.0, 1.0)


def test_the_same_photos_give_the_same_interval() -> None:
    truth, given = answers(50, 0.7)
    assert intervals(truth, given, 2, range(50)) == intervals(truth, given, 2, range(50))
