"""What systemd is told, read from a real notify socket."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.service import Service

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="systemd is Linux's")


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(5)
        yield listener


def test_tells_ready_alive_and_stopping(manager: socket.socket) -> None:
    service = Service(manager.getsockname())
    service.ready()
    service.alive(lambda: "2 sightings")
    service.alive(lambda: "2 sightings")
    service.stopping()
    service.close()
    told = [manager.recv(1000).decode() for _ in range(4)]
    assert told == ["READY=1", "WATCHDOG=1\nSTATUS=2 sightings", "WATCHDOG=1", "STOPPING=1"]


def test_a_start_that_goes_on_may_take_longer_and_says_so_now_and_then(
    manager: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = iter((100.0, 100.0, 105.0, 106.0, 110.5))
    monkeypatch.setattr("edge.service.time.monotonic", lambda: next(ticks))
    service = Service(manager.getsockname())
    for _time in range(4):
        service.starting("working")
    service.ready()
    service.close()
    told = [manager.recv(1000).decode() for _ in range(3)]
    assert told == [*["EXTEND_TIMEOUT_USEC=60000000\nSTATUS=working"] * 2, "READY=1"]


def test_a_status_that_nobody_could_take_is_sent_again(tmp_path: Path) -> None:
    service = Service(str(tmp_path / "later"))
    service.alive(lambda: "2 sightings")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "later"))
        listener.settimeout(5)
        service.alive(lambda: "2 sightings")
        assert listener.recv(1000) == b"WATCHDOG=1\nSTATUS=2 sightings"
    service.close()


def test_speaks_to_a_name_in_the_abstract_namespace() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(f"\0gardenwatch-test-{os.getpid()}")
        listener.settimeout(5)
        service = Service(f"@gardenwatch-test-{os.getpid()}")
        service.ready()
        service.close()
        assert listener.recv(100) == b"READY=1"


def test_goes_on_when_the_service_manager_is_gone(tmp_path: Path) -> None:
    service = Service(str(tmp_path / "nobody"))
    service.ready()
    service.alive(lambda: "fine")
    service.close()


def test_is_silent_without_a_service_manager(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    service = Service()
    service.ready()
    service.close()
