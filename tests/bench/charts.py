"""How long a period's charts take: `python -m tests.bench.charts [SIGHTINGS]` prints milliseconds, and the load.

The season has 180 days, which is the densest case: a million rows then make some 80 000 sums.
On 2 shared cores (x86-64, load 3, 2026-11-24), a million sightings: a day in 5 ms (median and p95), a week in 8 and
11 ms, a month in 19 and 24 ms, the season in 91 and 121 ms.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from edge.review.charts.of_period import charts
from edge.store.reading import Sightings
from tests.bench.season import fill
from tests.store.visits import START

ROUNDS = 20


def main(sightings: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder), sightings, 180)
        periods = {"a day": 1, "a week": 7, "a month": 30, "the season": 180}
        for name, days in periods.items():
            took = []
            for _ in range(ROUNDS):
                start = time.perf_counter()
                with Sightings(Path(folder)) as record:
                    counts = record.counts(START + timedelta(days=180 - days), START + timedelta(days=180))
                charts(counts, {})
                took.append((time.perf_counter() - start) * 1000)
            took.sort()
            p95 = took[int(0.95 * ROUNDS) - 1]
            print(f"{name:12} {counts.visits:8} visits: median {took[ROUNDS // 2]:6.1f} ms, p95 {p95:6.1f} ms", end="")
            print(f", load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
