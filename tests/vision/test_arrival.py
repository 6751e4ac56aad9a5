"""A visit begins when half of the animal is in the picture."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from edge.records import Image, Moment, Track
from edge.vision.arrival import Arrival
from tests.vision.bed import beetle, film, tracks


def moment(second: float) -> Moment:
    return Moment(datetime(2026, 6, 1, 12, tzinfo=UTC), second, second)


def grown(*areas: float) -> Arrival:
    """One outline a second."""
    arrival = Arrival()
    for second, area in enumerate(areas):
        arrival.note(area, moment(second))
    return arrival


def test_it_has_arrived_with_half_of_its_area() -> None:
    assert grown(100, 300, 480, 520, 900, 1000).of(1000).tick_s == 3


def test_its_size_at_the_end_decides_not_what_was_largest_so_far() -> None:
    arrival = grown(100, 300, 480, 520)
    assert arrival.of(520).tick_s == 1
    assert arrival.of(2000).tick_s == 3, "never half: the latest growth"


def test_an_outline_that_shrinks_and_grows_again_arrived_the_first_time() -> None:
    assert grown(100, 600, 90, 620, 1000).of(1000).tick_s == 1


def test_a_slow_animal_arrives_later_than_its_head_is_seen() -> None:
    def visit(image: Image, second: float) -> None:
        if second >= 4:
            beetle(image, 10 * (second - 4) - 25, 180)

    last = _last(tracks(film(20, visit)))
    assert last.first_seen.tick_s < last.arrived.tick_s
    middle_is_in_s = 4 + 25 / 10
    assert last.arrived.tick_s == pytest.approx(middle_is_in_s, abs=0.8)


def test_what_lands_inside_the_picture_arrives_when_it_is_first_seen() -> None:
    def visit(image: Image, second: float) -> None:
        if second >= 4:
            beetle(image, 300 + 20 * (second - 4), 180)

    last = _last(tracks(film(12, visit)))
    assert last.arrived == last.first_seen


def _last(seen: list[list[Track]]) -> Track:
    """The only animal, as known when it was last seen."""
    every = [track for turn in seen for track in turn]
    assert {track.id for track in every} == {every[-1].id}
    return every[-1]
