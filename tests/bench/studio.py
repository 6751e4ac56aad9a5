"""How long the studio takes to open, and how much memory it takes with a training: `python -m tests.bench.studio`."""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
import urllib.request
from pathlib import Path

import psutil

from tests.programs import gardenwatch
from tests.training.studio.test_page import opened
from training.prepare import prepare
from training.studio.plan import Plan
from training.studio.training_process import TrainingProcess


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--weights", default="none", help="of the training's network, a MobileNetV2")
    parser.add_argument("--set", type=Path, help="a prepared set; 240 drawn photos otherwise")
    parser.add_argument("--epochs", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seconds = [start_s(folder / f"start{number}") for number in range(given.starts)]
        print(f"start to the page: {sorted(round(s, 1) for s in seconds)} s, median {statistics.median(seconds):.1f} s")
        dataset = given.set or drawn(folder)
        print(f"peak memory with a training: {peak_mb(folder, dataset, given):.0f} MB, studio and training together")
    print(f"load {os.getloadavg()[0]:.1f}")


def start_s(folder: Path) -> float:
    """From the command until the page is whole."""
    began = time.monotonic()
    with opened(folder) as address, urllib.request.urlopen(address) as page:
        page.read()
        return time.monotonic() - began


def drawn(folder: Path) -> Path:
    gardenwatch("draw", folder / "photos", "--per-class", 60)
    prepare(folder / "photos", folder / "set")
    return folder / "set"


def peak_mb(folder: Path, dataset: Path, given: argparse.Namespace) -> float:
    """Proportional set size over all processes: shared pages count once."""
    with opened(folder / "studio") as address, urllib.request.urlopen(address) as page:
        page.read()
        process = TrainingProcess(folder / "studio")
        process.start(Plan(dataset, folder / "run", weights=given.weights, epochs=given.epochs))
        peak = 0.0
        while process.present().state == "running":
            family = psutil.Process().children(recursive=True)
            peak = max(peak, sum(_pss(one) for one in family) / 1e6)
            time.sleep(0.2)
        ended = process.present()
        print(f"the training: {ended.state}" + (f"\n{ended.log}" if ended.state != "done" else ""))
    return peak


def _pss(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0


if __name__ == "__main__":
    main()
