"""A real MQTT broker on loopback, killed and started again at will, and somebody who listens to it."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from tests.programs import SLOW_S
from tests.rigs.ports import free_port


def need_mosquitto() -> str:
    """The broker's program; skips the test where Debian's package is not installed."""
    pytest.importorskip("paho.mqtt", reason="paho-mqtt is not installed: pip install 'gardenwatch[mqtt]'")
    found = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if found is None:
        pytest.skip("mosquitto is not installed: make test-system installs it")
    return found


class Mosquitto:
    """Remembers retained messages over a restart, as Home Assistant's does; sessions too."""

    def __init__(self, folder: Path, password: tuple[str, str] | None = None, more: Sequence[str] = ()) -> None:
        """`more` are lines of its configuration."""
        self._program = need_mosquitto()
        self.port = free_port()
        folder.mkdir(exist_ok=True)
        self._file, self._log = folder / "mosquitto.conf", folder / "log"
        lines = [f"listener {self.port} 127.0.0.1", "persistence true", f"persistence_location {folder}/", "user root"]
        lines += ["max_queued_messages 0", *more]
        if password is None:
            lines.append("allow_anonymous true")
        else:
            users = folder / "users"
            users.touch()
            words = ["mosquitto_passwd", "-b", str(users), *password]
            subprocess.run(words, check=True, capture_output=True)
            lines += ["allow_anonymous false", f"password_file {users}"]
        self._file.write_text("\n".join(lines) + "\n", encoding="ascii")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen([self._program, "-c", str(self._file)], stdout=log, stderr=log)
        until = time.monotonic() + SLOW_S
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                assert self._process.poll() is None, f"the broker ended: {self._last_words()}"
                time.sleep(0.02)
        raise AssertionError(f"the broker does not listen: {self._last_words()}")

    def kill(self) -> None:
        """As a power cut does: what it confirmed and had not passed on yet may be lost with it."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """As a restart of its service does: it keeps what it confirmed."""
        self._end(signal.SIGTERM)

    def _end(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait()
            self._process = None

    def _last_words(self) -> str:
        return self._log.read_text("utf-8", "replace")[-2000:]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()


@dataclass(frozen=True, slots=True)
class Heard:
    topic: str
    payload: bytes
    retained: bool

    @property
    def values(self) -> Any:
        return json.loads(self.payload)


class Listener:
    """A subscriber to everything, with a session that the broker keeps; it comes back by itself."""

    def __init__(self, port: int, client_id: str = "listener", password: tuple[str, str] | None = None) -> None:
        import paho.mqtt.client as mqtt
        from paho.mqtt.enums import CallbackAPIVersion

        self.heard: list[Heard] = []
        self._changed = threading.Condition()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id, clean_session=False)
        if password is not None:
            self._client.username_pw_set(*password)
        self._client.reconnect_delay_set(0.05, 0.2)
        subscribed = threading.Event()
        self._client.on_connect = lambda client, *_: client.subscribe("#", qos=1)
        self._client.on_subscribe = lambda *_: subscribed.set()
        self._client.on_message = self._hear
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert subscribed.wait(SLOW_S)

    def of(self, end: str) -> list[Heard]:
        """What came under topics that end so."""
        return [one for one in list(self.heard) if one.topic.endswith(end)]

    def wait_for(self, holds: Callable[[], bool], what: str = "") -> None:
        with self._changed:
            came = self._changed.wait_for(holds, SLOW_S)
        assert came, f"never: {what or 'what was waited for'}; the last that came: {self._last()}"

    def _last(self) -> list[str]:
        return [f"{one.topic} {one.payload[:80]!r}" for one in self.heard[-10:]]

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _hear(self, _client: Any, _data: Any, message: Any) -> None:
        with self._changed:
            self.heard.append(Heard(message.topic, bytes(message.payload), bool(message.retain)))
            self._changed.notify_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
