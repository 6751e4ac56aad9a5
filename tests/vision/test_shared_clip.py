"""The first visit of a shared clip, through all parts of seeing."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from edge.assets import DEFAULT_MODEL
from edge.daemon import guess
from edge.decision import Decision
from edge.model.classifier import Classifier
from edge.records import Change, Frame
from edge.settings import WatchSettings
from edge.vision.gate import Gate
from edge.vision.looks import Looks
from edge.vision.tracker import Tracker
from tests.vision.bed import moment

FRAMES = 160
"""A beetle walks in at 7.1 s; at 16 s it still walks."""


def test_a_beetle_that_walks_in_is_one_sighting_from_its_arrival(shared: Path):
    changes = _watch(shared / "data" / "clips" / "dev_01.mp4")
    assert [change.kind for change in changes if change.kind != "improved"] == ["opened", "closed"]
    last = changes[-1].sighting
    assert 6 < last.first_seen.tick_s < 7.6
    assert last.decided.tick_s < 9.6
    assert last.last_seen.tick_s > 15.8
    assert last.role != "background"


def _watch(clip: Path) -> list[Change]:
    settings, classifier = WatchSettings(), Classifier.open(DEFAULT_MODEL, threads=1)
    gate, tracker, looks = Gate(settings.gate), Tracker(settings.tracker), Looks(settings.looks_per_s)
    card = classifier.card
    decision = Decision(settings.decision, card.labels, card.unknown_below, strange_below=card.strange_below)
    capture = cv2.VideoCapture(str(clip))
    changes: list[Change] = []
    for index in range(FRAMES):
        image = np.asarray(capture.read()[1], np.uint8)
        frame = Frame(image, index, moment(index / 10))
        tracks = tracker.follow(frame, gate.regions(frame, decision.animals))
        changes += decision.step(frame, tracks, guess(classifier, frame, looks.choose(frame, tracks)))
    return changes + decision.finish()
