"""One animal is one track, whatever it does."""

from __future__ import annotations

import cv2
import pytest

from edge.records import Image, Track
from tests.vision.bed import WIDTH, beetle, film, pale_beetle, tracks


def test_an_animal_that_walks_rests_and_walks_on_is_one_track():
    def visit(image: Image, second: float) -> None:
        if second >= 4:
            beetle(image, 40 * (min(second, 10) - 4) + 40 * max(second - 30, 0), 180)

    track = _only(tracks(film(46, visit)))
    assert track.first_seen.tick_s < 4.8
    assert track.last_seen.tick_s > 40
    assert track.reach > 5


def test_an_animal_that_was_behind_a_leaf_is_the_same_one():
    def visit(image: Image, second: float) -> None:
        if second >= 4:
            beetle(image, 40 * (second - 4), 180)
        cv2.ellipse(image, (320, 180), (80, 60), 0, 0, 360, (40, 120, 50), -1)

    track = _only(tracks(film(22, visit)))
    assert track.last_seen.tick_s > 18


def test_an_animal_that_comes_out_from_behind_a_leaf_is_followed_from_there():
    def visit(image: Image, second: float) -> None:
        if second >= 6:
            beetle(image, 320 + 30 * (second - 6), 180)
        cv2.ellipse(image, (320, 180), (60, 60), 0, 0, 360, (40, 120, 50), -1)

    track = _only(tracks(film(18, visit)))
    assert 6 < track.first_seen.tick_s < 9


def test_two_animals_at_once_are_two_tracks():
    def visit(image: Image, second: float) -> None:
        if second >= 4:
            beetle(image, 40 * (second - 4), 100)
            beetle(image, WIDTH - 40 * (second - 4), 260)

    seen = _all(tracks(film(18, visit)))
    assert len(seen) == 2
    assert all(track.last_seen.tick_s - track.first_seen.tick_s > 12 for track in seen)


@pytest.mark.parametrize("turns_back", [False, True])
def test_two_of_one_size_that_meet_are_told_apart_by_their_looks_when_they_part(turns_back: bool):
    def dark(second: float) -> float:
        walked = 40 * min(max(second - 4, 0), 7.6)
        return walked + (-40 if turns_back else 40) * max(second - 14, 0)

    def visit(image: Image, second: float) -> None:
        if second >= 4:
            beetle(image, dark(second), 180)
            pale_beetle(image, WIDTH - dark(second), 180)

    followed = tracks(film(20, visit))
    assert len(_all(followed)) == 2
    before, after = ({track.id: track.box.centre[0] for track in followed[second * 10]} for second in (8, 19))
    from_the_left = min(before, key=lambda number: before[number])
    assert (after[from_the_left] < WIDTH / 2) == turns_back


def test_paths_that_cross_are_two_tracks():
    def visit(image: Image, second: float) -> None:
        if second >= 4:
            beetle(image, 40 * (second - 4), 60 + 15 * (second - 4))
            beetle(image, 40 * (second - 4), 300 - 15 * (second - 4))

    seen = _all(tracks(film(18, visit)))
    assert len(seen) == 2
    assert all(track.last_seen.tick_s > 17 for track in seen)


def test_an_animal_that_pauses_and_turns_round_many_times_is_one_track():
    def visit(image: Image, second: float) -> None:
        if second >= 4:
            leg, part = divmod(second - 4, 4)  # three seconds of walking, one of rest, then another way
            way = 40 * min(part, 3)
            beetle(image, 100 + (way if leg % 2 == 0 else 120 - way), 180)

    track = _only(tracks(film(25, visit)))
    assert track.last_seen.tick_s > 24


def test_one_that_leaves_and_one_that_comes_are_two_visits():
    def visit(image: Image, second: float) -> None:
        if 4 <= second < 12:
            beetle(image, WIDTH - 300 + 50 * (second - 4), 180)
        elif second >= 15:
            beetle(image, WIDTH + 20 - 50 * (second - 15), 180)

    assert len(_all(tracks(film(20, visit)))) == 2


def test_a_fly_that_starts_at_once_is_not_lost():
    def visit(image: Image, second: float) -> None:
        if second >= 4:
            away = max(second - 12, 0)
            beetle(image, min(60 * (second - 4), 240) + 300 * away, 180 - 120 * away)

    track = _only(tracks(film(15, visit)))
    assert track.last_seen.tick_s > 12.7


def test_a_flicker_is_not_waited_for():
    def flash(image: Image, second: float) -> None:
        if 4 <= second < 4.2:
            beetle(image, 300, 180)

    followed = tracks(film(8, flash))
    assert any(followed[40:44])
    assert not any(followed[60:])


def _all(followed: list[list[Track]]) -> list[Track]:
    """The last state of every track that lived longer than a flicker."""
    last = {track.id: track for frame in followed for track in frame}
    return [track for track in last.values() if track.turns_seen >= 5]


def _only(followed: list[list[Track]]) -> Track:
    found = _all(followed)
    assert len(found) == 1, f"one visit is one track, not {[(t.first_seen.tick_s, t.last_seen.tick_s) for t in found]}"
    return found[0]


def test_a_falling_leaf_is_faster_than_a_crawler_and_a_snail_is_not():
    def fall(image: Image, second: float) -> None:
        beetle(image, 150, 320 * min(second - 4, 1.0) - 20, 40)
        beetle(image, 20 * (second - 4), 60, 60)

    seen = {round(track.first_seen.tick_s): track for track in _all(tracks(film(12, fall)))}
    speeds = sorted(track.fastest for track in seen.values())
    assert speeds[0] < 1
    assert speeds[-1] > 3


def test_what_comes_in_over_the_edge_and_grows_does_not_dash():
    def crawl(image: Image, second: float) -> None:
        beetle(image, 30 * (second - 4) - 60, 180, 120)

    track = _only(tracks(film(24, crawl)))
    assert track.fastest < 0.5


def test_what_falls_sinks_and_what_flies_up_again_does_not():
    def fall(image: Image, second: float) -> None:
        if second >= 4:
            beetle(image, 150 + 10 * second, 240 * min(second - 4, 1.0), 40)

    def land_and_rise(image: Image, second: float) -> None:
        if second >= 4:
            down = 240 * min(second - 4, 1.0)
            beetle(image, 150, down - 100 * max(second - 8, 0), 40)

    assert _only(tracks(film(8, fall))).sank > 0.8
    assert _only(tracks(film(9.8, land_and_rise))).sank < 0.4
