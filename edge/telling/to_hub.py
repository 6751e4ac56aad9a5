"""The channel to a hub of many gardens: told again until the hub itself says that it has it."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from edge.store.outbox import Kind, Parcel
from edge.telling import payloads
from edge.telling.broker import Broker, Message
from edge.telling.channel import Absent, Delivery, Undelivered
from edge.telling.home_assistant import ONLINE
from edge.telling.payloads import as_json
from edge.telling.settings import HUB, MqttSettings

log = logging.getLogger(__name__)

NAME = "mqtt-hub"
HUB_S = 60.0
"""A hub that two hundred gardens come back to at once is some seconds behind. Then the same is told again, later."""
GREETING_S = 3.0
"""So long after connecting the broker has said whether a hub is there."""
LARGEST_BYTES = 4_000_000
"""Of a photo. A whole 1080p picture at JPEG 100 has two million."""


class ToHub:
    """A broker may lose what it has confirmed when it is killed, and drop what is too much while the hub is away. So
    a parcel stays in the outbox until the hub has committed it, and nothing is sent while no hub is there."""

    name = NAME
    at_once = 20
    """What of one garden is on its way at a time: two hundred fill no broker."""

    def __init__(self, settings: MqttSettings, device: str, password: str | None, data: Path) -> None:
        self._settings, self._device, self._password, self._data = settings, device, password, data
        self.kinds: tuple[Kind, ...] = ("sighting", "effort", *(("photo",) if settings.photos else ()))
        self._base = f"{settings.topic}/{device}"
        self._presence = f"{settings.topic}/{HUB}/availability"
        self._broker: Broker | None = None
        self._changed = threading.Condition()
        self._greeted_s = 0.0
        self._hub: str | None = None
        self._stored: set[int] = set()
        self._record = ""

    def prepare(self, db: sqlite3.Connection) -> None:
        """Connected, and the hub is there."""
        if self._broker is None or not self._broker.is_open:
            self.close()
            self._broker = Broker(self._settings, f"gardenwatch-{self._device}-hub", self._password, None)
            self._broker.listen((self._presence, f"{self._base}/stored"), self._hear)
            self._greeted_s = time.monotonic() + GREETING_S
        self._record = db.execute("SELECT id FROM record").fetchone()[0]
        self._wait(lambda: self._hub is not None, self._greeted_s - time.monotonic())
        self._check_presence()

    def deliver(self, db: sqlite3.Connection, parcels: Sequence[Parcel]) -> Delivery:
        """All of them, or none: what the hub did not confirm is sent again, with the same numbers."""
        told = {parcel: message for parcel in parcels if (message := self._message(db, parcel)) is not None}
        with self._changed:
            self._stored.clear()
        if told and (self._broker is None or not self._broker.publish(list(told.values()))):
            raise Undelivered("the broker did not confirm")
        wanted = {parcel.number for parcel in told}
        self._wait(lambda: wanted <= self._stored or self._hub != ONLINE, HUB_S)
        with self._changed:
            confirmed = wanted <= self._stored
        if not confirmed:
            self._check_presence()
            raise Undelivered("the hub did not confirm")
        return Delivery(sent=tuple(told), gone=tuple(parcel for parcel in parcels if parcel not in told))

    def close(self) -> None:
        if self._broker is not None:
            self._broker.close()
        self._broker = self._hub = None

    def _check_presence(self) -> None:
        if self._broker is None or not self._broker.is_open:
            raise Undelivered("the connection broke")
        if self._hub != ONLINE:
            raise Absent("no hub is there")

    def _message(self, db: sqlite3.Connection, parcel: Parcel) -> Message | None:
        """The number says what is newer, within one record; None where there is nothing to tell of any more."""
        topic = f"{self._base}/record/{parcel.kind}/{self._record}/{parcel.number}"
        if parcel.kind == "photo":
            return self._photo(db, parcel, topic)
        said = (payloads.sighting if parcel.kind == "sighting" else payloads.effort)(db, parcel, self._device)
        return None if said is None else Message(topic, as_json(said))

    def _photo(self, db: sqlite3.Connection, parcel: Parcel, topic: str) -> Message | None:
        row = payloads.row_of(db, parcel.ref)
        if row is None or row.photo is None:
            return None
        try:
            content = (self._data / row.photo).read_bytes()
        except OSError:  # a better one has just taken its place, and comes with a parcel of its own
            return None
        if len(content) > LARGEST_BYTES:
            log.warning("photo is too large for a hub sighting=%s bytes=%d", row.id, len(content))
            return None
        return Message(f"{topic}/{Path(row.photo).name}", content)

    def _hear(self, topic: str, payload: bytes) -> None:
        """In the connection's thread."""
        with self._changed:
            if topic == self._presence:
                self._hub = payload.decode("ascii", "replace")
            else:
                self._stored |= _numbers(payload, self._record)
            self._changed.notify_all()

    def _wait(self, holds: Callable[[], bool], most_s: float) -> None:
        """Until it holds, the connection is gone, or the time is over."""
        until_s = time.monotonic() + most_s
        with self._changed:
            while not holds() and (left_s := until_s - time.monotonic()) > 0:
                if self._broker is None or not self._broker.is_open:
                    return
                self._changed.wait(min(left_s, 0.2))  # a connection that breaks wakes nobody


def _numbers(payload: bytes, record: str) -> set[int]:
    """Those that the hub has, of that record; none where it says something else."""
    try:
        said = json.loads(payload)
        return {int(number) for number in said["stored"]} if said["record"] == record else set()
    except (ValueError, TypeError, KeyError):
        return set()
