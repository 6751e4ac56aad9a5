"""Decides which photo trains, which chooses and which judges; groups stay whole."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Collection, Sequence

from training.layout import SPLITS


def split_by_group(
    labels: Sequence[str],
    groups: Sequence[int],
    ratios: tuple[float, float, float],
    seed: int,
    into_test: Collection[int] = (),
) -> list[str]:
    """ "train", "val" or "test" for each photo; `ratios` are those of train, test and val, in BaseDT's order.

    Counts per class are BaseDT's where each photo is its own group: train and val rounded down, test the rest;
    but a class of at least three photos has one in val, and without a part for test that goes to train. Groups with a
    photo in `into_test` go to test whole, and nothing else does.
    """
    members: dict[int, list[int]] = defaultdict(list)
    for index, group in enumerate(groups):
        members[group].append(index)
    result = [""] * len(labels)
    frozen = {groups[index] for index in into_test}
    for group in frozen:
        for index in members.pop(group):
            result[index] = "test"
    wanted = _wanted([labels[i] for i in range(len(labels)) if not result[i]], ratios, bool(frozen))
    order = sorted(members)
    random.Random(seed).shuffle(order)
    for group in sorted(order, key=lambda g: -len(members[g])):  # large groups first, while there is room
        inside = [labels[index] for index in members[group]]
        chosen = max(SPLITS, key=lambda split: sum(wanted[split][label] for label in inside))
        for index in members[group]:
            result[index] = chosen
            wanted[chosen][labels[index]] -= 1
    return result


def _wanted(labels: list[str], ratios: tuple[float, float, float], test_is_frozen: bool) -> dict[str, dict[str, float]]:
    train, test, val = ratios if not test_is_frozen else (ratios[0], 0.0, ratios[2])
    total, has_test = train + test + val, test > 0
    wanted: dict[str, dict[str, float]] = {split: {} for split in SPLITS}
    for label in set(labels):
        count = labels.count(label)
        n_train, n_val = int(count * train / total + 1e-9), int(count * val / total + 1e-9)
        if n_val == 0 and count >= 3 and val > 0:
            n_val, n_train = 1, min(n_train, count - 1 - has_test)
        if n_train == 0:  # a class of one or two must be learned before it can be judged
            n_train, n_val = 1, min(n_val, count - 1)
        n_test = count - n_train - n_val
        if not has_test:
            n_train, n_test = n_train + n_test, -count  # nothing may go there
        wanted["train"][label], wanted["val"][label], wanted["test"][label] = n_train, n_val, n_test
    return wanted
