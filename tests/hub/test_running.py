"""A device, a broker, the hub's own process and its database: all of it real, all of it killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from edge.settings import Config
from edge.store.deletion import delete_photo
from edge.store.outbox import queues
from edge.store.read_only import open_database
from edge.store.store import Store
from edge.telling.opening import open_office
from tests.conftest import PROJECT
from tests.hub.process import SLOW_S, Hub
from tests.rigs.mosquitto import Mosquitto
from tests.rigs.postgres import Postgres
from tests.store.visits import SETTINGS, change, run, sighting, visit

pytestmark = pytest.mark.system


@contextmanager
def running(hub: Hub) -> Iterator[Hub]:
    hub.start()
    try:
        yield hub
    finally:
        assert hub.end(signal.SIGTERM) == 0, hub.log[-2000:]


def until(holds: Callable[[], bool], hub: Hub) -> None:
    end = time.monotonic() + SLOW_S
    while not holds():
        assert time.monotonic() < end, f"still not so; the hub said: {hub.log[-2000:]}"
        time.sleep(0.05)


def rows(database: str, query: str) -> list[Any]:
    """Nothing where there is no table yet."""
    with psycopg.connect(database) as db:
        try:
            return db.execute(query.encode()).fetchall()
        except psycopg.errors.UndefinedTable:
            return []


def told(data: Path) -> bool:
    """Nothing waits for the hub any more."""
    with open_database(data) as db:
        return all(channel != "mqtt-hub" for channel, *_ in queues(db))


def settings(folder: Path, port: int) -> Config:
    values = {"host": "127.0.0.1", "port": port, "device": "g1", "photos": True, "hub": True, "discovery": None}
    return Config.model_validate({"data": str(folder / "garden"), "mqtt": values, "secrets": str(folder / "none.yaml")})


def test_visits_reach_the_hub_through_kills_of_everything(tmp_path: Path, postgres: Postgres) -> None:
    """Each of hub, broker and database is killed while sixty visits with photos are told; then one photo is deleted."""
    database, broker = postgres.database(), Mosquitto(tmp_path / "broker")
    config = settings(tmp_path, broker.port)
    visits = [sighting(60.0 * number) for number in range(60)]
    with broker, Store.open(config.data, SETTINGS, run()) as store:
        hub = Hub(tmp_path / "hub", broker.port, database)
        office = open_office(config, [])
        office.start()
        with running(hub):
            for number, one in enumerate(visits):
                store.record(visit(one, shade=40 + number))
            assert store.settle(60)
            until(lambda: len(rows(database, "SELECT 1 FROM sightings")) >= 5, hub)
            hub.end(signal.SIGKILL)
            hub.start()
            until(lambda: len(rows(database, "SELECT 1 FROM sightings")) >= 15, hub)
            broker.kill()
            broker.start()
            until(lambda: len(rows(database, "SELECT 1 FROM sightings")) >= 30, hub)
            postgres.kill()
            postgres.start()
            until(lambda: told(config.data), hub)
            found = rows(database, "SELECT id, closed FROM sightings")
            assert sorted(found) == sorted((one.id, True) for one in visits)
            assert hub.files() == sorted(path.name for path in config.data.rglob("*.jpg"))
            assert rows(database, "SELECT count(*) FROM refused") == [(0,)]
            delete_photo(config.data, visits[0].id)
            until(lambda: len(hub.files()) == 59, hub)
            assert rows(database, f"SELECT photo_missing FROM sightings WHERE id = '{visits[0].id}'") == [("deleted",)]
        office.close()


def test_a_garden_that_was_alone_for_weeks_tells_all_of_it_later(tmp_path: Path, postgres: Postgres) -> None:
    """There is no hub yet: nothing is sent, and the broker's other listeners hear everything all the same."""
    from tests.rigs.mosquitto import Listener

    database, broker = postgres.database(), Mosquitto(tmp_path / "broker")
    config = settings(tmp_path, broker.port)
    with broker, Listener(broker.port) as listener, Store.open(config.data, SETTINGS, run()) as store:
        office = open_office(config, [])
        office.start()
        store.record([change("closed", sighting(3600.0 * number)) for number in range(30)])
        assert store.settle(60)
        listener.wait_for(lambda: len(listener.of("/sighting")) == 30)
        assert [one for one in listener.heard if "/record/" in one.topic] == []
        assert not told(config.data)
        with running(Hub(tmp_path / "hub", broker.port, database)) as hub:
            until(lambda: told(config.data), hub)
            assert rows(database, "SELECT count(*) FROM sightings") == [(30,)]
        office.close()


def test_only_one_hub_stores(tmp_path: Path, postgres: Postgres) -> None:
    database = postgres.database()
    with Mosquitto(tmp_path / "broker") as broker, running(Hub(tmp_path / "one", broker.port, database)) as first:
        until(lambda: "storing" in first.log, first)
        second = Hub(tmp_path / "two", broker.port, database)
        second.start()
        assert second._process is not None
        assert second._process.wait(SLOW_S) == 78
        assert "another one" in second.log


def test_a_database_of_a_computer_without_a_locale_is_refused(tmp_path: Path, postgres: Postgres) -> None:
    with psycopg.connect(postgres.database(), autocommit=True) as db:
        db.execute("CREATE DATABASE ascii ENCODING 'SQL_ASCII' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")
        where = f"host={db.info.host} user=test dbname=ascii"
    with Mosquitto(tmp_path / "broker") as broker:
        hub = Hub(tmp_path / "hub", broker.port, where)
        hub.start()
        assert hub._process is not None
        assert hub._process.wait(SLOW_S) == 78
        assert "createdb -E UTF8" in hub.log


def test_a_password_in_the_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "hub.yaml"
    file.write_text("database: host=db password=s3cret\nbroker: {host: localhost}\n", encoding="utf-8")
    words = [sys.executable, "-m", "edge", "hub", "--config", str(file)]
    said = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, timeout=SLOW_S, check=False)
    assert said.returncode == 78
    assert "PGPASSWORD" in said.stderr
    assert "s3cret" not in said.stderr


def test_many_gardens_through_kills_lose_and_double_nothing() -> None:
    """The load test (tests/bench/gardens.py), small."""
    from tests.bench.gardens import measure

    figures = measure(gardens=6, sightings=30, pause_s=3.0, twice=0.3, seed=3)
    told = {key: figures[key] for key in ("lost", "doubled", "photos not whole", "refused")}
    assert told == {"lost": 0, "doubled": 0, "photos not whole": 0, "refused": 0}, figures
    assert figures["sent (sightings, photos, effort)"] == 6 * (30 * 2 + 7)
