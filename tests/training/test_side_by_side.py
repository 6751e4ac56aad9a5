"""Two models are measured on the same photos, whatever state these are in."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("onnx")

from tests.training.conftest import COLOURS, coloured_set
from tests.training.models import colour_model
from training.layout import read_prepared
from training.side_by_side import side_by_side

CLASSES = tuple(sorted(COLOURS))


def test_an_unreadable_first_photo_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.side_by_side.TURNS", 2)
    photos = read_prepared(coloured_set(tmp_path / "set", ("training_set", "test_set"))).photos["test"]
    photos[0].path.write_bytes(b"no picture")
    right, mixed_up = (colour_model(tmp_path / name, CLASSES[::step]) for name, step in (("a.onnx", 1), ("b.onnx", -1)))
    done = side_by_side(right, mixed_up, photos)
    assert done.photos == len(photos) - 1
    assert done.before.top1 == 1.0
    assert done.after.top1 < 0.6
    assert done.loses_too_much
    assert all(ms > 0 for side in (done.before, done.after) for ms in side.ms.values())
