"""What the broker brings: each message is held by it until it is acknowledged."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from edge.hub.keeper import Message
from edge.telling.home_assistant import OFFLINE, ONLINE
from edge.telling.settings import HUB, MqttSettings

log = logging.getLogger(__name__)

CLIENT_ID = "gardenwatch-hub"
"""The same each time: the broker keeps its session, with what came meanwhile."""
KEEPALIVE_S = 15
RETRY_S = (1, 30)
LEAVE_S = 1.0


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message with what the broker wants to know of it."""

    message: Message
    mid: int
    qos: int
    connection: int
    at_s: float


class Subscriber:
    """Comes back by itself when the broker does; what was not acknowledged comes again then."""

    def __init__(self, settings: MqttSettings, password: str | None) -> None:
        self.failure = ""
        """Why there is no connection."""
        self._below = f"{settings.topic}/"
        self._present = False
        self._presence = f"{settings.topic}/{HUB}/availability"
        self._connection = 0
        self._arrived: deque[Arrival] = deque()
        self._changed = threading.Condition()
        client = mqtt.Client(CallbackAPIVersion.VERSION2, CLIENT_ID, clean_session=False, manual_ack=True)
        client.reconnect_delay_set(*RETRY_S)
        client.will_set(self._presence, OFFLINE, qos=1, retain=True)
        client.on_connect, client.on_disconnect, client.on_message = self._greet, self._miss, self._receive
        if settings.username is not None:
            client.username_pw_set(settings.username, password)
        if settings.tls:
            client.tls_set(ca_certs=None if settings.ca is None else str(settings.ca))
        client.connect_async(str(settings.host), settings.port, KEEPALIVE_S)
        self._client = client

    def start(self) -> None:
        self._client.loop_start()

    def say(self, present: bool) -> None:
        """Whether devices should tell: a hub that cannot store is not there for them."""
        with self._changed:
            if present == self._present:
                return
            self._present = present
        self._client.publish(self._presence, ONLINE if present else OFFLINE, qos=1, retain=True)

    def take(self, most: int, wait_s: float) -> list[Arrival]:
        """The oldest ones; none where nothing comes in that time."""
        with self._changed:
            self._changed.wait_for(lambda: self._arrived, wait_s)
            return [self._arrived.popleft() for _ in range(min(most, len(self._arrived)))]

    def put_back(self, arrivals: Sequence[Arrival]) -> None:
        """They could not be stored, and come first again."""
        with self._changed:
            if arrivals[0].connection == self._connection:
                self._arrived.extendleft(reversed(arrivals))

    @property
    def waiting(self) -> int:
        return len(self._arrived)

    def acknowledge(self, arrivals: Sequence[Arrival]) -> None:
        """They need not come again. Those of an earlier connection do, whatever is said."""
        for one in arrivals:
            if one.connection == self._connection:
                self._client.ack(one.mid, one.qos)

    def publish(self, topic: str, payload: bytes) -> None:
        """What is lost is asked for again, by who told it."""
        self._client.publish(self._below + topic, payload, qos=1)

    def close(self) -> None:
        if self._client.is_connected():
            told = self._client.publish(self._presence, OFFLINE, qos=1, retain=True)
            try:
                told.wait_for_publish(LEAVE_S)
            except (RuntimeError, ValueError):
                log.debug("no leave could be taken")
        self._client.disconnect()
        self._client.loop_stop()

    def _greet(self, client: mqtt.Client, data: object, flags: object, reason: ReasonCode, properties: object) -> None:
        if reason.is_failure:
            self._fail(f"the broker refuses: {reason}")
            return
        log.info("connected to the broker")
        with self._changed:
            self.failure = ""
            self._connection += 1
            self._arrived.clear()
            present = self._present
        ends = ("record/#", "availability", "health")
        client.subscribe([(f"{self._below}+/{end}", 1) for end in ends])
        client.publish(self._presence, ONLINE if present else OFFLINE, qos=1, retain=True)

    def _miss(self, client: mqtt.Client, data: object, flags: object, reason: ReasonCode, properties: object) -> None:
        self._fail(f"connection lost: {reason}")

    def _fail(self, why: str) -> None:
        if not self.failure:
            log.warning("no broker error=%s", why)
        self.failure = why

    def _receive(self, _client: mqtt.Client, _data: object, one: mqtt.MQTTMessage) -> None:
        topic = one.topic.removeprefix(self._below)
        with self._changed:
            if one.topic == self._presence:  # its own words
                self._client.ack(one.mid, one.qos)
                return
            message = Message(topic, bytes(one.payload))
            self._arrived.append(Arrival(message, one.mid, one.qos, self._connection, time.monotonic()))
            self._changed.notify_all()
