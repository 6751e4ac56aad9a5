"""The benches can fail: each notices a store that leaves out one of its cares."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from edge.store.sweep import Sweep
from tests.faults.kills import WATCHER, kills
from tests.faults.power.cuts import WATCHED, cut, recorded
from tests.faults.power.recording import missing

CARELESS = "tests.faults.careless"
MOST = 600
"""Cuts; what is noticed least, one in thirty notices."""


@pytest.mark.system
@pytest.mark.parametrize(
    "way",
    [
        "files_are_not_synced",
        "folders_are_not_synced",
        "photos_are_written_in_place",
        "rows_come_before_photos",
        "old_photos_go_before_the_row_has_the_new_one",
        "old_photos_are_not_removed_for_good",
        "rows_are_not_synced",
    ],
)
def test_power_cuts_notice_when(way: str, tmp_path: Path) -> None:
    if (lacking := missing()) is not None:
        pytest.skip(f"not installed: {lacking}")
    (life,) = recorded(tmp_path, (CARELESS, way, *WATCHED), ("visits",))
    chance = random.Random(7)
    assert any(cut(life, tmp_path / "cut", chance)[1] for _ in range(MOST))


@pytest.mark.parametrize("way", ["rows_come_before_photos", "what_waits_is_told_as_safe"])
def test_kills_notice_when(way: str, tmp_path: Path) -> None:
    assert any(kills(1, tmp_path / str(seed), seed, (CARELESS, way, *WATCHER)).broken for seed in range(20))


def test_kills_notice_photos_that_nobody_looks_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(self: Sweep, db) -> bool:  # type: ignore[no-untyped-def]
        db.execute("DELETE FROM sweep")
        return False

    monkeypatch.setattr(Sweep, "step", nothing)
    assert any(kills(1, tmp_path / str(seed), seed).broken for seed in range(60))
