"""Who is suspected, and who cannot be."""

from __future__ import annotations

import numpy as np

from training.fix.suspects import find_suspects


def seen(labels: list[int], spread: float = 0.3) -> np.ndarray:  # type: ignore[type-arg]
    """Embeddings of 96 channels, 16 to a class, in which each class is a cloud of its own."""
    rng = np.random.default_rng(0)
    return (np.eye(6).repeat(16, 1)[labels] + rng.normal(0, spread, (len(labels), 96))).astype(np.float32)


def test_finds_the_labels_that_were_changed_and_says_what_they_should_be() -> None:
    right = [i % 4 for i in range(80)]
    embeddings = seen(right)
    given = list(right)
    given[3], given[17] = 0, 2
    found = find_suspects(embeddings, given, list(range(80)))
    assert {(s.index, s.proposed) for s in found.suspects} == {(3, 3), (17, 1)}
    assert all(0 < s.suspicion <= 1 for s in found.suspects)


def test_copies_of_a_wrong_photo_cannot_vouch_for_it() -> None:
    right = [i % 4 for i in range(80)]
    embeddings, given, groups = seen(right), list(right), list(range(80))
    copies = [1, 5, 9, 13, 17, 21]
    for index in copies:  # six copies of one photo, all wrong
        embeddings[index], given[index], groups[index] = embeddings[1], 0, 1
    assert {s.index for s in find_suspects(embeddings, given, groups).suspects} == set(copies)


def test_the_only_photo_of_a_class_is_not_suspected_but_named() -> None:
    right = [i % 3 for i in range(30)] + [5]
    found = find_suspects(seen(right), right, list(range(31)))
    assert found.suspects == []
    assert found.alone == [30]


def test_the_same_photos_give_the_same_suspects() -> None:
    labels = [int(x) for x in np.random.default_rng(1).integers(0, 4, 60)]
    embeddings = seen([i % 4 for i in range(60)])
    assert find_suspects(embeddings, labels, list(range(60))) == find_suspects(embeddings, labels, list(range(60)))
