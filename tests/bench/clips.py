"""Scores the whole chain on the shared clips, with its cost: `python -m tests.bench.clips [CLIP ...]`.

Each clip goes through the real `gardenwatch run`; the score table is the shared scorer's. After that the cost per
frame is measured part by part, beside a plain MOG2 motion detector on the same frames in turns.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import cv2

from edge.assets import DEFAULT_MODEL
from edge.daemon import guess
from edge.decision import Decision
from edge.model.classifier import Classifier
from edge.records import Frame, Image, Moment
from edge.settings import WatchSettings
from edge.vision.gate import Gate
from edge.vision.looks import Looks
from edge.vision.tracker import Tracker

CLIPS = Path(os.environ.get("GARDENWATCH_SHARED", "../shared")) / "data" / "clips"
COSTED = ("idle_01", "dev_04")
"""A quiet hour, and the busiest of the clips."""


def main() -> int:
    """Scores the clips named (all, if none), then measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", nargs="*", help="such as dev_03; all if left out")
    parser.add_argument("--model", type=Path, default=DEFAULT_MODEL)
    parser.add_argument("--no-cost", action="store_true", help="only the score table")
    options = parser.parse_args()
    clips = options.clips or sorted(path.stem for path in CLIPS.glob("*.mp4"))
    score([CLIPS / f"{clip}.mp4" for clip in clips], options.model)
    if not options.no_cost:
        for clip in COSTED:
            cost(clip, options.model)
    return 0


def score(clips: list[Path], model: Path) -> None:
    """Runs each clip into a folder of its own, and prints the scorer's table; ground truth is beside them as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "sightings.jsonl"
        with rows.open("w") as out:
            for clip in clips:
                data = Path(folder) / clip.stem
                began = time.monotonic()
                _gardenwatch("run", "--source", str(clip), "--dry-run", data=data, model=model)
                print(f"{clip.stem}: {time.monotonic() - began:.1f} s", file=sys.stderr)
                listed = [sys.executable, "-m", "edge", "sightings", "--data", str(data), "--format", "jsonl"]
                out.write(subprocess.run(listed, check=True, capture_output=True, text=True).stdout)
        scorer = [sys.executable, str(CLIPS / "score.py"), *(str(clip.with_suffix(".json")) for clip in clips)]
        subprocess.run([*scorer, "--sightings", str(rows), "-v"], check=True)


def _gardenwatch(*command: str, data: Path, model: Path) -> None:
    arguments = [sys.executable, "-m", "edge", *command, "--data", str(data), "--model", str(model)]
    ended = subprocess.run(arguments, capture_output=True, text=True)
    if ended.returncode:
        sys.exit(f"{' '.join(arguments)}\n{ended.stderr}")


def cost(clip: str, model: Path) -> None:
    """Prints the CPU milliseconds per frame of each part, and of a plain motion detector."""
    cv2.setNumThreads(1)  # CPU time is measured in this thread only, so everything must happen in it
    settings, classifier = WatchSettings(), Classifier.open(model, threads=1)
    gate, tracker, looks = Gate(settings.gate), Tracker(settings.tracker), Looks(settings.looks_per_s)
    card = classifier.card
    decision = Decision(settings.decision, card.labels, card.unknown_below, strange_below=card.strange_below)
    mog2 = cv2.createBackgroundSubtractorMOG2(detectShadows=True)
    spent: Counter[str] = Counter()
    count = looked = 0
    clock = time.thread_time
    mark = clock()
    for frame in _frames(clip):
        times = [mark, clock()]
        regions = gate.regions(frame, decision.animals)
        times.append(clock())
        tracks = tracker.follow(frame, regions)
        times.append(clock())
        chosen = looks.choose(frame, tracks)
        guesses = guess(classifier, frame, chosen)
        times.append(clock())
        decision.step(frame, tracks, guesses)
        times.append(clock())
        _plain_detector(mog2, frame.image)
        times.append(clock())
        parts = ("decode", "gate", "tracker", "classify", "decision", "plain MOG2")
        spent.update({part: b - a for part, a, b in zip(parts, times, times[1:], strict=False)})
        count, looked = count + 1, looked + len(chosen)
        mark = clock()
    figures = ", ".join(f"{part} {1000 * seconds / count:.2f}" for part, seconds in spent.items())
    print(f"{clip}: CPU ms per frame: {figures}; {looked / count:.2f} looks per frame")


def _frames(clip: str) -> Iterator[Frame]:
    capture = cv2.VideoCapture(str(CLIPS / f"{clip}.mp4"), cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
    fps = capture.get(cv2.CAP_PROP_FPS)
    index, noon = 0, datetime(2026, 6, 1, 12, tzinfo=UTC)
    while True:
        good, image = capture.read()
        if not good:
            return
        yield Frame(image, index, Moment(noon, index / fps, index / fps))  # type: ignore[arg-type]
        index += 1


def _plain_detector(mog2: cv2.BackgroundSubtractorMOG2, image: Image) -> None:
    """What a motion detector does at the least: a half-size grey picture, MOG2, opening, contours."""
    grey = cv2.resize(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), None, fx=0.5, fy=0.5)
    opened = cv2.morphologyEx(mog2.apply(grey), cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, (3, 3)))
    cv2.findContours(opened, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)


if __name__ == "__main__":
    sys.exit(main())
