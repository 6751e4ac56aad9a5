"""How quick the page is at size: `python -m tests.bench.page [SIGHTINGS | FOLDER]` prints p95 per view, what
each answer costs the page in processor time (which a busy machine changes little), and the load.

Asked over HTTP of the served page, one question after the other; then all again while a watcher writes a visit ten
times a second, whose own time to the disk is measured without readers and with three who never rest.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psutil

from edge.store.rows import transaction
from edge.store.schema import DATABASE, connect
from edge.store.store import Store
from tests.bench.season import fill
from tests.programs import command
from tests.store.visits import SETTINGS, run, sighting, visit

ROUNDS = 40
DAYS = 200
WRITES = 60
VIEWS = {
    "today": "/",
    "gallery": "/gallery",
    "gallery, one class": "/gallery?label=slug",
    "gallery, a role, a day": "/gallery?role=pest&since=2026-07-01&until=2026-07-01",
    "gallery, judged otherwise": "/gallery?judged=differs",
    "gallery, not judged, unsure": "/gallery?judged=no&sure=low",
    "gallery, what nobody meets": "/gallery?label=bee&role=pest",
    "gallery, deep inside": "",
    "sighting": "",
    "photo": "",
    "your call": "/call",
    "charts, a week": "/charts?span=week",
    "charts, a month": "/charts?span=month",
    "charts, the season": "/charts?span=all",
    "how good": "/accuracy",
    "a further photo": "",
    "not counted": "/rejected",
    "masks": "/masks",
    "take home": "/export",
}


def main(data: Path) -> None:
    with closing(connect(data / DATABASE)) as db, transaction(db):
        db.execute("UPDATE sightings SET margin = abs(random() % 1000) / 1000.0 WHERE margin = 0.6")
        id, at, row = db.execute(
            "SELECT id, first_at, rowid FROM sightings ORDER BY first_at LIMIT 1 OFFSET 1000"
        ).fetchone()
        (newest,) = db.execute("SELECT sighting_id FROM photos WHERE path IS NOT NULL AND sighting_id IN"
            " (SELECT id FROM sightings ORDER BY first_at DESC LIMIT 50) LIMIT 1").fetchone()  # fmt: skip
        (with_more,) = db.execute("SELECT sighting_id FROM further_photos LIMIT 1").fetchone()
        (count,) = db.execute("SELECT count(*) FROM sightings").fetchone()
    paths = VIEWS | {
        "gallery, deep inside": f"/gallery?sure=high&after={at}_{row}",
        "sighting": f"/sighting/{id}",
        "photo": f"/photo/{newest}",
        "a further photo": f"/photo/{with_more}/1",
    }
    process = subprocess.Popen(command("review", "--data", data, "--port", "0"), stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        address = re.search(r"http://[^/]+", process.stdout.readline())
        assert address
        urls = {name: address[0] + path for name, path in paths.items()}
        print(f"{count} sightings, {(data / DATABASE).stat().st_size / 1e6:.0f} MB")
        page = psutil.Process(process.pid)
        measure("alone", urls, page)
        with Store.open(data, SETTINGS, run()) as store:
            print(f"\na visit to the disk, without readers: {written(store)}")
            with busy(lambda: [ask(url) for url in urls.values()], 3):
                print(f"a visit to the disk, with three readers that never rest: {written(store)}")
            with busy(lambda: take_home(address[0]), 1):
                print(f"a visit to the disk, while somebody takes a dataset home: {written(store)}")
            with busy(lambda: store.record(visit(sighting(), further=3)), 1, pause_s=0.1):
                measure("while a watcher writes ten visits a second", urls, page)
    finally:
        process.terminate()
        process.wait()


def measure(when: str, urls: dict[str, str], page: psutil.Process) -> None:
    print(f"\n{when}: milliseconds, load {os.getloadavg()[0]:.1f}")
    for name, url in urls.items():
        ask(url)  # the first of all loads what the others find
        before = cpu_s(page)
        took = sorted(ask(url) for _ in range(ROUNDS))
        cost = (cpu_s(page) - before) / ROUNDS * 1000
        p95 = took[int(0.95 * ROUNDS) - 1]
        print(f"{name:32} median {statistics.median(took):6.1f}  p95 {p95:6.1f}  processor {cost:5.1f}")


def cpu_s(page: psutil.Process) -> float:
    """Its processor time up to now."""
    times = page.cpu_times()
    return float(times.user + times.system)


def ask(url: str) -> float:
    start = time.perf_counter()
    with urllib.request.urlopen(url, timeout=60) as answer:
        answer.read()
    return (time.perf_counter() - start) * 1000


def take_home(address: str) -> None:
    """Downloads what was found on one day as a dataset, judged or not."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with browser.open(f"{address}/export", timeout=60) as page:
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.read().decode())
    assert token
    day = "2026-11-16"
    fields = {"csrf_token": token[1], "form": "dataset", "unjudged": "yes", "since": day, "until": day}
    with browser.open(f"{address}/export", urllib.parse.urlencode(fields).encode(), timeout=300) as answer:
        while answer.read(1 << 16):
            pass


def written(store: Store) -> str:
    """From the loop's hand to the disk: photo, row, close."""
    took = []
    for _ in range(WRITES):
        start = time.perf_counter()
        store.record(visit(sighting()))
        store.settle(60)
        took.append((time.perf_counter() - start) * 1000)
    took.sort()
    return (
        f"median {statistics.median(took):.1f} ms, p95 {took[int(0.95 * WRITES) - 1]:.1f} ms, worst {took[-1]:.1f} ms"
    )


class busy:
    """Inside, threads do that again and again."""

    def __init__(self, work: Callable[[], object], threads: int, pause_s: float = 0.0) -> None:
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._go_on, args=(work, pause_s)) for _ in range(threads)]

    def _go_on(self, work: Callable[[], object], pause_s: float) -> None:
        while not self._over.wait(pause_s):
            work()

    def __enter__(self) -> None:
        for thread in self._threads:
            thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "wanted", nargs="?", default="1000000", metavar="SIGHTINGS|FOLDER", help="how many to plant, or a data folder"
    )
    wanted = parser.parse_args().wanted
    if wanted.isdigit():
        with tempfile.TemporaryDirectory() as folder:
            fill(Path(folder), int(wanted), DAYS)
            main(Path(folder))
    else:
        main(Path(wanted))
