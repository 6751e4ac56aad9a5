"""Causes each fault of the table as often as demanded: `python -m tests.bench.faults [NAME ...] [--share 0.1]`.

Prints one row per fault as soon as it is known; ends with 1 where one did not hold. Root is needed for the small disks,
`strace` for the power cuts.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.faults.boards import boards
from tests.faults.cameras import cameras
from tests.faults.clocks import clocks
from tests.faults.disks import disks
from tests.faults.kills import kills
from tests.faults.outcome import Outcome
from tests.faults.power.cuts import cuts
from tests.faults.returns import WAYS as RETURNS
from tests.faults.returns import returns
from tests.faults.spoilt import spoilt_databases
from tests.faults.term import term

FAULTS: dict[str, tuple[int, Callable[[int, Path], Outcome]]] = {
    "kills": (500, kills),
    "cuts": (200, cuts),
    "disks": (50, disks),
    "clocks": (100, clocks),
    "cameras": (100, cameras),
    "returns": (5 * RETURNS, returns),
    "boards": (100, boards),
    "spoilt": (70, spoilt_databases),
    "term": (1, term),
}
"""Name → how often it is demanded, and what does it."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[*FAULTS, []], help="those faults only")
    parser.add_argument("--share", type=float, default=1.0, help="as a part of what is demanded")
    options = parser.parse_args()
    logging.disable(logging.WARNING)  # the product says much about hundreds of faults
    print("| fault | times | seen | demanded |\n|---|---|---|---|", flush=True)
    broken = False
    for name in options.names or FAULTS:
        times, cause = FAULTS[name]
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="gardenwatch-") as folder:
            outcome = cause(max(1, round(times * options.share)), Path(folder))
        print(outcome, flush=True)
        load = os.getloadavg()[0]
        print(f"  {name}: {(time.monotonic() - began) / 60:.1f} minutes, load {load:.1f}", flush=True)
        for fault in outcome.broken:
            print(f"  {name}: {fault}", flush=True)
        broken = broken or bool(outcome.broken)
    sys.exit(int(broken))


if __name__ == "__main__":
    main()
