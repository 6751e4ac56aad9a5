"""Measures whether memory stays flat: `python -m tests.bench.endurance [FILM ...] [--minutes N] [--hours N]`.

The real run watches the films over and over, as fast as it can, as one film without an end; sightings are kept in a
real data folder. Printed are the resident megabytes every tenth of the way, and their slope over the second half.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import os
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import psutil

from edge import build
from edge.camera.base import ALL_FRAMES, CameraHealth
from edge.camera.replay import VideoFile
from edge.records import Frame
from edge.settings import Config
from tests.bench.clips import CLIPS

HOUR_S = 3600.0
SAMPLE_EVERY_S = 60.0
"""Of the film's own time."""


class Endless:
    """The films one after the other, again and again, with time running on."""

    name = "endless"
    live = False

    def __init__(self, films: list[Path], minutes: float, hours: float) -> None:
        self._films = itertools.cycle(films)
        self._until_s, self._hours = time.monotonic() + 60 * minutes, hours
        self._film = VideoFile(next(self._films))
        self.start: datetime = self._film.start
        self._zero_s = self._now_s = 0.0
        self._zero_index = self._index = 0
        self.samples: list[tuple[float, float]] = []
        """Hours of film, megabytes."""

    def read(self, timeout_s: float, not_before_s: float = ALL_FRAMES) -> Frame | None:
        if self._over():
            return None
        frame = self._film.read(timeout_s, not_before_s - self._zero_s)
        if frame is None:
            self._film.close()
            self._film = VideoFile(next(self._films))
            self._zero_s, self._zero_index = self._now_s + 0.1, self._index + 1
            return self.read(timeout_s, not_before_s)
        self._now_s = self._zero_s + frame.moment.tick_s
        self._index = self._zero_index + frame.index
        if self._now_s >= len(self.samples) * SAMPLE_EVERY_S:
            self.samples.append((self._now_s / HOUR_S, psutil.Process().memory_info().rss / 2**20))
        moment = dataclasses.replace(
            frame.moment,
            wall=self.start + timedelta(seconds=self._now_s),
            tick_s=self._now_s,
            source_s=self._now_s,
        )
        return dataclasses.replace(frame, index=self._index, moment=moment)

    def health(self) -> CameraHealth:
        return CameraHealth("ended" if self._over() else "open", f"{self._index} frames")

    def close(self) -> None:
        self._film.close()

    def _over(self) -> bool:
        return time.monotonic() > self._until_s or self._now_s > self._hours * HOUR_S


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    films = [CLIPS / f"{name}.mp4" for name in ("idle_01", "dev_01", "idle_01", "dev_04")]
    parser.add_argument("films", nargs="*", type=Path, default=films)
    parser.add_argument("--minutes", type=float, default=1e9, help="stop after so many minutes of this machine's time")
    parser.add_argument("--hours", type=float, default=24.0, help="hours of film")
    options = parser.parse_args()
    camera = Endless(options.films, options.minutes, options.hours)
    build.camera, kept = lambda *_: camera, build.camera
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory() as folder:
            build.run(Config.model_validate({"data": folder}), build.RunOptions(), lambda line: None)
    finally:
        build.camera = kept
    hours, megabytes = np.array(camera.samples).T
    for number in range(0, len(hours), max(1, len(hours) // 10)):
        print(f"{hours[number]:6.2f} h  {megabytes[number]:6.1f} MB")
    late = len(hours) // 2
    slope = np.polyfit(hours[late:], megabytes[late:], 1)[0]
    print(
        f"{camera.health().detail}, {hours[-1]:.1f} h of film in {(time.monotonic() - began) / 60:.1f} minutes, "
        f"load {os.getloadavg()[0]:.1f}: {slope:+.2f} MB per hour over the second half, peak {megabytes.max():.0f} MB"
    )


if __name__ == "__main__":
    main()
