"""An alarm is as often true as was asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")

from edge.model.classifier import Classifier  # noqa: E402
from tests.training.conftest import coloured_set  # noqa: E402
from tests.training.models import colour_model  # noqa: E402
from tests.training.test_evaluate import run  # noqa: E402
from training.alarms import alarms, choose_above, that_may_ring  # noqa: E402


def answers(count: int, wrong: int) -> tuple[np.ndarray, np.ndarray]:
    """Class 0 is answered `count` times, ever surer; the first, least sure ones are of class 1."""
    sure = np.linspace(0.6, 0.99, count)
    return np.column_stack([sure, 1 - sure]), np.array([1] * wrong + [0] * (count - wrong))


def test_an_alarm_rings_only_where_it_was_true_often_enough() -> None:
    probabilities, targets = answers(40, 10)
    above = choose_above(probabilities, targets, 0, 0.9)
    assert above is not None
    rings = probabilities[:, 0] >= above
    assert (targets[rings] == 0).mean() >= 0.9
    assert rings.sum() > 25


def test_few_photos_promise_nothing() -> None:
    assert choose_above(*answers(5, 0), 0, 0.95) is None


def test_equally_sure_answers_ring_together() -> None:
    sure = np.column_stack([np.ones(60), np.zeros(60)])
    for targets in ([0] * 40 + [1] * 20, [1] * 20 + [0] * 40):
        assert choose_above(sure, np.array(targets), 0, 0.9) is None
        assert choose_above(sure, np.array(targets), 0, 0.6) == 1.0


def test_a_limit_lets_those_ring_that_it_was_chosen_by() -> None:
    sure = np.column_stack([np.full(100, 0.99964), np.full(100, 0.00036)])
    chosen = alarms(("ant", "bee"), (sure, np.zeros(100, int)), (sure, np.zeros(100, int)), 0.9)[0]
    assert chosen.above is not None
    assert chosen.recall == 1.0


def test_what_is_chosen_on_some_photos_is_tried_on_others() -> None:
    alarm = alarms(("ant", "bee"), answers(40, 0), answers(20, 4), 0.9)[0]
    assert alarm.photos == 16
    assert alarm.precision is not None
    assert alarm.precision < 1
    assert 0 < alarm.recall <= 1


def test_what_is_strange_rings_no_alarm_and_promises_none() -> None:
    probabilities, targets = answers(40, 0)
    strange = np.arange(len(targets)) % 2 == 0
    heard = that_may_ring(probabilities, targets, strange)
    all_of_them = alarms(("ant", "bee"), (probabilities, targets), (probabilities, targets), 0.9)
    without = alarms(("ant", "bee"), (probabilities, targets), heard, 0.9)
    assert 0 < without[0].alarms < all_of_them[0].alarms
    assert without[0].recall < all_of_them[0].recall
    silent = that_may_ring(probabilities, targets, np.ones(len(targets), bool))
    assert choose_above(*silent, 0, 0.5) is None
    assert [one.alarms for one in alarms(("ant", "bee"), (probabilities, targets), silent, 0.5)] == [0, 0]


def test_the_command_tells_the_limits_and_writes_them(tmp_path: Path) -> None:
    dataset = coloured_set(tmp_path / "set", ("training_set", "val_set", "test_set"))
    model = colour_model(tmp_path / "model.onnx", ("blue", "green", "red"))
    output = run("alarms", model, dataset, "--precision", 0.7, "--stamp")
    assert "animals that ring" in output
    assert Classifier.open(model).card.metrics["alarm_above"]["red"] is not None
    assert "too few validation photos" in run("alarms", model, dataset, "--precision", 0.99)


@pytest.mark.parametrize(("missing", "there"), [("test_set", "val_set"), ("val_set", "test_set")])
def test_a_set_without_the_photos_that_are_needed_is_refused(tmp_path: Path, missing: str, there: str) -> None:
    dataset = coloured_set(tmp_path / "set", ("training_set", there))
    model = colour_model(tmp_path / "model.onnx", ("blue", "green", "red"))
    output = run("alarms", model, dataset, code=1)
    assert f"expected photos in {missing}; found none in {dataset}" in output
