"""Few frames are looked at while nothing happens, all once something does."""

from __future__ import annotations

import math

from edge.vision.attention import CALM_S, Attention
from edge.vision.gate import GateState
from tests.vision.bed import moment

LEARNED_S = 2.0


def looked_at(busy_from_s: float, busy_until_s: float, until_s: float = 20.0) -> list[float]:
    """The seconds of a film of ten frames a second that are looked at; the scene is learned by the second second."""
    attention, seconds = Attention(idle_fps=4.0), []
    for index in range(round(until_s * 10)):
        second = index / 10
        if second >= attention.next_s:
            scene: GateState = "learning" if second < LEARNED_S else "watching"
            attention.note(moment(second), busy_from_s <= second <= busy_until_s, scene)
            seconds.append(second)
    return seconds


def test_every_frame_is_looked_at_while_the_scene_is_learned_and_no_longer():
    seconds = looked_at(math.inf, math.inf)
    assert [s for s in seconds if s <= LEARNED_S] == [i / 10 for i in range(21)]
    assert len([s for s in seconds if LEARNED_S < s <= 5]) == 10, "ten frames a second, so every third"


def test_every_frame_is_looked_at_until_the_scene_is_calm():
    seconds = looked_at(4, 6)
    assert [s for s in seconds if 4.3 <= s <= 6 + CALM_S] == [i / 10 for i in range(43, round((6 + CALM_S) * 10) + 1)]


def test_every_frame_is_looked_at_while_the_camera_shakes():
    attention = Attention(idle_fps=4.0)
    attention.note(moment(5.0), busy=False, scene="shaken")
    assert attention.next_s == -math.inf


def test_a_calm_scene_is_looked_at_less():
    assert len([s for s in looked_at(4, 6) if 10 <= s < 16]) == 20, "ten frames a second, so every third"


def test_every_frame_is_looked_at_again_once_something_is_new():
    seconds = [s for s in looked_at(12, 14) if s >= 12]
    busy = [i / 10 for i in range(round(seconds[0] * 10), 171)]
    assert seconds[0] <= 12.3
    assert [s for s in seconds if s <= 17] == busy


def test_a_camera_slower_than_the_idle_rate_loses_no_frame():
    attention = Attention(idle_fps=4.0)
    for second in range(20):
        assert second >= attention.next_s
        attention.note(moment(float(second)), busy=False)
    assert attention.next_s > -math.inf
