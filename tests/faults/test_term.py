"""A day of the thirty."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.term import Sample, not_flat, term


def test_after_a_day_memory_is_flat_the_disk_has_room_and_the_record_is_sound(tmp_path: Path) -> None:
    assert term(1, tmp_path, days=0.6).broken == ()


@pytest.mark.parametrize("growth", [Sample(1, 0, 0, 0), Sample(0, 1, 0, 0), Sample(0, 0, 1, 0)])
def test_what_grows_from_day_to_day_is_noticed(growth: Sample) -> None:
    days = [Sample(*(100 + day * more for more in growth)) for day in range(30)]
    assert len(not_flat(days)) == 1
    assert not_flat([Sample(100, 10, 5, 0)] * 30) == []
