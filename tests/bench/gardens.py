"""Many gardens and one hub on loopback, killed at random: `python -m tests.bench.gardens`.

Each garden has a real record with its real outbox and tells through the device's own channel; only camera and watcher
are missing. The broker is mosquitto, the database PostgreSQL, the hub a process of its own. Hub and broker are killed
(-9) at random times, each time after something more was stored; some messages are delivered twice.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import os
import random
import resource
import signal
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path

import psycopg
from tabulate import tabulate

from edge.store.outbox import Parcel
from edge.telling.channel import Delivery
from edge.telling.courier import Courier
from edge.telling.opening import HUB_PAUSE_S
from edge.telling.settings import MqttSettings
from edge.telling.to_hub import ToHub
from tests.bench.arrived import lag_of_hub_s, missing_and_doubled, stored, waiting_in
from tests.bench.planted import plant
from tests.hub.process import Hub
from tests.rigs.mosquitto import Mosquitto
from tests.rigs.postgres import Postgres

log = logging.getLogger(__name__)
Processes = multiprocessing.get_context("spawn")
SHARE = 50
"""Gardens of one process: paho waits with select(2), which knows no file beyond the 1024th."""
LONGEST_S = 3600.0
TWICE = 0.1
"""Of the batches, told a second time after they were confirmed, as after a kill between confirmation and outbox."""


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
            while not stop.is_set() and (there := stored(database)) <= before:
                stop.wait(0.2)
            if stop.is_set():
                return
            before = there
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


def measure(
    gardens: int, sightings: int, pause_s: float, twice: float, seed: int, cards: Path | None = None
) -> dict[str, object]:
    """The figures; raises where not everything arrives in an hour. `cards` is where the gardens' own records are."""
    chance, kills = random.Random(seed), {"hub": 0, "broker": 0}
    with (
        tempfile.TemporaryDirectory(prefix="gw-cards-", dir=cards) as own,
        tempfile.TemporaryDirectory(prefix="gw-") as name,
        Postgres() as postgres,
    ):
        root, folder, database = Path(name), Path(own), postgres.database()
        for number in range(gardens):
            plant(folder / f"g{number}", sightings, random.Random(seed * 1000 + number))
        with Mosquitto(root / "broker", more=("max_inflight_messages 2000", "max_queued_messages 20000")) as broker:
            hub = Hub(root / "hub", broker.port, database)
            hub.start()
            stop, told = Processes.Event(), Processes.Queue()
            shares = [range(first, min(first + SHARE, gardens)) for first in range(0, gardens, SHARE)]
            tellers = [
                Processes.Process(target=tell, args=(folder, share, broker.port, twice, stop, told)) for share in shares
            ]
            began_s, load, lag_s, before_s = time.monotonic(), [0.0], [0.0], _processor_s()
            with killing(hub, broker, pause_s, kills, chance, database):
                for teller in tellers:
                    teller.start()
                while waiting := waiting_in(folder):
                    if _since(began_s) > LONGEST_S:
                        raise TimeoutError(f"{waiting} parcels still wait; the hub said:\n{hub.log[-2000:]}")
                    load.append(os.getloadavg()[0])
                    lag_s.append(lag_of_hub_s(database))
                    log.info(
                        "%.0f s, %d parcels wait, lag %.1f s, %s killed", _since(began_s), waiting, lag_s[-1], kills
                    )
                    time.sleep(min(1.0 + gardens / 100, 5.0))
                took_s = _since(began_s)
            stop.set()
            parts: list[Times] = [told.get() for _ in tellers]
            for teller in tellers:
                teller.join()
            hub.end(signal.SIGTERM)
        used_s = _processor_s() - before_s
        sent, lost, doubled, bad = missing_and_doubled(folder, database, hub.data)
        with psycopg.connect(database) as db:
            refused = db.execute("SELECT count(*) FROM refused").fetchone()
        log.info("all is told: %d lost, %d doubled; tidying up", lost, doubled)
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
        "in the hub until stored, p95 s": round(sorted(lag_s)[int(len(lag_s) * 0.95)], 2),
        "processor ms per message (gardens, broker, hub)": round(1000 * used_s / sent, 2),
        "load (1 min), mean": round(sum(load) / len(load), 1),
    }


def _processor_s() -> float:
    """Of all processes that have ended; PostgreSQL's go on."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _since(tick_s: float) -> float:
    return time.monotonic() - tick_s


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--gardens", type=int, default=200)
    options.add_argument(
        "--sightings", type=int, default=200, help="of each; a term has 1000: 100 days with ten visits"
    )
    options.add_argument("--kill-every", type=float, default=20.0, metavar="S")
    options.add_argument("--twice", type=float, default=TWICE, help="part of the batches that is told a second time")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument(
        "--cards", type=Path, help="folder for the gardens' own records: a memory disk, as if each had its card"
    )
    given = options.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    log.setLevel(logging.INFO)
    figures = measure(given.gardens, given.sightings, given.kill_every, given.twice, given.seed, given.cards)
    print(tabulate(list(figures.items())))
    if figures["lost"] or figures["doubled"] or figures["photos not whole"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
