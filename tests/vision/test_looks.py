"""Looks go to what is new, and never exceed their budget."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np

from edge.records import Box, Frame, Track
from edge.vision.looks import Looks, square
from tests.vision.bed import moment, soil

RESTING = Box(200, 100, 40, 30)


def test_something_new_is_looked_at_in_its_second_frame():
    looks = Looks(8)
    assert looks.choose(_frame(0), [_track(1, turns_seen=1)]) == []
    assert [look.track_id for look in looks.choose(_frame(0.1), [_track(1, turns_seen=2)])] == [1]


def test_a_storm_of_tracks_never_costs_more_than_the_budget():
    looks = Looks(5)
    storm = [_track(number) for number in range(1, 40)]
    taken = sum(len(looks.choose(_frame(turn / 10), storm)) for turn in range(100))
    assert 45 <= taken <= 53


def test_each_of_several_animals_gets_its_looks():
    looks = Looks(8)
    animals = [_track(number, box=Box(100 * number, 100, 30, 20)) for number in range(1, 5)]
    chosen = [look.track_id for turn in range(20) for look in looks.choose(_frame(turn / 10), animals)]
    assert all(chosen.count(number) >= 3 for number in range(1, 5))


def test_a_resting_animal_is_looked_at_again_but_seldom():
    looks = Looks(8)
    times = [t / 10 for t in range(300) if looks.choose(_frame(t / 10), [_track(1)])]
    assert 14 <= len(times) <= 20
    assert max(b - a for a, b in itertools.pairwise(times)) < 3.2


def test_a_hidden_animal_is_not_looked_at():
    assert Looks(8).choose(_frame(0), [_track(1, visible=False)]) == []


def test_a_crop_is_a_sharp_square_with_margin():
    image = soil()
    crop = square(image, Box(100, 100, 40, 20), margin=0.25)
    assert crop.shape == (60, 60, 3)
    assert np.array_equal(crop, image[80:140, 90:150])


def test_a_crop_at_the_edge_is_square_too():
    assert square(soil(), Box(0, 340, 40, 20), margin=0.25).shape == (60, 60, 3)


def _frame(second: float) -> Frame:
    return Frame(soil(), round(second * 10), moment(second))


def _track(number: int, box: Box = RESTING, turns_seen: int = 9, visible: bool = True) -> Track:
    track = Track(
        id=number,
        first_seen=moment(0),
        arrived=moment(0),
        last_seen=moment(1),
        box=box,
        velocity=(0.0, 0.0),
        turns_seen=turns_seen,
        visible=True,
        reach=3.0,
        at_edge=False,
        from_edge=True,
        steadiness=1.0,
        stretch_s=2.0,
        fastest=0.0,
        shifts=1.0,
        sank=0.0,
    )
    return dataclasses.replace(track, visible=visible)
