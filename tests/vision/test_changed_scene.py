"""What people and the day do to a bed is no visit: the default model on what the gate lets through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import cv2
import pytest

from edge.assets import DEFAULT_MODEL
from edge.daemon import guess
from edge.decision import Decision
from edge.model.classifier import Classifier
from edge.records import Change, Frame, Image
from edge.settings import GateSettings, WatchSettings
from edge.vision.gate import Gate
from edge.vision.looks import Looks
from edge.vision.tracker import Tracker
from tests.vision.bed import film, regions


def watched(frames: Iterable[Frame]) -> tuple[list[Change], Counter[str]]:
    """What the chain decides in its default configuration, and what it rejected."""
    settings, classifier = WatchSettings(), Classifier.open(DEFAULT_MODEL)
    gate, tracker, looks = Gate(GateSettings()), Tracker(settings.tracker), Looks(settings.looks_per_s)
    card = classifier.card
    decision = Decision(settings.decision, card.labels, card.unknown_below, strange_below=card.strange_below)
    told: list[Change] = []
    for frame in frames:
        tracks = tracker.follow(frame, gate.regions(frame, decision.animals))
        told += decision.step(frame, tracks, guess(classifier, frame, looks.choose(frame, tracks)))
    return told + decision.finish(), decision.rejected


def test_a_pot_that_was_moved_is_no_visit_neither_where_it_stood_nor_where_it_stands():
    def move(image: Image, second: float) -> None:
        x = 150 if second < 5 else 400
        cv2.rectangle(image, (x, 120), (x + 90, 220), (50, 90, 190), -1)
        cv2.rectangle(image, (x - 6, 112), (x + 96, 134), (60, 105, 210), -1)

    told, rejected = watched(film(12, move))
    assert not told
    assert rejected, "it was noticed, and not counted"


def test_many_things_moved_at_once_are_no_storm_of_sightings():
    def tidy_up(image: Image, second: float) -> None:
        for number in range(8):
            x, y = 40 + 70 * number + (0 if second < 5 else 30), 60 + 30 * (number % 4) + (0 if second < 5 else 90)
            cv2.circle(image, (x, y), 14 + 2 * number, (70 + 10 * number, 90, 120 - 10 * number), -1)

    told, rejected = watched(film(10, tidy_up))
    assert not told
    assert rejected.total() >= 8, "they were noticed, and not counted"


@pytest.mark.parametrize("part_per_s", [-0.03, 0.03], ids=["dusk", "dawn"])
def test_light_that_drifts_opens_nothing(part_per_s: float):
    def drift(image: Image, second: float) -> Image:
        return cv2.convertScaleAbs(image, alpha=1 + part_per_s * second)

    assert not any(regions(film(16, drift)))


def test_a_camera_that_hunts_for_its_exposure_opens_nothing():
    def hunt(image: Image, second: float) -> Image:
        return cv2.convertScaleAbs(image, alpha=1 + 0.2 * ((second * 1.5) % 1), beta=4 * ((second * 0.7) % 1))

    assert not any(regions(film(10, hunt)))
