"""What lies in a garden is drawn, each time differently."""

from __future__ import annotations

import numpy as np

from training.litter import PX, draw_litter


def drawn(seed: int, with_photo: bool = True) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    rng = np.random.default_rng(seed)
    cutout = draw_litter(rng, np.full((90, 120, 3), 200, np.uint8) if with_photo else None)
    return cutout.picture, cutout.mask


def test_each_thing_covers_part_of_its_picture_and_fades_at_the_rim() -> None:
    for seed in range(40):
        picture, mask = drawn(seed)
        assert picture.shape == (PX, PX, 3)
        assert picture.dtype == np.uint8
        assert 0.01 < mask.mean() < 0.8, seed
        assert ((mask > 0.05) & (mask < 0.95)).any(), seed


def test_the_same_seed_draws_the_same_and_another_seed_something_else() -> None:
    assert np.array_equal(drawn(1)[0], drawn(1)[0])
    assert not np.array_equal(drawn(1)[1], drawn(2)[1])


def test_without_background_photos_it_draws_all_by_itself() -> None:
    assert drawn(3, with_photo=False)[0].any()
