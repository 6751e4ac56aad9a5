"""Points in time as people type them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from edge.errors import EXIT_USAGE, UsageError
from edge.review.when import since, until

NOW = datetime(2026, 5, 10, 15, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-05-01", "2026-05-01T00:00:00+08:00"),
        ("2026-05-01T14:30", "2026-05-01T14:30:00+08:00"),
        ("2026-05-01 14:30:05", "2026-05-01T14:30:05+08:00"),
        ("2026-05-01T14:30Z", "2026-05-01T14:30:00+00:00"),
        ("today", "2026-05-10T00:00:00+08:00"),
        ("Yesterday", "2026-05-09T00:00:00+08:00"),
        ("90min", "2026-05-10T14:00:00+08:00"),
        ("2h", "2026-05-10T13:30:00+08:00"),
        ("3d", "2026-05-07T15:30:00+08:00"),
        ("1w", "2026-05-03T15:30:00+08:00"),
    ],
)
def test_since_understands(typed: str, meant: str) -> None:
    assert since(typed, NOW).isoformat() == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-05-01", "2026-05-02T00:00:00+08:00"),
        ("yesterday", "2026-05-10T00:00:00+08:00"),
        ("2026-05-01T14:30", "2026-05-01T14:30:00+08:00"),
        ("2h", "2026-05-10T13:30:00+08:00"),
    ],
)
def test_until_means_a_day_with_all_its_hours(typed: str, meant: str) -> None:
    assert until(typed, NOW).isoformat() == meant


def test_a_day_in_winter_has_the_winter_s_offset() -> None:
    summer = datetime(2026, 7, 1, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    assert since("2026-01-15", summer).isoformat() == "2026-01-15T00:00:00+01:00"


@pytest.mark.parametrize("typed", ["", "soon", "2026-13-01", "2026-05-01T25:00", "5 parsecs", "-2h", "999999w"])
def test_what_is_no_time_is_answered_with_examples(typed: str) -> None:
    with pytest.raises(UsageError, match="2026-05-01T14:30, today") as refused:
        since(typed, NOW)
    assert refused.value.exit_code == EXIT_USAGE
