"""Many gardens and one hub on loopback, killed at random: `python -m tests.bench.gardens`.

Each garden has a real record with its real outbox and tells through the device's own channel; only camera and watcher
are missing. The broker is mosquitto, the database PostgreSQL, the hub a process of its own. Hub and broker are killed
(-9) at random times, each time after something more was stored; some messages are delivered twice.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import multiprocessing
import os
import random
import signal
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path

import numpy as np
import psycopg
from tabulate import tabulate

from edge.store.outbox import Kind, Parcel, subscribe
from edge.store.photos import jpeg, path_of
from edge.store.schema import DATABASE, connect, migrate
from edge.telling.channel import Delivery
from edge.telling.courier import Courier
from edge.telling.opening import HUB_PAUSE_S
from edge.telling.settings import MqttSettings
from edge.telling.to_hub import NAME, ToHub
from tests.hub.process import Hub
from tests.rigs.mosquitto import Mosquitto
from tests.rigs.postgres import Postgres

Processes = multiprocessing.get_context("spawn")
SHARE = 50
"""Gardens of one process: paho waits with select(2), which knows no file beyond the 1024th."""
TERM_DAYS = 100
LONGEST_S = 3600.0
TWICE = 0.1
"""Of the batches, told a second time after they were confirmed, as after a kill between confirmation and outbox."""
KINDS: tuple[Kind, ...] = ("sighting", "effort", "photo")


@dataclass
class Times:
    """Seconds of batches until the hub had confirmed them, of all gardens."""

    confirmed_s: list[float] = field(default_factory=list)
    messages: int = 0
    again: int = 0


class Eager(ToHub):
    """The device's channel, with a stopwatch; some batches are told twice."""

    times: Times
    chance: random.Random
    twice: float

    def deliver(self, db: sqlite3.Connection, parcels: Sequence[Parcel]) -> Delivery:
        began_s = time.monotonic()
        delivery = super().deliver(db, parcels)
        self.times.confirmed_s.append(time.monotonic() - began_s)
        self.times.messages += len(parcels)
        if self.chance.random() < self.twice:
            self.times.again += len(parcels)
            super().deliver(db, parcels)
        return delivery


def plant(folder: Path, sightings: int, chance: random.Random) -> None:
    """A garden's record of a term, with one photo for each sighting, all of it still to be told."""
    (folder / "photos").mkdir(parents=True)
    with closing(connect(folder / DATABASE)) as db:
        migrate(db, folder / DATABASE)
        db.execute("PRAGMA synchronous = OFF")
        subscribe(db, NAME, KINDS)
        db.execute("BEGIN")
        begin, run = datetime(2026, 3, 1, 8, tzinfo=UTC), f"{chance.getrandbits(128):032x}"
        db.execute(
            "INSERT INTO runs VALUES"
            " (?, '0', 'tiny', 'cafe', 'boot', 'trusted', 'Asia/Shanghai', 28800, 'bench', ?, 0, ?, NULL, NULL, NULL)",
            (run, _text(begin), _text(begin)),
        )
        for number in range(sightings):
            _visit(db, folder, run, begin, number * TERM_DAYS * 86400 / sightings, chance)
        for number in range(sightings // 4):
            slice_s = 900.0 * number
            values = (run, slice_s, _text(begin + timedelta(seconds=slice_s)))
            db.execute("INSERT INTO effort VALUES (?, ?, ?, 'watched', 880)", values)
        db.execute("UPDATE outbox SET since = 0")
        db.execute("COMMIT")


def _visit(
    db: sqlite3.Connection, folder: Path, run: str, begin: datetime, second: float, chance: random.Random
) -> None:
    id = f"{chance.getrandbits(128):032x}"
    first = begin + timedelta(seconds=second)
    values = {"id": id, "run": run, "first": _text(first), "last": _text(first + timedelta(seconds=20))}
    values |= {"tick": second, "at": first.timestamp(), "label": chance.choice(["slug", "bee", "ladybird"])}
    values["receipt"] = '{"looks": 3, "votes": {"slug": 0.9}, "reason": "", "details": {}}'
    db.execute(
        "INSERT INTO sightings (id, run_id, first_seen, first_tick_s, last_seen, last_tick_s, decided, decided_tick_s,"
        " label, role, confidence, box_x, box_y, box_w, box_h, box_seen, box_tick_s, receipt, closed, close_reason,"
        " first_at) VALUES (:id, :run, :first, :tick, :last, :tick + 20, :first, :tick, :label, 'neutral', 0.9, 10, 10,"
        " 40, 30, :first, :tick, :receipt, 1, 'left', :at)",
        values,
    )
    content, path = PHOTO + bytes.fromhex(id) + b"\xff\xd9", path_of(id, 1)
    (folder / path).parent.mkdir(exist_ok=True)
    (folder / path).write_bytes(content)
    db.execute(
        "INSERT INTO photos (sighting_id, number, path, sha256, width, height, bytes, taken, taken_tick_s)"
        " VALUES (?, 1, ?, ?, 96, 96, ?, ?, ?)",
        (id, path, hashlib.sha256(content).hexdigest(), len(content), _text(first), second),
    )


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


PHOTO = jpeg(np.random.default_rng(0).integers(90, 130, (96, 96, 3), np.uint8), 80, b"Exif\0\0")[:-2]
"""Some kilobytes; each sighting's own ends with its id."""


def tell(folder: Path, numbers: range, port: int, twice: float, stop: Event, told: Queue[Times]) -> None:
    """Some gardens' couriers, in a process of their own, until `stop`."""
    logging.disable(logging.WARNING)
    times, couriers = Times(), []
    settings = MqttSettings(host="127.0.0.1", port=port, photos=True, hub=True)
    for number in numbers:
        own = folder / f"g{number}"
        channel = Eager(settings, own.name, None, own)
        channel.times, channel.chance, channel.twice = times, random.Random(number), twice
        couriers.append(Courier(own, channel, 10**9, 1e12, most_pause_s=HUB_PAUSE_S))
    for courier in couriers:
        courier.start()
    stop.wait()
    for courier in couriers:
        courier.stop()
    for courier in couriers:
        courier.join(5.0)
    told.put(times)


@contextmanager
def killing(
    hub: Hub, broker: Mosquitto, pause_s: float, kills: dict[str, int], chance: random.Random, database: str
) -> Iterator[None]:
    """Hub or broker dies at random times, and comes back after a moment."""
    stop = threading.Event()

    def kill() -> None:
        before = 0
        while not stop.wait(chance.uniform(0.5, 1.5) * pause_s):
            while not stop.is_set() and (stored := _stored(database)) <= before:
                stop.wait(0.2)
            if stop.is_set():
                return
            before = stored
            if chance.random() < 0.5:
                hub.end(signal.SIGKILL)
                stop.wait(chance.uniform(0, 2))
                hub.start()
                kills["hub"] += 1
            else:
                broker.kill()
                stop.wait(chance.uniform(0, 2))
                broker.start()
                kills["broker"] += 1

    thread = threading.Thread(target=kill, name="killing")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _stored(database: str) -> int:
    with psycopg.connect(database) as db:
        there = db.execute("SELECT to_regclass('sightings') IS NOT NULL").fetchone()
        if there is None or not there[0]:
            return 0
        found = db.execute("SELECT count(*) FROM sightings").fetchone()
        return 0 if found is None else int(found[0])


def missing_and_doubled(folder: Path, database: str, data: Path) -> tuple[int, int, int, int]:
    """Sightings and photos and slices sent; lost; doubled; files that no row names or that are not whole."""
    told: dict[str, str] = {}
    slices = 0
    for garden in sorted(folder.iterdir()):
        with closing(connect(garden / DATABASE)) as db:
            told |= dict(db.execute("SELECT sighting_id, sha256 FROM photos"))
            slices += db.execute("SELECT count(*) FROM effort").fetchone()[0]
    with psycopg.connect(database) as hub:
        ids = [id for (id,) in hub.execute("SELECT id FROM sightings")]
        photos = hub.execute("SELECT sighting_id, sha256, path FROM photos").fetchall()
        efforts = hub.execute("SELECT count(*) FROM effort").fetchone()
    assert efforts is not None
    bad = sum(hashlib.sha256((data / path).read_bytes()).hexdigest() != told[id] for id, _sha, path in photos)
    files = sum(1 for _ in data.rglob("*.jpg"))
    lost = len(told.keys() - set(ids)) + len(told.keys() - {id for id, _sha, _path in photos}) + slices - efforts[0]
    doubled = len(ids) - len(set(ids)) + len(set(ids) - told.keys())
    doubled += abs(files - len(photos)) + max(efforts[0] - slices, 0)
    return 2 * len(told) + slices, lost, doubled, bad


def measure(gardens: int, sightings: int, pause_s: float, twice: float, seed: int) -> dict[str, object]:
    """The figures; raises where not everything arrives in an hour."""
    chance, kills = random.Random(seed), {"hub": 0, "broker": 0}
    with tempfile.TemporaryDirectory(prefix="gw-") as name, Postgres() as postgres:
        root, database = Path(name), postgres.database()
        for number in range(gardens):
            plant(root / "gardens" / f"g{number}", sightings, random.Random(seed * 1000 + number))
        with Mosquitto(root / "broker", more=("max_inflight_messages 500", "max_queued_messages 20000")) as broker:
            hub = Hub(root / "hub", broker.port, database)
            hub.start()
            stop, told = Processes.Event(), Processes.Queue()
            shares = [range(first, min(first + SHARE, gardens)) for first in range(0, gardens, SHARE)]
            tellers = [
                Processes.Process(target=tell, args=(root / "gardens", share, broker.port, twice, stop, told))
                for share in shares
            ]
            began_s, load = time.monotonic(), []
            with killing(hub, broker, pause_s, kills, chance, database):
                for teller in tellers:
                    teller.start()
                while waiting := _waiting(root / "gardens"):
                    if time.monotonic() - began_s > LONGEST_S:
                        raise TimeoutError(f"{waiting} parcels still wait; the hub said:\n{hub.log[-2000:]}")
                    load.append(os.getloadavg()[0])
                    time.sleep(min(1.0 + gardens / 100, 5.0))
                took_s = time.monotonic() - began_s
            stop.set()
            parts: list[Times] = [told.get() for _ in tellers]
            for teller in tellers:
                teller.join()
            hub.end(signal.SIGTERM)
            sent, lost, doubled, bad = missing_and_doubled(root / "gardens", database, hub.data)
            with psycopg.connect(database) as db:
                refused = db.execute("SELECT count(*) FROM refused").fetchone()
    waits = sorted(wait for part in parts for wait in part.confirmed_s)
    return {
        "gardens": gardens,
        "sightings": gardens * sightings,
        "sent (sightings, photos, effort)": sent,
        "told again on purpose": sum(part.again for part in parts),
        "lost": lost,
        "doubled": doubled,
        "photos not whole": bad,
        "refused": refused[0] if refused else -1,
        "hub killed": kills["hub"],
        "broker killed": kills["broker"],
        "seconds": round(took_s, 1),
        "messages per second": round(sent / took_s, 1),
        "batch of 20 until confirmed, p50 s": round(waits[len(waits) // 2], 2),
        "batch of 20 until confirmed, p95 s": round(waits[int(len(waits) * 0.95)], 2),
        "load (1 min), mean": round(sum(load) / max(len(load), 1), 1),
    }


def _waiting(folder: Path) -> int:
    total = 0
    for garden in folder.iterdir():
        with closing(sqlite3.connect(garden / DATABASE, timeout=30)) as db:
            total += db.execute("SELECT count(*) FROM outbox").fetchone()[0]
    return total


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--gardens", type=int, default=200)
    options.add_argument("--sightings", type=int, default=200, help="of each; a term has some thousands")
    options.add_argument("--kill-every", type=float, default=20.0, metavar="S")
    options.add_argument("--twice", type=float, default=TWICE, help="part of the batches that is told a second time")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    logging.disable(logging.WARNING)
    figures = measure(given.gardens, given.sightings, given.kill_every, given.twice, given.seed)
    print(tabulate(list(figures.items())))
    if figures["lost"] or figures["doubled"] or figures["photos not whole"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
