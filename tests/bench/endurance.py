"""Measures whether memory stays flat: `python -m tests.bench.endurance [FILM ...] [--hours N] [--quiet-minutes N]`.

The real run watches a day as fast as it can: between the films, one after the other, lie quiet minutes, in which
pictures of an idle film come as often as the loop asks for them. Those are held in memory, since decoding a day of
film would take half an hour; each is copied into new memory as a camera does. Sightings are kept in a real data
folder. Printed are the resident megabytes every hour, and their slope over the second half.
"""

from __future__ import annotations

import argparse
import itertools
import math
import os
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import psutil

from edge import build
from edge.camera.base import ALL_FRAMES, CameraHealth
from edge.camera.replay import VideoFile
from edge.records import Frame, Image, Moment
from edge.settings import Config
from tests.bench.clips import CLIPS

HOUR_S = 3600.0
SAMPLE_EVERY_S = 60.0
"""Of the camera's own time."""
SAMPLES_AN_HOUR = 60
FPS = 10
QUIET_PICTURES = 20


class Endless:
    """The films one after the other, again and again, with quiet minutes between them and time running on."""

    name = "endless"
    live = False

    def __init__(self, films: list[Path], quiet: list[Image], quiet_s: float, hours: float) -> None:
        self._films = itertools.cycle(films)
        self._quiet, self._quiet_s, self._until_s = quiet, quiet_s, hours * HOUR_S
        self._film: VideoFile | None = None
        self.start = datetime(2026, 6, 1, tzinfo=UTC)
        self._zero_s, self._zero_index = 0.0, 0
        """Where the present film began; in quiet, where that began."""
        self._now_s, self._index = 0.0, -1
        self.samples: list[tuple[float, float]] = []
        """Hours of film, megabytes."""

    def read(self, timeout_s: float, not_before_s: float = ALL_FRAMES) -> Frame | None:
        if self._over():
            return None
        image = self._next_of_film(timeout_s, not_before_s) if self._film else self._next_quiet(not_before_s)
        if image is None:
            return self.read(timeout_s, not_before_s)
        if self._now_s >= len(self.samples) * SAMPLE_EVERY_S:
            self.samples.append((self._now_s / HOUR_S, psutil.Process().memory_info().rss / 2**20))
            if len(self.samples) % SAMPLES_AN_HOUR == 1:
                print("{:6.2f} h  {:6.1f} MB".format(*self.samples[-1]), flush=True)
        wall = self.start + timedelta(seconds=self._now_s)
        return Frame(image, self._index, Moment(wall, self._now_s, self._now_s))

    def _next_of_film(self, timeout_s: float, not_before_s: float) -> Image | None:
        assert self._film is not None
        frame = self._film.read(timeout_s, not_before_s - self._zero_s)
        if frame is None:
            self._film.close()
            self._film, self._zero_s = None, self._now_s + 1 / FPS
            return None
        self._now_s, self._index = self._zero_s + frame.moment.tick_s, self._zero_index + frame.index
        return frame.image

    def _next_quiet(self, not_before_s: float) -> Image | None:
        steps = max(1, math.ceil((not_before_s - self._now_s) * FPS - 0.01)) if not_before_s > self._now_s else 1
        self._now_s, self._index = self._now_s + steps / FPS, self._index + steps
        if self._now_s - self._zero_s < self._quiet_s:
            return self._quiet[self._index % len(self._quiet)].copy()
        self._film, self._zero_s, self._zero_index = VideoFile(next(self._films)), self._now_s, self._index + 1
        return None

    def health(self) -> CameraHealth:
        return CameraHealth("ended" if self._over() else "open", f"{self._index + 1} frames")

    def close(self) -> None:
        if self._film:
            self._film.close()

    def _over(self) -> bool:
        return self._now_s > self._until_s


def quiet_pictures(film: Path) -> list[Image]:
    """Pictures of an idle film, far enough from each other that none looks frozen."""
    camera = VideoFile(film)
    apart_s = 60.0 / QUIET_PICTURES
    pictures = [frame.image for i in range(QUIET_PICTURES) if (frame := camera.read(1.0, i * apart_s)) is not None]
    camera.close()
    return pictures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    films = [CLIPS / f"dev_{number:02}.mp4" for number in range(1, 9)]
    parser.add_argument("films", nargs="*", type=Path, default=films, help="what happens now and then")
    parser.add_argument("--quiet", type=Path, default=CLIPS / "idle_01.mp4", help="film of the time between")
    parser.add_argument("--quiet-minutes", type=float, default=15.0, help="between two films")
    parser.add_argument("--hours", type=float, default=24.0, help="hours of the camera's own time")
    options = parser.parse_args()
    quiet = quiet_pictures(options.quiet)
    camera = Endless(options.films, quiet, 60 * options.quiet_minutes, options.hours)
    build.camera, kept = lambda *_: camera, build.camera
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory() as folder:
            build.run(Config.model_validate({"data": folder}), build.RunOptions(), lambda line: None)
    finally:
        build.camera = kept
    hours, megabytes = np.array(camera.samples).T
    late = len(hours) // 2
    slope = np.polyfit(hours[late:], megabytes[late:], 1)[0]
    print(
        f"{camera.health().detail}, {hours[-1]:.1f} h of film in {(time.monotonic() - began) / 60:.1f} minutes, "
        f"load {os.getloadavg()[0]:.1f}: {slope:+.2f} MB per hour over the second half, peak {megabytes.max():.0f} MB, "
        f"of which {sum(picture.nbytes for picture in quiet) / 2**20:.0f} MB are the held pictures"
    )


if __name__ == "__main__":
    main()
