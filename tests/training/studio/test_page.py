"""The served page asks for nothing elsewhere, and lets nobody else in."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("gradio", reason="the studio is not installed: pip install 'gardenwatch[training,studio]'")

from tests.conftest import PROJECT
from training.studio.learner import HOST


@contextmanager
def opened(folder: Path, language: str = "en") -> Iterator[str]:
    """The studio in a process of its own; gives its address."""
    words = ["--language", language, "studio", "--out", str(folder), "--port", "0", "--no-browser"]
    environment = os.environ | {"PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "training", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, encoding="utf-8") as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://\S+/", process.stdout.readline())
            assert found is not None
            yield found[0]
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with opened(tmp_path_factory.mktemp("studio")) as address:
        yield address


def test_the_page_names_nothing_that_is_fetched_from_elsewhere(address: str) -> None:
    with urllib.request.urlopen(address) as answer:
        html, policy = answer.read().decode(), answer.headers["Content-Security-Policy"]
    fetched = re.findall(r"<(?:link|script|img|iframe)\b[^>]*(?:href|src)=[\"']?(\w+://[^\"'> ]+)", html)
    assert [url for url in fetched if not url.startswith(address.rstrip("/"))] == []
    assert "fonts.googleapis" not in html
    assert "default-src 'self'" in policy
    assert "http" not in policy


def test_another_host_name_is_refused(address: str) -> None:
    request = urllib.request.Request(address, headers={"Host": "evil.example:80"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code == 400


def test_it_listens_on_this_computer_only(address: str) -> None:
    assert address.startswith(f"http://{HOST}:")
    port = int(address.rstrip("/").rpartition(":")[2])
    with socket.socket() as other:
        assert other.connect_ex(("127.0.0.2", port)) != 0


def test_analytics_are_off(address: str) -> None:
    with urllib.request.urlopen(address + "config") as answer:
        config = answer.read().decode()
    assert '"analytics_enabled":false' in config.replace(" ", "")


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as taken:
        words = ["studio", "--out", str(tmp_path), "--port", str(taken.getsockname()[1]), "--no-browser"]
        done = subprocess.run(
            [sys.executable, "-m", "training", *words], capture_output=True, encoding="utf-8",
            env=os.environ | {"PYTHONPATH": str(PROJECT)}, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert "another --port" in done.stderr
