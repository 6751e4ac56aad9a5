"""Measures what the device side costs: installed size, time to READY, peak memory of a run over a film.

    python -m tests.bench.footprint FILM [--model FILE]

Memory is the sum of the resident sets over the process tree, sampled every 20 ms. Times are medians of five runs; the
machine's load stands beside them.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

RUNS = 5
SAMPLE_S = 0.02


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("film", type=Path)
    parser.add_argument("--model", type=Path)
    options = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.2f} on {os.cpu_count()} processors")
    print(f"installed: {installed_mb():.0f} MB (a fresh environment with the device side only, pip left out)")
    words = ["--model", str(options.model)] if options.model else []
    ready = [ready_s(words) for _ in range(RUNS)]
    print(f"start to READY: {statistics.median(ready):.2f} s (median of {RUNS}: {' '.join(f'{s:.2f}' for s in ready)})")
    peaks, times = zip(*(run_over(options.film, words) for _ in range(RUNS)), strict=True)
    print(f"peak memory over {options.film.name}: {max(peaks):.0f} MB (highest of {RUNS})")
    print(f"processor time over {options.film.name}: {statistics.median(times):.1f} s (median of {RUNS})")


def installed_mb() -> float:
    """Megabytes of a fresh environment with the device side in it."""
    project = Path(__file__).parents[2]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = Path(folder) / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "--quiet", str(project)], check=True)
        subprocess.run([python, "-m", "pip", "uninstall", "--quiet", "--yes", "pip", "setuptools"], check=True)
        files = (path for path in Path(folder).rglob("*") if path.is_file() and not path.is_symlink())
        return sum(path.stat().st_size for path in files) / 2**20


def ready_s(words: list[str]) -> float:
    """Seconds from the command to READY on a real notify socket."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        address = f"{folder}/notify"
        manager.bind(address)
        manager.settimeout(60)
        command = [sys.executable, "-m", "edge", "run", "--source", "demo", "--realtime", "--dry-run"]
        start = time.perf_counter()
        daemon = subprocess.Popen(
            [*command, "--data", f"{folder}/data", *words],
            env=os.environ | {"NOTIFY_SOCKET": address},
            stdout=subprocess.DEVNULL,
        )
        while b"READY=1" not in manager.recv(4096):
            pass
        seconds = time.perf_counter() - start
        daemon.terminate()
        daemon.wait(10)
    return seconds


def run_over(film: Path, words: list[str]) -> tuple[float, float]:
    """Peak megabytes and processor seconds of a run over the film."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "edge", "run", "--source", str(film), "--dry-run", "--data", folder, *words]
        daemon = psutil.Popen(command, stdout=subprocess.DEVNULL)
        peak, seconds = 0.0, 0.0
        while daemon.poll() is None:
            try:
                tree = [daemon, *daemon.children(recursive=True)]
                peak = max(peak, sum(process.memory_info().rss for process in tree) / 2**20)
                seconds = sum(sum(process.cpu_times()[:2]) for process in tree)
            except psutil.Error:
                pass  # a process ended between the list and the look
            time.sleep(SAMPLE_S)
    return peak, seconds


if __name__ == "__main__":
    main()
