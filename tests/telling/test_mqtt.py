"""Telling a real broker: mosquitto, killed, restarted, refusing."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.glimpse import State
from edge.settings import Config
from edge.store.deletion import delete_photo
from edge.store.photo_record import from_photo
from edge.store.store import Store
from edge.telling.office import Office
from edge.telling.opening import open_office
from tests.conftest import PROJECT
from tests.programs import SLOW_S
from tests.rigs.mosquitto import Listener, Mosquitto
from tests.store.visits import SETTINGS, change, run, sighting, visit

pytestmark = pytest.mark.system

FINE = State(camera="open", scene="seen", lamp=False, board="off", store="ok", here_now=0)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with Mosquitto(tmp_path / "broker") as broker:
        yield broker


@pytest.fixture
def listener(broker: Mosquitto) -> Iterator[Listener]:
    with Listener(broker.port) as listener:
        yield listener


def settings(folder: Path, port: int, **mqtt: object) -> Config:
    values = {"host": "127.0.0.1", "port": port, "device": "g1", "photos": True, **mqtt}
    file = folder / "secrets.yaml"
    return Config.model_validate({"data": str(folder / "data"), "mqtt": values, "secrets": str(file)})


def opened(config: Config) -> Office:
    office = open_office(config, [])
    office.start()
    return office


def messages(listener: Listener) -> list[str]:
    return [one.topic.removeprefix("gardenwatch/g1/") for one in listener.heard]


def said_of_itself(listener: Listener) -> list[bytes]:
    """`online` and `offline`, as they came."""
    return [one.payload for one in listener.of("/availability")]


def test_a_visit_reaches_whoever_listens(tmp_path: Path, broker: Mosquitto, listener: Listener) -> None:
    slug = sighting()
    config = settings(tmp_path, broker.port)
    with Store.open(config.data, SETTINGS, run("file")) as store:
        office = opened(config)
        office.notice(0.0, lambda: FINE)
        store.record([change("opened", slug, 90)])
        listener.wait_for(lambda: bool(listener.of("/last/photo")))
        store.record([change("closed", slug)])
        listener.wait_for(lambda: any(one.values["closed"] for one in listener.of("/sighting")))
        delete_photo(config.data, slug.id)
        listener.wait_for(lambda: any(one.values["photo_missing"] == "deleted" for one in listener.of("/sighting")))
        listener.wait_for(lambda: bool(listener.of("/health")))
    office.close()
    listener.wait_for(lambda: said_of_itself(listener)[-1:] == [b"offline"])
    (event,) = listener.of("/event")
    assert (event.values["event_type"], event.values["id"], event.values["label"]) == ("pest", slug.id, "slug")
    first = listener.of("/sighting")[0].values
    assert (first["id"], first["photo"], first["device"]) == (slug.id, f"{slug.id}-1.jpg", "g1")
    assert first["first_seen"] == "2026-05-01T14:00:10.000+08:00"
    (photo,) = (one for one in listener.heard if "/photo/" in one.topic)
    assert photo.topic.endswith(f"/photo/{slug.id}-1.jpg")
    (tmp_path / "came.jpg").write_bytes(photo.payload)
    assert from_photo(tmp_path / "came.jpg").sighting.id == slug.id, "it carries its record"
    assert listener.of("/health")[-1].values["well"] is True


def test_what_is_retained_is_there_for_who_comes_later(tmp_path: Path, broker: Mosquitto, listener: Listener) -> None:
    config = settings(tmp_path, broker.port)
    with Store.open(config.data, SETTINGS, run()) as store:
        office = opened(config)
        office.notice(0.0, lambda: FINE)
        store.record(visit(sighting()))
        listener.wait_for(lambda: bool(listener.of("/last") and listener.of("/health")))
        with Listener(broker.port, "later") as later:
            ends = ("/config", "/availability", "/last", "/counts", "/health")
            later.wait_for(lambda: all(any(one.retained for one in later.of(end)) for end in ends))
            kept = [one.topic for one in later.heard if one.retained]
            assert [topic for topic in kept if not topic.endswith(ends)] == [], "a moment is not told twice"
            assert len(set(kept)) == len(ends)
            assert later.of("/availability")[0].payload == b"online"
    office.close()


def test_two_hundred_visits_told_to_nobody_arrive_when_the_broker_is_back(tmp_path: Path) -> None:
    """Queued while the broker is down; then it goes away twice more in the middle."""
    broker = Mosquitto(tmp_path / "broker")
    with broker, Listener(broker.port) as listener:
        config = settings(tmp_path, broker.port, photos=False)
        broker.kill()
        with Store.open(config.data, SETTINGS, run()) as store:
            office = opened(config)
            visits = [sighting(60.0 * number) for number in range(200)]
            store.record([change("closed", one) for one in visits])
            assert store.settle(60)
            broker.start()
            for most in (20, 60):
                listener.wait_for(lambda most=most: len(listener.of("/sighting")) > most)  # type: ignore[misc]
                broker.stop()
                broker.start()
            ids = {one.id for one in visits}
            listener.wait_for(lambda: {one.values["id"] for one in listener.of("/sighting")} == ids)
            assert store.settle(60)
        office.close()
    told = Counter(one.values["message_id"] for one in listener.of("/sighting"))
    assert len(told) == 200, "duplicates only under the same id"
    contents = {(one.values["message_id"], one.payload) for one in listener.of("/sighting")}
    assert len(contents) == 200, "and with the same content"
    print(f"200 visits, {sum(told.values())} messages, {sum(told.values()) - 200} duplicates")


def test_a_killed_watcher_is_offline_and_sends_the_rest_at_the_next_start(tmp_path: Path, broker: Mosquitto) -> None:
    """kill -9 at any moment between sending and marking."""
    with Listener(broker.port) as listener:
        words = [sys.executable, "-m", "tests.telling.sender", str(tmp_path), str(broker.port)]
        recorded: set[str] = set()
        for number in range(3):
            process = subprocess.Popen(words, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
            assert process.stdout is not None
            recorded |= {process.stdout.readline().strip() for _ in range(15 + 7 * number)}
            listener.wait_for(lambda number=number: said_of_itself(listener).count(b"online") > number)  # type: ignore[misc]
            process.send_signal(signal.SIGKILL)
            rest = process.stdout.read().splitlines(keepends=True)
            process.wait()
            process.stdout.close()
            recorded |= {line.strip() for line in rest if line.endswith("\n")}
            listener.wait_for(lambda: said_of_itself(listener)[-1] == b"offline", "the broker's will")
        config = settings(tmp_path, broker.port, photos=False)
        with Store.open(config.data, SETTINGS, run()):
            office = opened(config)
            listener.wait_for(lambda: recorded <= {one.values["id"] for one in listener.of("/sighting")})
        office.close()
    contents: dict[str, set[bytes]] = {}
    for one in listener.of("/sighting"):
        contents.setdefault(one.values["message_id"], set()).add(one.payload)
    assert recorded
    assert all(len(content) == 1 for content in contents.values())


def test_an_old_event_sets_off_nothing_but_its_sighting_is_told(
    tmp_path: Path, broker: Mosquitto, listener: Listener
) -> None:
    """Of another boot: the garden was offline, and its animals are long gone."""
    config = settings(tmp_path, broker.port, photos=False)
    with Store.open(config.data, SETTINGS, run("trusted")) as store:
        office = opened(config)
        store.record(visit(sighting()))
        listener.wait_for(lambda: bool(listener.of("/sighting")))
        office.close()
    assert listener.of("/event") == []


def test_a_wrong_password_is_said_and_its_text_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "S3ntinel-never-seen"
    monkeypatch.setenv("GARDENWATCH_MQTT_PASSWORD", secret)
    caplog.set_level("DEBUG")
    with Mosquitto(tmp_path / "broker", ("garden", "right")) as broker:
        config = settings(tmp_path, broker.port, username="garden")
        with Store.open(config.data, SETTINGS, run()):
            office = opened(config)
            courier = office._couriers[0]
            until = time.monotonic() + SLOW_S
            while (failure := courier.failure) != "the broker refuses: Not authorized":
                assert time.monotonic() < until, failure
                time.sleep(0.02)
        office.close()
        monkeypatch.setenv("GARDENWATCH_MQTT_PASSWORD", "right")
        with Listener(broker.port, password=("garden", "right")) as listener, Store.open(config.data, SETTINGS, run()):
            office = opened(config)
            listener.wait_for(lambda: bool(listener.of("/availability")))
            office.close()
    assert secret not in caplog.text
    assert "cannot tell channel=mqtt" in caplog.text


def test_the_watcher_itself_tells_a_broker(tmp_path: Path, broker: Mosquitto, listener: Listener) -> None:
    """A film of one beetle; the broker has the visit when the run is over."""
    from tests.films import walking_dot
    from tests.model.tiny import colour_model

    walking_dot(tmp_path / "dot.avi")
    colour_model(tmp_path / "colours.onnx")
    (tmp_path / "c.yaml").write_text(
        f"model: {{path: colours.onnx}}\nmqtt: {{host: 127.0.0.1, port: {broker.port}, device: g1}}\n", encoding="utf-8"
    )
    words = [sys.executable, "-m", "edge", "run", "--config", str(tmp_path / "c.yaml"), "--source"]
    told = subprocess.run([*words, str(tmp_path / "dot.avi")], capture_output=True, text=True, timeout=SLOW_S)
    assert told.returncode == 0, told.stderr
    listener.wait_for(lambda: any(one.values["closed"] for one in listener.of("/sighting")))
    (last,) = {one.values["id"] for one in listener.of("/sighting")}
    listener.wait_for(lambda: any(json.loads(one.payload)["id"] == last for one in listener.of("/last")))
    listener.wait_for(lambda: said_of_itself(listener)[-1:] == [b"offline"], "its last word")
    before = len(listener.heard)
    dry = subprocess.run([*words, str(tmp_path / "dot.avi"), "--dry-run"], capture_output=True, timeout=SLOW_S)
    assert dry.returncode == 0
    assert len(listener.heard) == before, "a dry run tells nobody"
