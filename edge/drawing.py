"""Draws what the watcher sees and decides onto the picture."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from edge.decision import Decision
from edge.mask_area import seen_part
from edge.masks import Masks
from edge.records import Box, Frame, Guess, Image, Region, Track

STRIP_PX = 56
"""Height of the strip of figures under the picture."""
TRAIL = 40
"""Places of a track that are drawn: four seconds at ten frames a second."""
YELLOW, GREEN, WHITE, GREY, BLACK = (60, 220, 255), (80, 220, 80), (255, 255, 255), (150, 150, 150), (0, 0, 0)


class Drawing:
    """Remembers each track's way and last guess, from frame to frame."""

    def __init__(self, decision: Decision, labels: Sequence[str]) -> None:
        self._decision = decision
        self._labels = tuple(labels)
        self._trails: dict[int, deque[tuple[int, int]]] = {}
        self._guesses: dict[int, Guess] = {}

    def of(
        self,
        frame: Frame,
        regions: Sequence[Region],
        tracks: Sequence[Track],
        guesses: Mapping[int, Guess],
        masks: Masks,
        figures: Sequence[str],
    ) -> Image:
        """The picture with regions (thin, yellow), tracks (white; green once counted), guesses, and two lines of
        figures in a strip below; (H + STRIP_PX, W, 3). Keys and numbers only: OpenCV's font has Latin letters."""
        height, width = frame.image.shape[:2]
        picture = np.zeros((height + STRIP_PX, width, 3), np.uint8)
        picture[:height] = frame.image
        seen = seen_part(masks, (height, width))
        if seen is not None:
            picture[:height][seen == 0] //= 3
        for region in regions:
            _rectangle(picture, region.box, YELLOW, 1)
        self._forget({track.id for track in tracks})
        self._guesses |= guesses
        for track in tracks:
            self._track(picture[:height], track)
        for line, text in enumerate(figures[:2]):
            _write(picture, text, (8, height + 22 + 24 * line), 0.55)
        return picture

    def _track(self, picture: Image, track: Track) -> None:
        case = self._decision.case(track.id)
        counted = case is not None and case.sighting is not None
        colour = GREEN if counted else WHITE if track.visible else GREY
        trail = self._trails.setdefault(track.id, deque(maxlen=TRAIL))
        trail.append((round(track.box.centre[0]), round(track.box.centre[1])))
        cv2.polylines(picture, [np.array(trail, np.int32)], False, colour, 1, cv2.LINE_AA)
        _rectangle(picture, track.box, colour, 2)
        said = f"#{track.id}"
        guess = self._guesses.get(track.id)
        if guess is not None:
            said += f" {self._labels[guess.best]} {guess.probabilities[guess.best]:.0%}"
        _write(picture, said, (track.box.x, max(track.box.y - 6, 14)), 0.5)
        if case is not None:
            sighting = case.sighting
            told = f"{sighting.label} {sighting.confidence:.0%}" if sighting else self._decision.why_not(case) or ""
            below = min(track.box.y + track.box.h + 16, picture.shape[0] - 4)
            _write(picture, f"{told} (animal {case.animal:.0%})", (track.box.x, below), 0.5)

    def _forget(self, live: set[int]) -> None:
        for number in [number for number in self._trails if number not in live]:
            self._trails.pop(number)
            self._guesses.pop(number, None)


def _rectangle(picture: Image, box: Box, colour: tuple[int, int, int], thick: int) -> None:
    cv2.rectangle(picture, (box.x, box.y), (box.x + box.w, box.y + box.h), colour, thick)


def _write(picture: Image, text: str, at: tuple[int, int], scale: float) -> None:
    for colour, thick in ((BLACK, 3), (WHITE, 1)):
        cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, scale, colour, thick, cv2.LINE_AA)
