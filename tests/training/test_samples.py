"""What training shows of photos, and of the ground between them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")

from training import samples as shown
from training.samples import Sample, TrainingSamples

SIZE = 64


def photos(*targets: int) -> list[Sample]:
    return [
        Sample(Path(f"{place}.png"), target, np.full((SIZE, SIZE, 3), 40 * target, np.uint8))
        for place, target in enumerate(targets)
    ]


def test_of_several_classes_of_ground_none_is_cut_out_and_drawn_ground_is_of_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cut: list[int] = []
    monkeypatch.setattr(shown, "cut_out", lambda picture: cut.append(int(picture[0, 0, 0]) // 40))
    samples = TrainingSamples(photos(0, 1, 2, 3, 0, 1, 2, 3), SIZE, 0, grounds=(1, 3))
    assert samples.targets == [0, 1, 2, 3, 0, 1, 2, 3, 1, 1]
    for samples.epoch in range(12):
        assert [samples[index][1] for index in range(len(samples))] == samples.targets
    assert set(cut) == {0, 2}


def test_without_a_class_of_ground_none_is_drawn_and_nothing_is_cut_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "cut_out", lambda _picture: pytest.fail("nothing to lay it on"))
    samples = TrainingSamples(photos(0, 1, 0, 1), SIZE, 0, grounds=())
    for samples.epoch in range(6):
        assert [samples[index][1] for index in range(len(samples))] == [0, 1, 0, 1]
