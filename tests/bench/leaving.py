"""What a report and the exports cost: `python -m tests.bench.leaving [SIGHTINGS]` prints seconds and peak memory.

A drawn season of 180 days; its photos lie there for the newest 5000 only. Each runs in a process of its own.
On 2 shared cores (x86-64, load 8, 2026-11-24) 100 000 sightings: report 2.2 s and 142 MB, csv 5.3 s and 83 MB, dataset
8.6 s and 86 MB, preview 10.5 s and 142 MB. The memory is that of 1000 sightings (142, 82, 82, 141 MB), and a million
make a report in 32 s with 141 MB.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.season import fill
from tests.programs import command

WAYS = {
    "report": ["report"],
    "report of a week": ["report", "--since", "2026-10-20"],
    "csv": ["export", "--format", "csv"],
    "jsonl": ["export", "--format", "jsonl"],
    "dataset": ["export", "--format", "dataset", "--unjudged"],
    "retention --preview": ["retention", "--preview"],
}


def main(sightings: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "season"
        data.mkdir()
        fill(data, sightings, 180)
        print(f"{sightings} sightings, load {os.getloadavg()[0]:.1f}")
        for name, words in WAYS.items():
            out = [] if words[0] == "retention" else ["--out", str(Path(folder) / name.replace(" ", "-"))]
            measured(name, command(*words, *out, "--data", data))


def measured(name: str, words: list[str]) -> None:
    """In a child of its own, so that each peak is its own."""
    pid = os.fork()
    if pid == 0:
        start = time.perf_counter()
        done = subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"{name:22}{time.perf_counter() - start:7.1f} s {peak:6.0f} MB, status {done.returncode}", flush=True)
        os._exit(0)
    os.waitpid(pid, 0)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
