"""One connection to an MQTT broker, which knows when it is gone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from edge.telling.channel import Undelivered
from edge.telling.home_assistant import OFFLINE
from edge.telling.scrub import scrub
from edge.telling.settings import MqttSettings

CONNECT_S = 5.0
ACK_S = 10.0
"""A broker on a slow line takes a second for twenty photos."""
LOOK_S = 0.1
"""How soon a connection that broke is noticed while a confirmation is waited for."""
KEEPALIVE_S = 30
"""A garden whose power was cut is seen as offline after one and a half times that (MQTT 3.1.1, 3.1.2.10)."""
LEAVE_S = 0.3


@dataclass(frozen=True, slots=True)
class Message:
    topic: str
    payload: bytes
    retain: bool = False


class Broker:
    """Open from the beginning until it breaks; whoever wants to go on makes a new one."""

    def __init__(self, settings: MqttSettings, client_id: str, password: str | None, will_topic: str | None) -> None:
        """Connected when it returns. Without a topic it leaves no will. Raises Undelivered."""
        self._secrets = [password] if password else []
        self._answered = threading.Event()
        self._refused = ""
        self._client = client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id, clean_session=True, reconnect_on_failure=False
        )
        client.connect_timeout = CONNECT_S
        client.max_inflight_messages_set(100)
        client.on_connect = self._on_connect
        if will_topic is not None:
            client.will_set(will_topic, OFFLINE, qos=1, retain=True)
        try:
            if settings.username is not None:
                client.username_pw_set(settings.username, password)
            if settings.tls:
                client.tls_set(ca_certs=None if settings.ca is None else str(settings.ca))
            client.connect(str(settings.host), settings.port, KEEPALIVE_S)
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            raise Undelivered(self._scrubbed(f"{type(error).__name__}: {error}")) from None
        client.loop_start()
        if not self._answered.wait(CONNECT_S) or self._refused:
            why = self._refused or f"no answer within {CONNECT_S:.0f} s"
            self.close()
            raise Undelivered(self._scrubbed(why))

    @property
    def is_open(self) -> bool:
        return self._client.is_connected()

    def publish(self, messages: Sequence[Message]) -> bool:
        """At least once each; True where the broker said that it has all of them."""
        try:
            told = [self._client.publish(one.topic, one.payload, qos=1, retain=one.retain) for one in messages]
            until_s = time.monotonic() + ACK_S
            for one in told:
                while not one.is_published():
                    if not self.is_open or time.monotonic() > until_s:
                        return False
                    one.wait_for_publish(LOOK_S)
            return True
        except (RuntimeError, ValueError):  # paho's words for a connection that is gone, a queue that is full
            return False

    def listen(self, topics: Sequence[str], heard: Callable[[str, bytes], None]) -> None:
        """From now on `heard` gets what comes there, with its topic, in another thread. It must not wait."""
        self._client.on_message = lambda _client, _data, one: heard(one.topic, bytes(one.payload))
        self._client.subscribe([(topic, 1) for topic in topics])

    def close(self, farewell: Message | None = None) -> None:
        """Within a moment; without a farewell the broker publishes the will."""
        try:
            if farewell is not None and self.is_open:
                told = self._client.publish(farewell.topic, farewell.payload, qos=1, retain=farewell.retain)
                told.wait_for_publish(LEAVE_S)
        except (RuntimeError, ValueError):
            pass
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(
        self, client: mqtt.Client, data: object, flags: object, reason: ReasonCode, properties: object
    ) -> None:
        if reason.is_failure:
            self._refused = f"the broker refuses: {reason}"
        self._answered.set()

    def _scrubbed(self, text: str) -> str:
        return scrub(text, self._secrets)
