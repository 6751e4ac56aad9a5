"""kill -9 at random moments, some of them while the store starts."""

from __future__ import annotations

from pathlib import Path

from tests.faults.kills import kills


def test_what_was_reported_survives_kills_at_random_moments(tmp_path: Path) -> None:
    assert kills(6, tmp_path).broken == ()
