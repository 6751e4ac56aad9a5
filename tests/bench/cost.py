"""Measures what watching costs beside Debian's `motion` 4.5: `python -m tests.bench.cost [FILM ...] [--rounds N]`.

    apt-get install motion
    python -m tests.bench.cost idle_01.mp4 dev_01.mp4

Both watch the same film at the pace at which it was recorded, one after the other, in turns: Gardenwatch in its default
configuration without a board, motion through `netcam_url` with picture and movie output off. Printed are CPU seconds
(user and system, whole process tree) per second of film, with and without the first five seconds in which programs
load; and the peak memory, the sum of the resident sets over the tree, sampled every 20 ms. Medians over the rounds.
A run that ends before its film is told with its exit status and its last words, and is not counted.

Gardenwatch's bytecode is made before, as `pip install` does. A checkout's environment holds more than a device's: for
the figures of a start, use one with the device side only (`pip install . psutil`).
"""

from __future__ import annotations

import argparse
import compileall
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import cv2
import psutil

import edge
from tests.bench.clips import CLIPS
from tests.bench.shares import print_shares

SAMPLE_S = 0.02
LAST_S = 1.0
"""Not counted: a film that keeps its pace ends some hundredths of a second before or after its length."""
STARTED_S = 5.0
"""Both have loaded, opened the film, and are watching by then."""
LAST_WORDS = 5
"""Lines of its log that are told of a program that ended early."""
MOTION = """daemon off
setup_mode off
netcam_url file://{film}
width {width}
height {height}
framerate {fps}
picture_output off
movie_output off
webcontrol_port 0
stream_port 0
log_file {folder}/motion.log
target_dir {folder}
"""


class EndedEarly(Exception):
    """The program ended before the film did."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run over a film took."""

    cpu: float
    """CPU seconds per second of film, the start included."""
    steady: float
    """The same from `STARTED_S` on."""
    peak_mb: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    usual = [Path("idle_01.mp4"), Path("dev_01.mp4")]
    parser.add_argument("films", nargs="*", type=Path, default=usual, help="an idle and a busy one; the shared clips")
    parser.add_argument("--rounds", type=int, default=1, help="runs of each program over each film")
    options = parser.parse_args()
    films = [film if film.exists() else CLIPS / film for film in options.films]
    if missing := [str(film) for film in films if not film.is_file()]:
        parser.error(f"no such film: {', '.join(missing)}; give a file, or the name of a shared clip")
    compileall.compile_dir(edge.__path__[0], quiet=1)
    for film in films:
        compare(film.resolve(), options.rounds)
        print_shares(film)


def compare(film: Path, rounds: int) -> None:
    """Runs both programs over the film in turns, and prints a line for each."""
    seconds, _ = _length(film)
    programs = {"gardenwatch": gardenwatch} | ({"motion": motion} if shutil.which("motion") else {})
    costs: dict[str, list[Cost]] = {name: [] for name in programs}
    print(
        f"{film.name}: {seconds:.0f} s, {rounds} rounds, load {os.getloadavg()[0]:.2f} on {os.cpu_count()} processors"
    )
    for _ in range(rounds):
        for name, program in programs.items():
            with program(film) as command:
                try:
                    costs[name].append(measured(command, seconds - LAST_S))
                except EndedEarly as error:
                    print(f"  {name:12} not counted: {error}", flush=True)
    for name, runs in costs.items():
        if not runs:
            print(f"  {name:12} no run lasted as long as the film")
            continue
        cpu, steady = (statistics.median(getattr(run, field) for run in runs) for field in ("cpu", "steady"))
        peak = max(run.peak_mb for run in runs)
        print(f"  {name:12} {cpu:.4f} CPU s per s, {steady:.4f} once started, peak {peak:.0f} MB", flush=True)
    if "motion" not in programs:
        print("  motion is not installed (apt-get install motion)")


@contextmanager
def gardenwatch(film: Path) -> Iterator[list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        yield [sys.executable, "-m", "edge", "run", "--source", str(film), "--realtime", "--data", folder]


@contextmanager
def motion(film: Path) -> Iterator[list[str]]:
    _, fps = _length(film)
    capture = cv2.VideoCapture(str(film))
    width, height = (round(capture.get(what)) for what in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "motion.conf"
        config.write_text(MOTION.format(film=film, width=width, height=height, fps=round(fps), folder=folder))
        yield ["motion", "-n", "-c", str(config)]


def measured(command: list[str], seconds: float) -> Cost:
    """Runs the command for so long; the rest of its life is not counted. Raises EndedEarly."""
    with tempfile.TemporaryFile("w+", errors="replace") as words:
        program = psutil.Popen(command, stdout=subprocess.DEVNULL, stderr=words)
        began, spent, started, peak = time.monotonic(), 0.0, 0.0, 0.0
        while (passed := time.monotonic() - began) < seconds:
            if program.poll() is not None:
                words.seek(0)
                said = " / ".join(words.read().splitlines()[-LAST_WORDS:])
                raise EndedEarly(
                    f"ended after {passed:.1f} of {seconds:.1f} s, exit status {program.returncode}: {said}"
                )
            with suppress(psutil.Error):  # a process ended between the list and the look
                tree = [program, *program.children(recursive=True)]
                peak = max(peak, sum(process.memory_info().rss for process in tree) / 2**20)
                spent = sum(sum(process.cpu_times()[:2]) for process in tree)
            if passed < STARTED_S:
                started = spent
            time.sleep(SAMPLE_S)
        with suppress(psutil.NoSuchProcess):  # it has just ended
            program.terminate()
        program.wait(10)
    return Cost(spent / seconds, (spent - started) / (seconds - STARTED_S), peak)


def _length(film: Path) -> tuple[float, float]:
    """Seconds of the film, and its frames per second."""
    capture = cv2.VideoCapture(str(film))
    fps = capture.get(cv2.CAP_PROP_FPS)
    return capture.get(cv2.CAP_PROP_FRAME_COUNT) / fps, fps


if __name__ == "__main__":
    main()
