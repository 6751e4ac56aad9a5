"""A model's card is read without running the model."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from edge.assets import DEFAULT_MODEL
from edge.model.card import read_card
from edge.model.classifier import Classifier
from edge.model.errors import ModelError
from tests.model.tiny import colour_model, mmedu_info


def test_it_says_the_same_as_the_running_model(tmp_path: Path) -> None:
    assert read_card(DEFAULT_MODEL) == Classifier.open(DEFAULT_MODEL).card
    ours, theirs = colour_model(tmp_path / "a.onnx"), colour_model(tmp_path / "b.onnx", metadata=mmedu_info(), batch=1)
    for path in (ours, theirs):
        assert read_card(path) == Classifier.open(path).card


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (lambda p: p.unlink(), "a model file"),
        (lambda p: p.write_bytes(p.read_bytes()[:200]), "a whole ONNX file"),
        (lambda p: p.write_bytes(p.read_bytes()[:-1]), "a whole ONNX file"),
        (lambda p: p.write_bytes(b""), "a whole ONNX file"),
        (lambda p: p.write_text("my holidays"), "a whole ONNX file"),
        (lambda p: p.write_bytes(b"\xff" * 100), "a whole ONNX file"),
        (lambda p: colour_model(p, metadata={}), "metadata"),
    ],
)
def test_a_damaged_file_is_told_as_the_classifier_tells_it(
    tmp_path: Path, damage: Callable[[Path], object], expected: str
) -> None:
    path = colour_model(tmp_path / "m.onnx")
    damage(path)
    with pytest.raises(ModelError) as error:
        read_card(path)
    assert expected in error.value.expected


def test_the_page_does_without_the_runtime() -> None:
    """It would take 40 MB of a small Pi for nothing."""
    code = "import sys; import edge.review.web.app, edge.review.web.commands; print('onnxruntime' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
