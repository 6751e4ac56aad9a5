"""Rare classes are shown more often; the order can be had again."""

from __future__ import annotations

from collections import Counter

import pytest

pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")

from training.order import EpochOrder, loss_weights
from training.team import Team

TARGETS = [0] * 400 + [1] * 100 + [2] * 4


def order(epoch: int = 1, *, balanced: bool = True, team: Team | None = None, seed: int = 0) -> list[int]:
    made = EpochOrder(TARGETS, seed, balanced=balanced, team=team or Team())
    made.epoch = epoch
    return list(made)


def test_rare_classes_get_the_square_root_of_their_number() -> None:
    counts = Counter(TARGETS[place] for place in order())
    assert sum(counts.values()) == len(TARGETS)
    assert counts[0] / counts[1] == pytest.approx(2, abs=0.02)
    assert counts[0] / counts[2] == pytest.approx(10, abs=0.2)


def test_no_photo_is_repeated_before_all_of_its_class_were_shown() -> None:
    shown = Counter(order())
    assert {shown[place] for place in range(500, 504)} <= {7, 8}
    assert max(shown[place] for place in range(400)) == 1


def test_unbalanced_takes_each_once() -> None:
    assert sorted(order(balanced=False)) == list(range(len(TARGETS)))


def test_an_order_depends_on_seed_and_epoch_alone() -> None:
    assert order(3) == order(3)
    assert order(3) != order(4)
    assert order(3) != order(3, seed=1)


def test_processes_share_an_epoch_without_overlap() -> None:
    parts = [order(balanced=False, team=Team(rank, 2)) for rank in (0, 1)]
    assert sorted(parts[0] + parts[1]) == list(range(len(TARGETS)))
    assert len(parts[0]) == len(parts[1])


def test_loss_weights_undo_unequal_numbers() -> None:
    weights = loss_weights(TARGETS, 4)
    assert weights[0] * 400 == pytest.approx(weights[1] * 100)
    assert sum(weights[target] for target in TARGETS) / len(TARGETS) == pytest.approx(1)
