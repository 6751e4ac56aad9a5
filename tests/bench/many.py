"""Times the tools on many photos in one folder: `python -m tests.bench.many [COUNT]`."""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from tabulate import tabulate

from training.check.check import check
from training.prepare import prepare


def draw(root: Path, count: int) -> None:
    """Two classes, all of the photos but a hundred in the first."""
    rng = np.random.default_rng(0)
    for index in range(count):
        path = root / "images" / ("few" if index < 100 else "many") / f"{index}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        clouds = cv2.resize(rng.uniform(0, 255, (9, 12, 3)).astype(np.uint8), (320, 240), interpolation=cv2.INTER_CUBIC)
        path.write_bytes(cv2.imencode(".jpg", clouds)[1].tobytes())


def measure(count: int) -> None:
    """Seconds of each tool, and the most memory so far."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        draw(root / "raw", count)
        steps: list[tuple[str, Callable[[], object]]] = [
            ("check raw", lambda: check(root / "raw")),
            ("prepare", lambda: prepare(root / "raw", root / "set")),
            ("check prepared", lambda: check(root / "set")),
        ]
        for name, step in steps:
            began = time.monotonic()
            step()
            most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            rows.append([name, f"{time.monotonic() - began:.0f}", most])
        rows.append(["report.html, kB", (root / "set/report.html").stat().st_size // 1024, ""])
    print(f"{count} photos of 320×240")
    print(tabulate(rows, ["", "s", "MB"]))


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
