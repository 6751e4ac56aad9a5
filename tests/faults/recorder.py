"""Records visits until its input ends, and says how that goes: `python -m tests.faults.recorder FOLDER`."""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path

from edge.store import condition, writer
from edge.store.store import Store
from tests.store.visits import SMALL_RESERVE, run, sighting, visit

PAUSE_S = 0.05
SETTLE_S = 60.0


def main(data: Path) -> None:
    condition.RETRY_EVERY_S = writer.RETRY_EVERY_S = 0.1  # a sick disk is tried again at once
    over, worst_s, number, state = threading.Event(), 0.0, 0, ""
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    with Store.open(data, SMALL_RESERVE, run()) as store:
        while not over.wait(PAUSE_S):
            one = visit(sighting(number))
            began = time.perf_counter()
            store.record(one)
            worst_s, number = max(worst_s, time.perf_counter() - began), number + 1
            health = store.health()
            if health.state != state:
                state = health.state
                print(f"state {state}", flush=True)
            print(f"visits {number} {health.rows}", flush=True)
        settled = store.settle(SETTLE_S)
        lost = store.health().lost
    print(json.dumps({"visits": number, "worst_s": worst_s, "settled": settled, "lost": lost}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
