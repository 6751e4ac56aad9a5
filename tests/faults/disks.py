"""A disk that is full, without inodes, read-only, failing or slow for a while, under a store that records all the time.

Full and without inodes is a real small file system; the others are what the kernel answers to the program's calls,
SQLite's too, as strace can make it answer.
"""

from __future__ import annotations

import itertools
import json
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from edge.review.web.app import create_app
from edge.review.web.garden import Garden
from tests.conftest import PROJECT
from tests.faults.outcome import Outcome
from tests.faults.record import faults_after_start
from tests.store.conftest import Folder

RECORDER = ("tests.faults.recorder",)
WITHIN_S = 60.0
WRITES = "pwrite64,fdatasync,fsync,rename,unlink,mkdir"
WAYS = ("full", "read-only", "slow", "failing", "no inodes", "quota")
INJECTED = {
    "quota": "inject=pwrite64,fsync,mkdir:error=EDQUOT",
    "read-only": f"inject={WRITES}:error=EROFS",
    "failing": f"inject={WRITES}:error=EIO",
    "slow": "inject=fdatasync,fsync:delay_enter=400000",
}
BLOCKED_S = 1.0
"""Recording must not wait for the disk; so much is left to a machine that is busy with other things."""


class Recorder:
    """The process that records, and what it says."""

    def __init__(self, data: Path, program: Sequence[str]) -> None:
        line = [sys.executable, "-m", *program, str(data)]
        self.process = subprocess.Popen(line, cwd=PROJECT, stdin=-1, stdout=-1, stderr=subprocess.DEVNULL, text=True)
        self._lines: queue.Queue[str] = queue.Queue()
        self.state, self.visits, self.rows = "", 0, 0
        self.last = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def until(self, condition: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + WITHIN_S
        while not condition():
            with suppress(queue.Empty):
                self._take(self._lines.get(timeout=0.05))
            if time.monotonic() > end:
                raise TimeoutError(f"{what}: not within {WITHIN_S:.0f} s, {self.state}, {self.visits} visits")

    def go_on(self, visits: int, what: str) -> None:
        """Until so many more were recorded."""
        wanted = self.visits + visits
        self.until(lambda: self.visits >= wanted, f"{visits} more visits while {what}")

    def end(self) -> dict[str, float]:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(WITHIN_S * 2)
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.until(lambda: self.last.startswith("{"), "the end")
        done: dict[str, float] = json.loads(self.last)
        return done

    def _take(self, line: str) -> None:
        self.last = line
        word, *values = line.split()
        if word == "state":
            self.state = values[0]
        elif word == "visits":
            self.visits, self.rows = int(values[0]), int(values[1])

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))


def disks(times: int, folder: Path, program: Sequence[str] = RECORDER) -> Outcome:
    """One store through all of it, each way in turn."""
    broken, pages = list[str](), 0
    with small_disk(folder / "disk") as disk:
        data = Folder(disk / "data")
        recorder = Recorder(data.path, program)
        try:
            recorder.until(lambda: recorder.rows > 0, "first row")
            for number in range(times):
                way = WAYS[number % len(WAYS)]
                with hurt(way, disk, recorder):
                    if way != "slow":
                        recorder.until(lambda: recorder.state != "ok", f"{number}: noticing {way}")
                    recorder.go_on(5, way)
                    pages += _page_opens(data.path)
                recorder.until(lambda: recorder.state == "ok", f"{number}: well after {way}")
                before = _with_photo(data)
                recorder.until(lambda before=before: _with_photo(data) > before, f"{number}: photos again after {way}")
            recorder.go_on(5, "all is well again")
        except TimeoutError as error:
            broken.append(str(error))
        done = recorder.end()
        ((rows, photos),) = data.query("SELECT count(*), count(path) FROM photos")
        broken += faults_after_start(data, ())
    if pages < times:
        broken.append(f"the page opened {pages} of {times} times")
    if rows != done["visits"] or done["lost"]:
        broken.append(f"{rows} rows of {done['visits']} visits, {done['lost']} lost")
    if done["worst_s"] > BLOCKED_S:
        broken.append(f"recording waited {done['worst_s']:.1f} s for the disk")
    worst = done["worst_s"] * 1000
    seen = f"{rows} of {done['visits']} visits have a row, {photos} a photo; recording waited {worst:.0f} ms at most"
    return Outcome("disk full and freed, no inodes, over quota, read-only, failing, slow", times, seen, tuple(broken))


@contextmanager
def small_disk(path: Path) -> Iterator[Path]:
    """64 MB, and 16 000 files. Raises CalledProcessError where this user may not mount."""
    path.mkdir()
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m,nr_inodes=16k", "tmpfs", str(path)], check=True, capture_output=True
    )
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


@contextmanager
def hurt(way: str, disk: Path, recorder: Recorder) -> Iterator[None]:
    """Well again at the end."""
    if way == "full":
        _fill(disk / "filler")
        try:
            yield
        finally:
            (disk / "filler").unlink()
    elif way == "no inodes":
        _take_inodes(disk / "fillers")
        try:
            yield
        finally:
            shutil.rmtree(disk / "fillers")
    else:
        line = ["strace", "-f", "-q", "-o", "/dev/null", "-e", f"trace={WRITES}", "-e", INJECTED[way], "-p"]
        with subprocess.Popen([*line, str(recorder.process.pid)], stderr=subprocess.DEVNULL) as tracer:
            try:
                yield
            finally:
                tracer.terminate()


def _take_inodes(folder: Path) -> None:
    folder.mkdir()
    for number in itertools.count():
        try:
            (folder / str(number)).touch()
        except OSError:
            return


def _with_photo(data: Folder) -> int:
    ((number,),) = data.query("SELECT count(path) FROM photos")
    return int(number)


def _fill(file: Path) -> None:
    with open(file, "ab", buffering=0) as filler:
        for size in (1 << 20, 64 * 1024, 4096, 512, 1):
            try:
                while True:
                    filler.write(bytes(size))
            except OSError:
                continue  # no room for so much; a smaller piece may fit


def _page_opens(data: Path) -> int:
    app = create_app(Garden(data, {}, data / "masks.yaml", 0.35))
    return int(app.test_client().get("/").status_code == 200)
