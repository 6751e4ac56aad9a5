"""From the broker into the database, until somebody ends it."""

from __future__ import annotations

import json
import logging
import signal
import threading
import time
from collections.abc import Sequence
from contextlib import closing

import psycopg

from edge.hub.keeper import Keeper, Outcome
from edge.hub.photo_files import PhotoFiles
from edge.hub.schema import claim, connect, migrate
from edge.hub.settings import HubSettings
from edge.hub.statements import PROGRESS
from edge.hub.subscriber import Arrival, Subscriber
from edge.service import Service
from edge.telling.backoff import Backoff
from edge.telling.secrets import Secrets

log = logging.getLogger(__name__)

AT_ONCE = 500
"""Messages of one transaction: enough that committing costs little, few enough that nothing waits for long."""
LOOK_S = 1.0
"""How soon a stop is noticed where nothing comes."""
SAY_EVERY_S = 5.0
LONGEST_PAUSE_S = 30.0
"""Between two attempts at a database that is gone."""


class Hub:
    """The loop; `stop` may be called by anybody."""

    def __init__(self, settings: HubSettings) -> None:
        """Raises ConfigError for secrets that cannot be used, OSError for the data folder."""
        self._settings = settings
        self._files = PhotoFiles(settings.data)
        self._subscriber = Subscriber(settings.broker, Secrets(settings.secrets).mqtt_password)
        self._stop = threading.Event()
        self._backoff = Backoff()
        self._service = Service()
        self._stored = self._refused = 0
        self._lag_s = 0.0
        self._said_s = 0.0

    def stop(self) -> None:
        self._stop.set()

    def run(self) -> None:
        """Raises StoreError where a person has to mend the database."""
        self._subscriber.start()
        try:
            while not self._stop.is_set():
                try:
                    with closing(connect(self._settings.database)) as db:
                        self._store_into(db)
                except (psycopg.OperationalError, OSError) as error:
                    self._cannot(error)
        finally:
            self._service.stopping()
            self._subscriber.close()
            self._service.close()

    def _store_into(self, db: psycopg.Connection) -> None:
        """Until a stop, or the database is gone: then what was taken is not acknowledged, and is taken again."""
        migrate(db)
        claim(db)
        keeper = Keeper(db, self._files)
        self._subscriber.say(present=True)
        self._service.ready()
        log.info("storing database=%s", db.info.dbname)
        while not self._stop.is_set():
            arrivals = self._subscriber.take(AT_ONCE, LOOK_S)
            if arrivals:
                try:
                    outcome = keeper.store([one.message for one in arrivals])
                except (psycopg.OperationalError, OSError):
                    self._subscriber.put_back(arrivals)
                    raise
                self._confirm(arrivals, outcome)
            self._backoff.reset()
            self._tell(db)

    def _confirm(self, arrivals: Sequence[Arrival], outcome: Outcome) -> None:
        """To who told it, then to the broker; killed in between, all of it comes again and changes nothing."""
        for (garden, record), numbers in outcome.stored.items():
            said = {"record": record, "stored": sorted(set(numbers))}
            self._subscriber.publish(f"{garden}/stored", json.dumps(said, separators=(",", ":")).encode())
        self._subscriber.acknowledge(arrivals)
        self._stored += len(arrivals) - outcome.refused
        self._refused += outcome.refused
        self._lag_s = time.monotonic() - arrivals[0].at_s

    def _tell(self, db: psycopg.Connection) -> None:
        """How it goes: to the database, where the page finds it, and to systemd."""
        now_s = time.monotonic()
        if now_s - self._said_s < SAY_EVERY_S:
            return
        self._said_s = now_s
        waiting = self._subscriber.waiting
        db.execute(PROGRESS, (self._stored, self._refused, waiting, self._lag_s))
        trouble = self._subscriber.failure
        self._service.alive(
            lambda: (
                f"{trouble or 'connected'}; {self._stored} stored, {self._refused} refused, {waiting} waiting, "
                f"lag {self._lag_s:.1f} s"
            )
        )
        self._stored = self._refused = 0

    def _cannot(self, error: Exception) -> None:
        """Devices hear that nobody stores, and wait; so does this."""
        if not self._backoff.failures:
            log.warning("cannot store error=%s", " ".join(str(error).split()))
        self._subscriber.say(present=False)
        self._service.alive(lambda: "cannot store: " + " ".join(str(error).split())[:200])
        self._stop.wait(min(self._backoff.next_s(), LONGEST_PAUSE_S))


def run(settings: HubSettings) -> None:
    """Until Ctrl-C or SIGTERM."""
    hub = Hub(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: hub.stop())
    hub.run()
