"""How an animal looks, so that two that meet are told apart when they part again."""

from __future__ import annotations

import math

import cv2

from edge.records import Box, Image
from edge.vision.background import part

Colour = tuple[float, float, float]
"""Blue, green, red as log2(value + 12), as the gate sees light: a cloud moves all by as much."""

MEMORY_S = 2.0
"""Long against a wing beat, short against a cloud."""
MOST = 2.0
"""Factors of two that count at most: wings that open may show the other side of themselves."""


def colour_of(image: Image, box: Box) -> Colour:
    """The mean colour of the box's middle, a quarter of its area: there is most of the animal and little ground."""
    box = box.clipped(image.shape[1], image.shape[0])
    middle = image[box.y + box.h // 4 : box.y + box.h - box.h // 4, box.x + box.w // 4 : box.x + box.w - box.w // 4]
    blue, green, red, _ = cv2.mean(middle)
    return math.log2(blue + 12), math.log2(green + 12), math.log2(red + 12)


def unlike(one: Colour, other: Colour) -> float:
    """How differently they look, 0 to `MOST`: factors of two in the channel that differs most."""
    return min(max(abs(a - b) for a, b in zip(one, other, strict=True)), MOST)


def blended(known: Colour, now: Colour, dt_s: float) -> Colour:
    """The running mean, with what is seen now."""
    weight = part(dt_s, MEMORY_S)
    blue, green, red = (a + weight * (b - a) for a, b in zip(known, now, strict=True))
    return blue, green, red
