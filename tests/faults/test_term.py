"""A day of the thirty."""

from __future__ import annotations

from pathlib import Path

from tests.faults.term import term


def test_after_a_day_memory_is_flat_the_disk_has_room_and_the_record_is_sound(tmp_path: Path) -> None:
    assert term(1, tmp_path, days=0.6).broken == ()
