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
    assert limits.recall[0][1] == pytest.approx(1)


def test_the_same_photos_give_the_same_interval() -> None:
    truth, given = answers(50, 0.7)
    assert intervals(truth, given, 2, range(50)) == intervals(truth, given, 2, range(50))


def test_all_right_is_no_certainty_where_photos_are_few() -> None:
    """Wilson's interval of 10 right in 10 is 0.722 to 1."""
    truth, given = answers(20, 1.0)
    limits = intervals(truth, given, 2, range(20))
    assert (
        limits.recall[0] == limits.precision[1] == limits.f1[0] == (pytest.approx(0.722, abs=0.001), pytest.approx(1))
    )
    assert limits.top1 == limits.macro_recall == (pytest.approx(0.839, abs=0.001), pytest.approx(1))


def test_all_wrong_is_no_certainty_either() -> None:
    truth = np.array([0, 0, 0, 1, 1, 1])
    limits = intervals(truth, 1 - truth, 2, range(6))
    assert limits.recall[0] == (pytest.approx(0), pytest.approx(0.561, abs=0.001))


def test_a_single_burst_tells_next_to_nothing() -> None:
    truth, given = answers(10, 0.7)
    low, high = intervals(truth, given, 2, ["burst"] * 10).top1
    assert low < 0.2
    assert high > 0.95
