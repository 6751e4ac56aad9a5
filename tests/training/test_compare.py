"""A difference is called real only where chance seldom makes one like it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")

from tests.training.conftest import COLOURS, picture, write  # noqa: E402
from tests.training.models import colour_model  # noqa: E402
from tests.training.test_evaluate import run  # noqa: E402
from training.compare import Comparison, by_chance, compare  # noqa: E402
from training.errors import UsageError  # noqa: E402
from training.layout import Photo  # noqa: E402

EVEN = Comparison(80, 5, 5, 10, 1.0, 0.0, (-0.05, 0.05))


@pytest.mark.parametrize(("first", "second", "p"), [(0, 0, 1.0), (5, 5, 1.0), (0, 6, 0.03125), (2, 10, 0.0385742)])
def test_of_single_photos_the_test_is_mcnemars(first: int, second: int, p: float) -> None:
    gain = np.array([-1] * first + [1] * second + [0] * 20)
    assert by_chance(gain, range(len(gain))) == pytest.approx(p, abs=1e-6)
    assert by_chance(-gain, range(len(gain))) == pytest.approx(p, abs=1e-6)


def test_a_burst_counts_once() -> None:
    gain = np.array([1] * 10 + [0] * 30)
    assert by_chance(gain, ["burst"] * 10 + list(range(30))) == 1.0
    groups = ["a"] * 4 + ["b"] * 3 + ["c"] * 3 + list(range(30))
    assert by_chance(gain, groups) == pytest.approx(2 / 8)
    gain[0] = -1  # sums of 2, 3 and 3: as far from 0 as 8 are 8 and -8
    assert by_chance(gain, groups) == pytest.approx(2 / 8)


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


def test_the_manifest_says_what_is_one_burst(tmp_path: Path) -> None:
    right = colour_model(tmp_path / "right.onnx", ("blue", "green", "red"))
    mixed = colour_model(tmp_path / "mixed.onnx", ("green", "blue", "red"))
    listed = photos(tmp_path / "set", 4)
    rows = [f"{photo.path.relative_to(tmp_path / 'set').as_posix()},{photo.label},1" for photo in listed]
    (tmp_path / "set" / "manifest.csv").write_text("\n".join(["path,class,group", *rows]) + "\n")
    done = compare(mixed, right, listed, tmp_path / "set")
    assert (done.only_second, done.p_value) == (8, 1.0)
    assert "could be chance" in done.verdict


def test_of_few_photos_that_differ_alike_not_all_is_sure(tmp_path: Path) -> None:
    right = colour_model(tmp_path / "right.onnx", ("blue", "green", "red"))
    wrong = colour_model(tmp_path / "wrong.onnx", ("green", "red", "blue"))
    listed = photos(tmp_path / "set", 2)
    same = compare(right, right, listed, tmp_path / "set")
    assert same.interval == pytest.approx((-0.3903, 0.3903), abs=1e-4)
    better = compare(wrong, right, listed, tmp_path / "set")
    assert better.interval == pytest.approx((0.6097, 1.0), abs=1e-4)
    worse = compare(right, wrong, listed, tmp_path / "set")
    assert worse.interval == pytest.approx((-1.0, -0.6097), abs=1e-4)


def test_models_of_other_classes_cannot_be_compared(tmp_path: Path) -> None:
    ours = colour_model(tmp_path / "ours.onnx", ("blue", "green", "red"))
    other = colour_model(tmp_path / "other.onnx", ("blue", "green", "red", "pink"))
    with pytest.raises(UsageError, match="pink"):
        compare(ours, other, photos(tmp_path / "set", 1), tmp_path / "set")
