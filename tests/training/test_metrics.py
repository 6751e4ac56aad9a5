"""Figures against a case counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from training.calibration import (
    choose_unknown_below,
    expected_calibration_error,
    fit_temperature,
    softmax,
)
from training.metrics import figures_of

TRUTH = np.array([0, 0, 0, 0, 1, 1, 1, 2])
ANSWERS = np.array([0, 0, 1, 0, 1, 0, 1, 1])


def test_figures_of_eight_photos() -> None:
    figures = figures_of(("ant", "bee", "moth"), TRUTH, ANSWERS)
    assert figures.confusion.tolist() == [[3, 1, 0], [1, 2, 0], [0, 1, 0]]
    assert figures.top1 == pytest.approx(5 / 8)
    ant, bee, moth = figures.classes
    assert (ant.precision, ant.recall) == (pytest.approx(3 / 4), pytest.approx(3 / 4))
    assert (bee.precision, bee.recall) == (pytest.approx(2 / 4), pytest.approx(2 / 3))
    assert (moth.precision, moth.recall) == (None, 0.0)
    assert figures.macro_recall == pytest.approx((3 / 4 + 2 / 3 + 0) / 3)


def test_a_class_without_photos_has_no_recall_and_does_not_pull_the_mean() -> None:
    figures = figures_of(("ant", "bee"), np.array([0, 0]), np.array([0, 1]))
    assert figures.classes[1].recall is None
    assert figures.macro_recall == pytest.approx(0.5)


def test_the_temperature_that_was_put_in_is_found() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 1.5, (4000, 4)).astype(np.float32)
    truth = np.array([rng.choice(4, p=row) for row in softmax(logits)], np.int64)
    assert fit_temperature(logits * 3, truth) == pytest.approx(3, rel=0.1)


def test_a_handful_of_photos_gives_no_temperature() -> None:
    assert fit_temperature(np.ones((3, 2), np.float32), np.array([0, 1, 0])) == 1.0


def test_a_few_doubtful_labels_do_not_make_all_answers_modest() -> None:
    """Nine in ten are right and the others as sure; the smallest loss would be at a mean confidence far from that."""
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 1000)
    logits = np.eye(3, dtype=np.float32)[truth] * rng.uniform(2, 12, (1000, 1)).astype(np.float32)
    told = np.where(np.arange(1000) % 10 == 0, (truth + 1) % 3, truth)
    confidence = softmax(logits, fit_temperature(logits, told)).max(axis=1)
    assert confidence.mean() == pytest.approx(0.9, abs=0.005)


def test_a_dozen_answers_promise_little() -> None:
    """Where all are right, less than all; where none is, the temperature ends at its bound."""
    truth = np.arange(12) % 3
    logits = np.eye(3, dtype=np.float32)[truth] * 2
    assert softmax(logits, fit_temperature(logits, truth)).max() == pytest.approx(13 / 14, abs=0.002)
    assert fit_temperature(logits, (truth + 1) % 3) == pytest.approx(5, rel=0.002)


def test_calibration_error_of_two_bins() -> None:
    sure, unsure = [0.95, 0.05], [0.6, 0.4]
    probabilities = np.array([sure] * 4 + [unsure] * 5)
    truth = np.array([0, 0, 0, 1, 0, 0, 0, 1, 1])
    by_hand = (4 * abs(0.95 - 0.75) + 5 * abs(0.6 - 0.6)) / 9
    assert expected_calibration_error(probabilities, truth) == pytest.approx(by_hand)


def test_forty_nine_of_fifty_right_answers_stay_above_the_limit() -> None:
    best = np.linspace(0.3, 0.7, 101)
    probabilities = np.column_stack([best, 1 - best])
    truth = np.where(best >= 0.5, 0, 1)
    limit = choose_unknown_below(probabilities, truth)
    confidence = probabilities.max(axis=1)
    assert limit == 0.35
    assert (confidence >= limit).all()
    weak = np.column_stack([best * 0.5, *([(1 - best * 0.5) / 9] * 9)])
    limit = choose_unknown_below(weak, np.zeros(101, np.int64))
    assert (weak.max(axis=1) >= limit).mean() == pytest.approx(0.98, abs=0.005)
