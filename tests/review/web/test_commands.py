"""`gardenwatch review` serves the page in a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from urllib.error import HTTPError

import pytest

from edge.review.web import passwords
from edge.store.store import Store
from tests.programs import SLOW_S, command, gardenwatch
from tests.store.conftest import Folder
from tests.store.visits import SETTINGS, run


@contextmanager
def served(data: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process with the address it tells."""
    process = subprocess.Popen(
        command("review", "--data", data, "--port", "0", *words),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert "http://" in line, process.communicate(timeout=SLOW_S)
        yield process, line.split()[1]
    finally:
        process.kill()
        process.communicate(timeout=SLOW_S)


def test_it_serves_the_page_to_this_computer_until_it_is_told_to_stop(record: Folder) -> None:
    with served(record.path) as (process, address):
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(address, timeout=SLOW_S) as answer:
            assert "3 visitors" in answer.read().decode()
            assert "Server" not in answer.headers, "nobody needs to know what serves it"
        process.send_signal(signal.SIGTERM)
        assert process.wait(SLOW_S) == (0 if sys.platform != "win32" else 1)


def test_the_network_needs_a_password(record: Folder) -> None:
    told = gardenwatch("review", "--data", record.path, "--host", "0.0.0.0", "--port", "0")
    assert told.returncode == 2
    assert "gardenwatch review set-password" in told.stderr
    passwords.write(record.path, "viewer", "only for viewers")
    told = gardenwatch("review", "--data", record.path, "--host", "0.0.0.0", "--port", "0")
    assert told.returncode == 2, "somebody must be able to judge"


def test_a_password_is_set_and_asked_for(record: Folder) -> None:
    said = subprocess.run(
        command("review", "set-password", "--data", record.path),
        input="a long password\n",
        capture_output=True,
        text=True,
        timeout=SLOW_S,
    )
    assert said.returncode == 0, said.stderr
    assert "teacher" in said.stdout
    with served(record.path, "--host", "0.0.0.0") as (_process, address):
        here = address.replace("0.0.0.0", "127.0.0.1")
        with urllib.request.urlopen(here, timeout=SLOW_S) as answer:
            assert answer.url.endswith("/login?next=/")


@pytest.mark.parametrize("password", ["", "short", "x" * 201])
def test_a_password_that_is_too_short_or_endless_is_refused(record: Folder, password: str) -> None:
    said = subprocess.run(
        command("review", "set-password", "--data", record.path),
        input=f"{password}\n",
        capture_output=True,
        text=True,
        timeout=SLOW_S,
    )
    assert said.returncode == 2
    assert not (record.path / passwords.FILE).exists()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    told = gardenwatch("review", "--data", tmp_path / "nowhere")
    assert told.returncode == 2
    assert "or run it first" in told.stderr


def test_on_a_new_device_the_page_may_come_before_the_watcher(tmp_path: Path) -> None:
    with served(tmp_path) as (_process, address):
        with pytest.raises(HTTPError) as refused:
            urllib.request.urlopen(address, timeout=SLOW_S)
        assert refused.value.code == 503
        page = refused.value.read().decode()
        assert "Nothing was ever watched here" in page
        assert "or run it first" in page
        Store.open(tmp_path, SETTINGS, run()).close()
        with urllib.request.urlopen(address, timeout=SLOW_S) as answer:
            assert "No visitors yet" in answer.read().decode()


def test_a_form_that_is_too_large_is_answered_with_a_page(record: Folder) -> None:
    with served(record.path) as (_process, address):
        with pytest.raises(HTTPError) as refused:
            urllib.request.urlopen(address + "masks", b"masks=" + b"x" * 500_000, timeout=SLOW_S)
        assert refused.value.code == 413
        assert "That was too much at once." in refused.value.read().decode()


def test_what_is_no_request_at_all_leaves_the_page_as_it_was(record: Folder) -> None:
    with served(record.path) as (process, address), ExitStack() as stack:
        port = int(address.rstrip("/").rsplit(":", 1)[1])
        for bytes_ in (
            b"\x16\x03\x01\x02\x00 not http at all\r\n\r\n",
            b"GET / HTTP/9.9\r\n\r\n",
            b"GET " + b"/a" * 200_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
            b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 50_000 + b"\r\n",
            b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
            b"POST /verdict HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
            b"POST /verdict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\nx",
            b"POST /verdict HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\nx",
            b"GET /\x00\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        ):
            line = stack.enter_context(closing(socket.create_connection(("127.0.0.1", port), SLOW_S)))
            with suppress(OSError):  # it may hang up while we still talk
                line.sendall(bytes_)
                line.shutdown(socket.SHUT_WR)
                answer = line.recv(65536)
                assert b" 200 " not in answer.split(b"\r\n")[0]
                assert b"Traceback" not in answer
        for _ in range(50):
            stack.enter_context(closing(socket.create_connection(("127.0.0.1", port), SLOW_S)))
        with urllib.request.urlopen(address, timeout=SLOW_S) as page:
            assert page.status == 200, "also while fifty lines are held open"
        assert process.poll() is None
