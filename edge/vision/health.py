"""Says whether the camera can see the scene, and if not, why."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np

from edge.records import Frame
from edge.vision.background import part
from edge.vision.signs import Signs, likeness

Trouble = Literal["dark", "overexposed", "frozen", "covered", "blurred", "moved"]

EVERY_S = 1.0
"""Between two looks at the picture's health."""
LASTING = 3
"""Looks in a row that must say the same of a trouble: a hand passes, a shake ends."""
OVER = 2
"""Looks in a row without it, after which it is over."""
DARK, LIGHT_AGAIN = 32, 40
"""Grey levels that nine tenths of the picture stay under. At a quarter of a dull day's light (100) the sensor's noise
is as large as the difference between a beetle and the soil."""
BURNT = 0.4
"""So much of the picture clipped in a colour; the brightest development clip has 0.11, flowers."""
FROZEN_S = 10.0
"""A sensor's noise never repeats; ten seconds of one and the same picture come from a stuck camera, or a stuck film."""
SAME_LEVELS = 0.1
"""Mean difference of one picture to itself: a video codec's key frames change 0.05 levels, a quiet sensor 1.0."""
SHARP_LEAST = 0.008
"""Sharpness of the sharpest tiles under which nothing at all is sharp. The softest development clip has 0.036, blurred
by 20 pixels 0.002 to 0.006, a hand 0.003."""
BLURRED = 0.45
"""Part of the scene's own sharpness. A blur of 5 pixels leaves 0.22 to 0.53 of it, one of 8 pixels 0.10 to 0.33;
clouds, shadows and shake leave 0.75."""
PLAIN = 0.1
"""Deviation of the forms' brightness, log2 units, of a thing right before the lens; a garden has 0.12 and more."""
ALIKE = 0.5
"""Likeness of the forms from which it is the same scene: a blur of 20 pixels leaves 0.98, a hand 0.4 and less."""
ELSEWHERE = 0.35
"""Likeness of the detail under which the camera looks elsewhere. Storm leaves 0.46 (the median is 0.85), a turn by ten
degrees 0.04, a shift by a twentieth of the picture 0.3 and less."""
SUDDEN = 3.0
"""Night falls slowly: light that goes down by this factor within `LIGHT_S` was shut out."""
LIGHT_S = 5.0
SCENE_S = 30.0
"""Memory of how the scene looks: long against a gust, short against the sun's way."""
SHARP_S = 1800.0
"""Memory of how sharp the scene can be: an overcast hour may make it softer, a wet lens does so in a minute."""
FORGET_S = 6 * 3600.0
"""The same while it counts as blurred: what does not pass by the evening was mown or grown over, not blurred."""


class SceneHealth:
    """Looks at one picture a second. What it knows of the scene it has learned in this run."""

    def __init__(self, light_only: bool = False) -> None:
        """`light_only`: there is no scene to know, because an animal may fill the picture (a macro camera)."""
        self._light_only = light_only
        self._last_s: float | None = None
        self._scene: Signs | None = None
        self._before: Signs | None = None
        self._sharp = self._light = 0.0
        self._same: tuple[float, Signs] | None = None
        self._said: Trouble | None = None
        self._count = self._steady = 0
        self.trouble: Trouble | None = None
        """Why nothing can be seen; None while it can."""

    def see(self, frame: Frame) -> Trouble | None:
        """Takes in a frame; returns `trouble`."""
        tick_s = frame.moment.tick_s
        since_s = EVERY_S if self._last_s is None else tick_s - self._last_s
        if since_s >= EVERY_S - 1e-3:  # ticks are rounded to milliseconds
            self._last_s = tick_s
            self._look(Signs.of(frame), tick_s, since_s)
        return self.trouble

    def rest(self) -> None:
        """Nobody looks for a while: the light may be any when somebody does again. The scene is still known."""
        self._last_s = self._same = self._said = self.trouble = None
        self._light, self._count = 0.0, 0

    def _look(self, now: Signs, tick_s: float, since_s: float) -> None:
        if self._same is None or not _is_same(now, self._same[1]):
            self._same = (tick_s, now)
        said = self._sign_of(now, tick_s - self._same[0])
        self._count = self._count + 1 if said == self._said else 1
        self._said = said
        if said == "moved" and self.trouble == "moved":
            said = self._settle(now)
        if self._count >= (OVER if said is None else LASTING) or said == "frozen":
            self.trouble = said
        if said is None:
            self._learn(now, since_s)
        elif said == "blurred":
            self._sharp += part(since_s, FORGET_S) * (now.sharpness - self._sharp)
        if said != "covered":
            self._light += part(since_s, LIGHT_S) * (now.light - self._light)
        self._before = now

    def _sign_of(self, now: Signs, same_s: float) -> Trouble | None:
        """What this picture alone speaks for, the plainest first."""
        if now.light < (DARK if self.trouble != "dark" else LIGHT_AGAIN):
            shut_out = self.trouble == "covered" or self._light > SUDDEN * now.light
            night = self.trouble == "dark" or self._light_only or not shut_out or self._shows_the_scene(now)
            return "dark" if night else "covered"
        if now.burnt > BURNT:
            return "overexposed"
        nothing_sharp = now.sharpest < SHARP_LEAST and not self._light_only
        if nothing_sharp and not self._shows_the_scene(now):
            return "covered"
        if same_s >= FROZEN_S:
            return "frozen"
        if nothing_sharp:
            return "blurred"
        if self._scene is None or self._light_only:
            return None
        if now.sharpness < BLURRED * self._sharp and self._shows_the_scene(now):
            return "blurred"
        return "moved" if likeness(now.detail, self._scene.detail) < ELSEWHERE else None

    def _shows_the_scene(self, now: Signs) -> bool:
        """Whether the large forms are the scene's; before that is known, whether there are any."""
        if self._scene is None:
            return float(now.forms.std()) > PLAIN
        return likeness(now.forms, self._scene.forms) > ALIKE

    def _settle(self, now: Signs) -> Trouble | None:
        """A camera that has stood still for some looks is where it stays: what it sees is the scene from now on."""
        stands = self._before is not None and likeness(now.detail, self._before.detail) > ELSEWHERE
        self._steady = self._steady + 1 if stands else 0
        if self._steady < LASTING:
            return "moved"
        self._scene, self._sharp, self._steady, self._count = None, 0.0, 0, OVER
        return None

    def _learn(self, now: Signs, since_s: float) -> None:
        if self._scene is None:
            self._scene, self._sharp = now, now.sharpness
            return
        weight = part(since_s, SCENE_S)
        cv2.accumulateWeighted(now.forms, self._scene.forms, weight)
        cv2.accumulateWeighted(now.detail, self._scene.detail, weight)
        memory_s = SCENE_S if now.sharpness > self._sharp else SHARP_S
        self._sharp += part(since_s, memory_s) * (now.sharpness - self._sharp)


def _is_same(a: Signs, b: Signs) -> bool:
    if a.grid.shape != b.grid.shape:
        return False
    return float(np.mean(cv2.absdiff(a.grid, b.grid))) < SAME_LEVELS
