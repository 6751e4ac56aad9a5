"""The channel to a broker: sightings, photos, effort, and the state that Home Assistant shows."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from edge.boot import boot_id
from edge.model.labels import Label
from edge.store.outbox import Kind, Parcel
from edge.telling import payloads
from edge.telling.broker import Broker, Message
from edge.telling.channel import Delivery, Undelivered
from edge.telling.home_assistant import OFFLINE, ONLINE, ROLES, discovery
from edge.telling.payloads import as_json
from edge.telling.settings import MqttSettings

NAME = "mqtt"
STALE_S = 300.0
"""An event is a moment: one that waited longer would set off an automation for an animal that has long gone. Its
sighting is told all the same."""
STATE_EVERY_S = 60.0
"""How often counts and health are told where nothing changes."""

Health = Mapping[str, Any]


class Mqtt:
    """See edge/README.md for topics and payloads."""

    name = NAME
    at_once = 20

    def __init__(
        self,
        settings: MqttSettings,
        device: str,
        password: str | None,
        site: str | None,
        data: Path,
        labels: Mapping[str, Label],
        now: Callable[[], float] = time.time,
        tick: Callable[[], float] = time.monotonic,
    ) -> None:
        self.base = f"{settings.topic}/{device}"
        self._settings, self._device, self._password = settings, device, password
        self._site, self._data, self._labels, self._now, self._tick = site, data, labels, now, tick
        self.kinds: tuple[Kind, ...] = ("event", "sighting", "effort", *(("photo",) if settings.photos else ()))
        self._broker: Broker | None = None
        self._health: Health | None = None
        self._lock = threading.Lock()
        self._told: dict[str, bytes] = {}
        self._state_due_s = 0.0

    def tell_health(self, health: Health) -> None:
        """From another thread: how the watcher is."""
        with self._lock:
            if health != self._health:
                self._health, self._state_due_s = health, 0.0

    def prepare(self, db: sqlite3.Connection) -> None:
        """Connected, with the retained messages up to date."""
        if self._broker is None or not self._broker.is_open:
            self._drop()
            self._told.clear()
            topic = f"{self.base}/availability"
            self._broker = Broker(self._settings, f"gardenwatch-{self._device}", self._password, topic)
            self._say_who(topic)
        if self._tick() >= self._state_due_s:
            self._state_due_s = self._tick() + STATE_EVERY_S
            self._publish(self._state(db))

    def deliver(self, db: sqlite3.Connection, parcels: Sequence[Parcel]) -> Delivery:
        """All of them, or none: what was not confirmed is sent again, with the same ids."""
        messages: list[Message] = []
        gone = []
        for parcel in parcels:
            said = self._messages(db, parcel)
            messages += said
            gone += [] if said or parcel.kind == "event" else [parcel]
        self._publish(messages)
        if len(parcels) < self.at_once:  # the last of them
            self._state_due_s = 0.0
        return Delivery(sent=tuple(one for one in parcels if one not in gone), gone=tuple(gone))

    def try_out(self) -> str:
        """Connects under another name, so that a watcher that is connected stays so. Returns why not, or nothing."""
        name = f"gardenwatch-{self._device}-test-{os.getpid()}"
        try:
            Broker(self._settings, name, self._password, None).close()
        except Undelivered as error:
            return str(error)
        return ""

    def close(self) -> None:
        if self._broker is not None:
            self._broker.close(Message(f"{self.base}/availability", OFFLINE.encode(), retain=True))
            self._broker = None

    def _say_who(self, topic: str) -> None:
        messages = [Message(topic, ONLINE.encode(), retain=True)]
        if self._settings.discovery is not None:
            found = discovery(self._device, self.base, self._site, self._settings.photos)
            where = f"{self._settings.discovery}/device/gardenwatch_{self._device}/config"
            messages.insert(0, Message(where, as_json(found), retain=True))
        self._publish(messages)

    def _messages(self, db: sqlite3.Connection, parcel: Parcel) -> list[Message]:
        match parcel.kind:
            case "effort":
                found = payloads.effort(db, parcel, self._device)
                return [] if found is None else [Message(f"{self.base}/effort", as_json(found))]
            case "sighting":
                found = payloads.sighting(db, parcel, self._device)
                return [] if found is None else [Message(f"{self.base}/sighting", as_json(found)), *self._last(db)]
            case "event":
                return self._event(db, parcel)
            case "photo":
                return self._photo(db, parcel)
        return []

    def _event(self, db: sqlite3.Connection, parcel: Parcel) -> list[Message]:
        row = payloads.row_of(db, parcel.ref)
        if row is None or row.role not in ROLES or payloads.age_s(db, row.id, self._tick(), boot_id()) > STALE_S:
            return []
        return [Message(f"{self.base}/event", as_json(payloads.event(row, parcel, self._labels)))]

    def _photo(self, db: sqlite3.Connection, parcel: Parcel) -> list[Message]:
        """The file with the record that it carries; its name says of which sighting it is."""
        row = payloads.row_of(db, parcel.ref)
        try:
            content = None if row is None or row.photo is None else (self._data / row.photo).read_bytes()
        except OSError:  # a better one has just taken its place, and comes with a parcel of its own
            content = None
        if row is None or row.photo is None or content is None:
            return []
        return [
            Message(f"{self.base}/photo/{Path(row.photo).name}", content),
            Message(f"{self.base}/last/photo", content),
        ]

    def _last(self, db: sqlite3.Connection) -> list[Message]:
        newest = db.execute(
            "SELECT id FROM sightings WHERE truth_role != 'background' ORDER BY first_at DESC LIMIT 1"
        ).fetchone()
        row = None if newest is None else payloads.row_of(db, newest["id"])
        return [] if row is None else self._changed("last", as_json(payloads.last(row, self._labels)))

    def _state(self, db: sqlite3.Connection) -> list[Message]:
        """What changed of what is retained."""
        with self._lock:
            health = self._health
        waiting = db.execute("SELECT count(*) FROM outbox").fetchone()[0]
        messages = self._changed("counts", as_json(payloads.counts(db, datetime.fromtimestamp(self._now(), UTC))))
        if health is not None:
            messages += self._changed("health", as_json({**health, "waiting": waiting}))
        return messages

    def _changed(self, topic: str, payload: bytes) -> list[Message]:
        if self._told.get(topic) == payload:
            return []
        self._told[topic] = payload
        return [Message(f"{self.base}/{topic}", payload, retain=True)]

    def _publish(self, messages: Sequence[Message]) -> None:
        if self._broker is None:
            raise Undelivered("not connected")
        if messages and not self._broker.publish(messages):
            self._drop()
            raise Undelivered("the broker did not confirm")

    def _drop(self) -> None:
        """With all that paho still wanted to send: the outbox knows better what is due."""
        if self._broker is not None:
            self._broker.close()
            self._broker = None
