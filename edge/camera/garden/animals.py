"""Draws any of the demo garden's animals in a pose."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from edge.camera.garden.bee import draw_bee
from edge.camera.garden.brush import Brush, Sprite
from edge.camera.garden.caterpillar import draw_caterpillar
from edge.camera.garden.snail import draw_snail

Species = Literal["bee", "caterpillar", "snail"]


@dataclass(frozen=True, slots=True)
class Pose:
    """How an animal holds itself at one instant."""

    length_px: float
    heading_deg: float
    """Where it looks: 0 to the right, 90 down."""
    phase: float = 0.0
    """Steps, body waves or wing beats so far."""
    stance: float = 0.0
    """bee: 0 on the ground to 1 flying; caterpillar: curl, -1 to 1; snail: 0 drawn in to 1 stretched."""


def draw_animal(species: Species, pose: Pose) -> Sprite:
    """The animal in the middle of a transparent square just large enough for wings and feelers."""
    side = math.ceil(pose.length_px * 1.65)
    # A snail's shell stays on its upper side on the screen, whichever way it goes.
    mirrored = species == "snail" and math.cos(math.radians(pose.heading_deg)) < 0
    brush = Brush(side, pose.length_px, pose.heading_deg, mirrored)
    if species == "bee":
        draw_bee(brush, pose.phase, pose.stance)
    elif species == "caterpillar":
        draw_caterpillar(brush, pose.phase, pose.stance)
    else:
        draw_snail(brush, pose.phase, pose.stance)
    return brush.sprite()
