"""Bursts that a network sees and pixels do not show."""

from __future__ import annotations

import numpy as np

from training.likeness import same_burst


def crowd(count: int, spread: float, seed: int) -> np.ndarray:  # type: ignore[type-arg]
    """Embeddings of a class: one direction, and each photo's own."""
    rng = np.random.default_rng(seed)
    return (rng.normal(0, 1, 64) + rng.normal(0, spread, (count, 64))).astype(np.float32)


def test_a_twin_is_found_in_a_loose_class() -> None:
    embeddings = np.concatenate([crowd(40, 1.5, 1), crowd(40, 1.5, 2)])
    embeddings[7] = 0.8 * embeddings[31] + 0.2 * embeddings[7]
    assert same_burst(embeddings) == [(7, 31)]


def test_photos_of_a_class_in_which_all_look_alike_are_no_twins() -> None:
    embeddings = np.concatenate([crowd(40, 0.5, 1), crowd(40, 0.5, 2), crowd(40, 0.5, 3)])
    assert same_burst(embeddings) == []


def test_copies_are_twins_in_any_class() -> None:
    embeddings = np.concatenate([crowd(40, 0.5, 1), crowd(40, 0.5, 2), crowd(40, 0.5, 3)])
    embeddings[3] = embeddings[90]
    assert same_burst(embeddings) == [(3, 90)]


def test_blocks_change_nothing(monkeypatch: object) -> None:
    embeddings = np.concatenate([crowd(40, 1.5, 1), crowd(40, 1.5, 2)])
    embeddings[7], embeddings[60] = embeddings[31], embeddings[50]
    whole = same_burst(embeddings)
    import training.likeness as module

    before, module.BLOCK = module.BLOCK, 13
    try:
        assert sorted(same_burst(embeddings)) == sorted(whole) == [(7, 31), (50, 60)]
    finally:
        module.BLOCK = before


def test_few_photos_have_no_neighbourhood() -> None:
    assert same_burst(np.ones((5, 8), np.float32)) == []


def test_two_cameras_that_stand_still_give_as_many_pairs_as_photos() -> None:
    embeddings = np.concatenate([crowd(800, 0.01, 1), crowd(800, 0.01, 2)])
    assert sorted(same_burst(embeddings)) == [(first, first + i) for first in (0, 800) for i in range(1, 800)]
