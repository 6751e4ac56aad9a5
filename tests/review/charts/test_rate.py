"""The ranges that chance leaves are those of the books."""

from __future__ import annotations

import pytest

from edge.review.charts.rate import poisson_range, wilson_range
from edge.review.charts.scale import number_text, ticks


@pytest.mark.parametrize(  # exact values: Ulm 1990, Am J Epidemiol 131:373, table 1
    ("count", "low", "high"), [(0, 0, 3.689), (1, 0.025, 5.572), (5, 1.623, 11.668), (20, 12.217, 30.888)]
)
def test_a_count_s_range_is_that_of_the_tables(count: int, low: float, high: float) -> None:
    found = poisson_range(count)
    assert found[0] == pytest.approx(low, abs=0.02)
    assert found[1] == pytest.approx(high, abs=0.08)


@pytest.mark.parametrize(  # Newcombe 1998, Stat Med 17:857, table I, method 3
    ("right", "of", "low", "high"), [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611)]
)
def test_a_share_s_range_is_wilson_s(right: int, of: int, low: float, high: float) -> None:
    assert wilson_range(right, of) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))
    assert wilson_range(0, 0) == (0, 1)


@pytest.mark.parametrize(
    ("highest", "whole", "expected"),
    [
        (0, True, [0, 1]),
        (3, True, [0, 1, 2, 3]),
        (88, True, [0, 20, 40, 60, 80, 100]),
        (0.7, False, [0, 0.2, 0.4, 0.6, 0.8]),
    ],
)
def test_an_axis_has_round_numbers(highest: float, whole: bool, expected: list[float]) -> None:
    assert ticks(highest, whole=whole) == pytest.approx(expected)


def test_numbers_are_short() -> None:
    assert [number_text(value) for value in (0, 0.25, 1.5, 12, 1376)] == ["0", "0.25", "1.5", "12", "1\u202f376"]
