"""Thirty days of a garden, one after the other without a pause: `python -m tests.faults.term DAYS FOLDER`.

The whole program watches a live camera whose clock runs some thousand times as fast: visits in real time, a picture
every six minutes between them, nights, the end of summer time, a disk that holds a third of the photos.
"""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean
from typing import NamedTuple

import numpy as np

from tests.conftest import PROJECT
from tests.faults.outcome import Outcome
from tests.faults.record import faults_of
from tests.store.conftest import Folder

START = datetime(2026, 10, 20, 0, 0, tzinfo=UTC)
"""Summer time ends in Europe five days later."""
DAY_S = 86400.0
VISITS = 12
"""A day, between 6 and 18 o'clock."""
BETWEEN_S, FRAME_S = 360.0, 0.2
CALM_S, VISIT_S = 3.0, 9.0
DISK_BYTES = 1_500_000
"""Of the disk that there seems to be; a tenth of it is to stay free."""
RADIUS_PX = 36
FLAT_MB = 8.0
"""By how much memory may differ between the second and the last third: what a full buffer here or there makes out."""
ROOM_WITHIN_S = 60.0
"""Of real time, on a busy machine, too; between two pictures lie six minutes of a garden's."""


class Sample(NamedTuple):
    """The program at the end of one day."""

    rss_mb: float
    handles: int
    threads: int
    free_bytes: int


def term(times: int, folder: Path, days: float = 30) -> Outcome:
    """In a process of its own, so that nothing else is measured."""
    line = [sys.executable, "-m", "tests.faults.term", str(days), str(folder / "data")]
    done = subprocess.run(line, cwd=PROJECT, capture_output=True, text=True)
    if done.returncode != 0:
        return Outcome(_name(days), times, "the program ended", (done.stderr[-2000:],))
    said = json.loads(done.stdout.splitlines()[-1])
    samples = [Sample(*sample) for sample in said["samples"]]
    data = Folder(folder / "data")
    broken = [*not_flat(samples), *faults_of(data, said["judged"])]
    least = min(sample.free_bytes for sample in samples)
    if least < DISK_BYTES // 20:
        broken.append(f"only {least} bytes were left on the disk")
    ((sightings, photos),) = data.query("SELECT count(*), count(path) FROM photos")
    if sightings < 0.9 * VISITS * days:
        broken.append(f"{sightings} sightings of {VISITS * days:.0f} visits")
    ((seconds,),) = data.query("SELECT sum(seconds) FROM effort")
    if not math.isclose(seconds, days * DAY_S, rel_tol=0.01):
        broken.append(f"{seconds:.0f} s of effort in {days * DAY_S:.0f} s")
    first, last = samples[0], samples[-1]
    seen = (
        f"{sightings} sightings of {VISITS * days:.0f} visits, {photos} photos left; {first.rss_mb:.0f} MB, "
        f"{first.handles} handles, {first.threads} threads after a day, {last.rss_mb:.0f} MB, {last.handles}, "
        f"{last.threads} at the end; least free {least / 1e6:.2f} of {DISK_BYTES / 1e6:.1f} MB"
    )
    return Outcome(_name(days), times, seen, tuple(broken))


def _name(days: float) -> str:
    return f"{days:g} simulated days"


def not_flat(samples: list[Sample]) -> list[str]:
    third = max(1, len(samples) // 3)
    middle, late = samples[third : 2 * third] or samples, samples[-third:]
    grown = mean(one.rss_mb for one in late) - mean(one.rss_mb for one in middle)
    faults = [f"memory grew by {grown:.1f} MB"] if grown > FLAT_MB else []
    for what in ("handles", "threads"):
        before, after = max(getattr(one, what) for one in middle), max(getattr(one, what) for one in late)
        faults += [f"{what}: {before}, later {after}"] if after > before + 1 else []
    return faults


def moments(days: float) -> Iterator[tuple[float, float]]:
    """Seconds since the start, and how far on its way the visitor is; -1 where there is none, -2 at night."""
    begins = [6 * 3600 + number * 12 * 3600 / VISITS for number in range(VISITS)]
    for day in range(math.ceil(days)):
        second, left = day * DAY_S, [day * DAY_S + begin for begin in begins]
        while second < min(day + 1, days) * DAY_S:
            hour = second % DAY_S / 3600
            if left and second >= left[0]:
                left.pop(0)
                for step in range(round((CALM_S + VISIT_S + CALM_S) / FRAME_S)):
                    yield second, (step * FRAME_S - CALM_S) / VISIT_S
                    second += FRAME_S
            else:
                yield second, -1 if 5 <= hour < 21 else -2
                second = min(second + BETWEEN_S, left[0] if left else math.inf)


class FastCamera:
    """A live camera of another time."""

    name = "garden"
    live = True
    start = START

    def __init__(self, days: float, data: Path) -> None:
        from tests.films import picture  # the one who only counts needs no OpenCV

        self._moments = moments(days)
        self._calm = [picture(-1, seed) for seed in range(12)]
        self._visit = [
            picture(step * FRAME_S / VISIT_S, step, RADIUS_PX) for step in range(round(VISIT_S / FRAME_S) + 1)
        ]
        self._data, self._index, self._ended = data, 0, False
        self.samples: list[Sample] = []
        self.judged: list[str] = []

    def read(self, timeout_s: float, not_before_s: float = -math.inf):  # type: ignore[no-untyped-def]
        from edge.records import Frame, Moment

        for second, share in self._moments:
            if second >= (len(self.samples) + 1) * DAY_S:
                self._day_is_over()
            if share in (-1, -2):
                self._minutes_pass()
            self._index += 1
            image = self._picture(share)
            return Frame(image, self._index, Moment(START + timedelta(seconds=second), second, None))
        self._ended = True
        return None

    def _minutes_pass(self) -> None:
        """In which the writer makes room, however slow card and computer are; it must not take for ever."""
        until = time.monotonic() + ROOM_WITHIN_S
        while shutil.disk_usage(self._data).free < DISK_BYTES // 10 and time.monotonic() < until:
            time.sleep(0.02)

    def _picture(self, share: float) -> np.ndarray:
        if 0 <= share <= 1:
            return self._visit[round(share * (len(self._visit) - 1))]
        calm = self._calm[self._index % len(self._calm)]
        return calm if share > -2 else (calm // 12).astype(np.uint8)

    def _day_is_over(self) -> None:
        import psutil

        from edge.store.verdicts import Verdict, append_verdicts

        process = psutil.Process()
        free = shutil.disk_usage(self._data).free
        self.samples.append(Sample(process.memory_info().rss / 2**20, process.num_fds(), process.num_threads(), free))
        query = "SELECT id FROM sightings JOIN photos ON sighting_id = id WHERE closed = 1 AND path IS NOT NULL"
        newest = Folder(self._data).query(f"{query} ORDER BY first_at DESC LIMIT 1")
        if newest:
            append_verdicts(self._data, [Verdict(newest[0][0], "beetle", "pest", "Li Hua", datetime.now(UTC))])
            self.judged.append(newest[0][0])

    def health(self):  # type: ignore[no-untyped-def]
        from edge.camera.base import CameraHealth

        return CameraHealth("ended" if self._ended else "open", f"{self._index} frames")

    def close(self) -> None: ...


class Usage(NamedTuple):
    """As shutil.disk_usage gives it."""

    total: int
    used: int
    free: int


def main(days: float, data: Path) -> None:
    from edge import build, clock
    from edge.settings import Config
    from edge.store import retention, writer
    from tests.model.tiny import colour_model

    def usage(_path: object) -> Usage:
        used = 0
        for file in data.glob("photos/??/*.jpg"):
            with suppress(FileNotFoundError):  # the writer makes room at the same time
                used += file.stat().st_size
        return Usage(DISK_BYTES, used, DISK_BYTES - used)

    data.mkdir(parents=True)
    shutil.disk_usage = usage  # type: ignore[assignment]
    retention.CHECK_S = retention.AGE_CHECK_S = 0.05  # what is done every minute and hour, in a time that runs so fast
    writer.EFFORT_EVERY_S = 0.5
    clock.trust = lambda: "trusted"
    camera = FastCamera(days, data)
    build.camera = lambda *_: camera
    model = colour_model(data.parent / "colours.onnx")
    settings = {
        "data": data,
        "model": {"path": model},
        "site": {"timezone": "Europe/Berlin"},
        "store": {"reserve_mb": 1},
    }
    status = build.run(Config.model_validate(settings), build.RunOptions(dry_run=True), lambda line: None)
    camera._day_is_over()
    print(json.dumps({"samples": camera.samples, "judged": camera.judged, "status": status}))
    sys.exit(status)


if __name__ == "__main__":
    main(float(sys.argv[1]), Path(sys.argv[2]))
