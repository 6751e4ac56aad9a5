"""Measures what one crop costs beside a bare run of the same model: `python -m tests.bench.crop [--model FILE]`.

Resizing, normalising and the run, against `session.run` on an input that is ready, in turns; CPU and wall milliseconds,
medians, with one and with two threads. The crop is 300 pixels wide, a large animal with its margin.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from edge.assets import DEFAULT_MODEL
from edge.model.classifier import Classifier
from edge.model.contract import self_test_image

TURNS = 300


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=DEFAULT_MODEL)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    crop = np.ascontiguousarray(np.asarray(cv2.resize(self_test_image(), (300, 300)), np.uint8))
    for threads in (1, 2):
        classifier = Classifier.open(options.model, threads)
        ready = classifier.card.preprocessing(crop)[None]
        session, name = classifier._session, classifier._input.name
        ways: dict[str, Callable[[], object]] = {
            "classify": lambda classifier=classifier: classifier.classify([crop]),
            "bare run": lambda session=session, name=name, ready=ready: session.run(None, {name: ready}),
            "preprocessing": lambda classifier=classifier: classifier.card.preprocessing(crop),
        }
        report(threads, ways)


def report(threads: int, ways: dict[str, Callable[[], object]]) -> None:
    """Prints the medians of all ways, taken in turns."""
    wall: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(TURNS):
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            wall[name].append(1000 * (time.perf_counter() - began))
    medians = {name: statistics.median(times) for name, times in wall.items()}
    figures = ", ".join(f"{name} {ms:.2f} ms" for name, ms in medians.items())
    ratio = medians["classify"] / medians["bare run"]
    print(f"{threads} threads, load {os.getloadavg()[0]:.2f}: {figures}; classify / bare run {ratio:.3f}")


if __name__ == "__main__":
    main()
