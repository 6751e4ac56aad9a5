"""Measures which part of watching costs what: `python -m tests.bench.shares FILM ...`.

The real run goes over the film with the default model. The CPU seconds of a part are those of the thread that watches;
storing is what all other threads took. OpenCV and ONNX Runtime work in one thread, or theirs could not be told apart.
"""

from __future__ import annotations

import dataclasses
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import cv2

from edge import build, daemon
from edge.parts import Parts, StopFlag
from edge.settings import Config

PARTS = ("camera", "gate", "tracker", "looks", "classifier", "decision", "store")


class Timed:
    """A part of the loop whose calls are added up."""

    def __init__(self, part: Any, name: str, spent: Counter[str]) -> None:
        self._part, self._name, self._spent = part, name, spent

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._part, name)
        if not callable(value):
            return value

        def call(*arguments: Any, **named: Any) -> Any:
            began = time.thread_time()
            try:
                return value(*arguments, **named)
            finally:
                self._spent[self._name] += time.thread_time() - began

        return call


def print_shares(film: Path) -> None:
    """Prints milliseconds of CPU per second of film, part by part."""
    cv2.setNumThreads(1)
    spent: Counter[str] = Counter()
    totals: list[float] = []

    def timed_watch(parts: Parts, stop: StopFlag) -> None:
        timed: dict[str, Any] = {name: Timed(getattr(parts, name), name, spent) for name in PARTS}
        process, thread = time.process_time(), time.thread_time()
        daemon.watch(dataclasses.replace(parts, **timed), stop)
        totals.extend((time.process_time() - process, time.thread_time() - thread))

    with tempfile.TemporaryDirectory() as folder:
        settings = Config.model_validate({"camera": {"source": str(film)}, "model": {"threads": 1}, "data": folder})
        build.watch, kept = timed_watch, build.watch
        try:
            build.run(settings, build.RunOptions(), lambda line: None)
        finally:
            build.watch = kept
    capture = cv2.VideoCapture(str(film))
    seconds = capture.get(cv2.CAP_PROP_FRAME_COUNT) / capture.get(cv2.CAP_PROP_FPS)
    everything, watching = totals
    spent["rest of the loop"] = watching - sum(spent.values())
    spent["store"] += everything - watching
    shares = ", ".join(f"{name} {1000 * s / seconds:.1f} ({s / everything:.0%})" for name, s in spent.most_common())
    print(f"  {film.name}: {1000 * everything / seconds:.1f} ms CPU per second of film: {shares}", flush=True)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print_shares(Path(name))
