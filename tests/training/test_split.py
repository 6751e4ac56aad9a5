"""Which photo goes where."""

from __future__ import annotations

from collections import Counter

import pytest

from training.split import split_by_group

RATIOS = (0.7, 0.1, 0.2)


@pytest.mark.parametrize(("count", "expected"), [(10, (7, 2, 1)), (23, (16, 4, 3)), (5, (3, 1, 1)), (3, (1, 1, 1))])
def test_sizes_where_every_photo_is_its_own_group(count: int, expected: tuple[int, int, int]) -> None:
    sizes = Counter(split_by_group(["bee"] * count, list(range(count)), RATIOS, seed=0))
    assert (sizes["train"], sizes["val"], sizes["test"]) == expected


def test_groups_are_never_torn_and_sizes_stay_near_the_wanted() -> None:
    labels = ["bee"] * 60 + ["ant"] * 60
    groups = [i // 4 for i in range(120)]
    result = split_by_group(labels, groups, RATIOS, seed=5)
    assert all(len({result[i] for i in range(120) if groups[i] == g}) == 1 for g in set(groups))
    sizes = Counter(zip(labels, result, strict=True))
    assert all(abs(sizes[label, "train"] - 42) <= 4 for label in ("bee", "ant"))


def test_frozen_test_photos_take_their_group_along_and_nothing_else() -> None:
    labels = ["bee"] * 20
    groups = [0, 0, 0, *range(3, 20)]
    result = split_by_group(labels, groups, RATIOS, seed=0, into_test=[1])
    assert [i for i, split in enumerate(result) if split == "test"] == [0, 1, 2]
    assert Counter(result)["val"] == 3  # two ninths of the other seventeen, rounded down


def test_without_a_part_for_test_nothing_goes_there() -> None:
    sizes = Counter(split_by_group(["bee"] * 5, list(range(5)), (0.7, 0.0, 0.3), seed=0))
    assert sizes == {"train": 4, "val": 1}
