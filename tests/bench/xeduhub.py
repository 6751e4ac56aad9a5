"""Measures throughput beside XEduHub on the same model and 720p frames: `python -m tests.bench.xeduhub PYTHON [CLIP]`.

    python3 -m venv xedu && xedu/bin/pip install xedu-python==2.0.0 'numpy<2' six 'opencv-python<4.12'
    python -m tests.bench.xeduhub xedu/bin/python

Each answers for whole frames that are already decoded, in a process of its own, in turns; pinned to one processor and
to two, so that both have as many threads. Printed are frames per second, medians over the turns, and CPU milliseconds.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

from edge.assets import DEFAULT_MODEL
from tests.bench.clips import CLIPS

TURNS = 5
FRAMES = 100
READ = """
import os, sys, time
os.sched_setaffinity(0, set(range({threads})))
import cv2
capture = cv2.VideoCapture({clip!r})
frames = [capture.read()[1] for _ in range({frames})]
"""
TIMED = """
answer(frames[0])
wall, cpu = time.perf_counter(), time.process_time()
for frame in frames:
    answer(frame)
print("TOOK", time.perf_counter() - wall, time.process_time() - cpu)
"""
XEDUHUB = """
from XEdu.hub import Workflow
model = Workflow(task="mmedu", checkpoint={model!r})
def answer(frame):
    return model.inference(data=frame)
"""
GARDENWATCH = """
from pathlib import Path
from edge.model.classifier import Classifier
cv2.setNumThreads({threads})
model = Classifier.open(Path({model!r}), threads={threads})
def answer(frame):
    return model.classify([frame])
"""


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    clip = sys.argv[2] if len(sys.argv) > 2 else str(CLIPS / "dev_01.mp4")
    ways = {"XEduHub": (sys.argv[1], XEDUHUB), "Gardenwatch": (sys.executable, GARDENWATCH)}
    for threads in (1, 2):
        took: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
        for _ in range(TURNS):
            for name, (python, open_model) in ways.items():
                program = (READ + open_model + TIMED).format(
                    threads=threads, clip=clip, frames=FRAMES, model=str(DEFAULT_MODEL)
                )
                took[name].append(_timed(python, program))
        rates = {name: FRAMES / statistics.median(wall for wall, _ in runs) for name, runs in took.items()}
        for name, runs in took.items():
            cpu_ms = 1000 * statistics.median(cpu for _, cpu in runs) / FRAMES
            print(f"{threads} threads, load {os.getloadavg()[0]:.1f}: {name} {rates[name]:.0f} frames a second", end="")
            print(f", {cpu_ms:.1f} ms CPU a frame")
        print(f"  {rates['Gardenwatch'] / rates['XEduHub']:.2f} times the throughput")


def _timed(python: str, program: str) -> tuple[float, float]:
    """Wall and CPU seconds for all frames."""
    run = subprocess.run([python, "-c", program], capture_output=True, text=True, encoding="utf-8", cwd=Path.cwd())
    lines = [line for line in run.stdout.splitlines() if line.startswith("TOOK")]
    if not lines:
        sys.exit(run.stdout + run.stderr)
    _, wall, cpu = lines[0].split()
    return float(wall), float(cpu)


if __name__ == "__main__":
    main()
