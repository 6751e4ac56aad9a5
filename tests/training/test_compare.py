"""A difference is called real only where chance seldom makes one like it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

onnx = pytest.importorskip("onnx")

from tests.training.conftest import COLOURS, picture, write  # noqa: E402
from tests.training.models import colour_model  # noqa: E402
from tests.training.test_evaluate import run  # noqa: E402
from training.compare import Comparison, compare, exact_mcnemar  # noqa: E402
from training.errors import UsageError  # noqa: E402
from training.layout import Photo  # noqa: E402

EVEN = Comparison(80, 5, 5, 10, 1.0, 0.0, (-0.05, 0.05))


@pytest.mark.parametrize(("first", "second", "p"), [(0, 0, 1.0), (5, 5, 1.0), (0, 6, 0.03125), (2, 10, 0.0385742)])
def test_the_test_is_the_binomials(first: int, second: int, p: float) -> None:
    assert exact_mcnemar(first, second) == pytest.approx(p, abs=1e-6)
    assert exact_mcnemar(second, first) == pytest.approx(p, abs=1e-6)


@pytest.mark.parametrize(
    ("p", "difference", "words"),
    [
        (0.2, 0.05, "could be chance"),
        (0.03, 0.05, "second is probably better"),
        (0.03, -0.05, "first is probably better"),
        (0.001, 0.05, "second is better, and that is real"),
        (0.001, -0.05, "first is better, and that is real"),
    ],
)
def test_the_verdict_is_in_plain_words(p: float, difference: float, words: str) -> None:
    assert words in replace(EVEN, p_value=p, difference=difference).verdict


def photos(root: Path, count: int) -> tuple[Photo, ...]:
    return tuple(
        Photo(write(root / "images" / name / f"{i}.png", picture(i, COLOURS[name])), name)
        for name in ("red", "green", "blue")
        for i in range(count)
    )


def test_two_models_are_asked_about_the_same_photos(tmp_path: Path) -> None:
    right = colour_model(tmp_path / "right.onnx", ("blue", "green", "red"))
    mixed = colour_model(tmp_path / "mixed.onnx", ("green", "blue", "red"))
    listed = photos(tmp_path / "set", 4)
    done = compare(mixed, right, listed, tmp_path / "set")
    assert (done.both, done.only_first, done.only_second, done.neither) == (4, 0, 8, 0)
    assert done.difference == pytest.approx(8 / 12)
    assert done.interval[0] > 0
    assert done.photos == 12
    output = run("compare", mixed, right, tmp_path / "set")
    assert "only the second right" in output
    assert "second minus first: +66.7 points" in output
    assert "0.8% of cases: the second is better, and that is real" in output


def test_models_of_other_classes_cannot_be_compared(tmp_path: Path) -> None:
    ours = colour_model(tmp_path / "ours.onnx", ("blue", "green", "red"))
    other = colour_model(tmp_path / "other.onnx", ("blue", "green", "red", "pink"))
    with pytest.raises(UsageError, match="pink"):
        compare(ours, other, photos(tmp_path / "set", 1), tmp_path / "set")
