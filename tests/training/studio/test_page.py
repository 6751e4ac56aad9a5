"""The served page asks for nothing elsewhere, and lets nobody else in."""

from __future__ import annotations

import os
import re
import signal
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
from tests.programs import SLOW_S
from training.studio.learner import HOST


@contextmanager
def opened(folder: Path, language: str = "en", path: Path | None = None) -> Iterator[str]:
    """The studio in a process of its own, with `path` searched for modules, too; gives its address."""
    words = ["--language", language, "studio", "--out", str(folder), "--port", "0", "--no-browser"]
    places = os.pathsep.join(str(place) for place in (path, PROJECT) if place)
    environment = os.environ | {"PYTHONPATH": places, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "training", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, encoding="utf-8") as process:
        try:
            yield address_of(process)
        finally:
            process.terminate()


def address_of(process: subprocess.Popen[str]) -> str:
    """Once the page can be opened."""
    assert process.stdout is not None
    found = re.search(r"http://\S+/", process.stdout.readline())
    assert found is not None
    return found[0]


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


def test_gradio_finds_the_pages_language_before_its_scripts_run(address: str) -> None:
    with urllib.request.urlopen(address) as answer:
        html = answer.read().decode()
    assert re.search(r'<html\s[^>]*lang="en"', html)
    told = 'Object.defineProperty(navigator, "language", {value: "en"})'
    assert 0 < html.index(told) < html.index("window.gradio_config")


def test_another_host_name_is_refused(address: str) -> None:
    request = urllib.request.Request(address, headers={"Host": "evil.example:80"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code == 400
    refused.value.close()


def test_it_listens_on_this_computer_only(address: str) -> None:
    assert address.startswith(f"http://{HOST}:")
    port = int(address.rstrip("/").rpartition(":")[2])
    with socket.socket() as other:
        assert other.connect_ex(("127.0.0.2", port)) != 0


LISTENS = """
import sys

def hear(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "urllib.Request"):
        with open({log!r}, "a") as log:
            print(event, args[1] if event == "socket.connect" else args[0], file=log)

sys.addaudithook(hear)
"""
"""What the studio's process asks the network for, from its first moment on."""


def test_the_studio_itself_asks_no_other_computer(tmp_path: Path) -> None:
    (tmp_path / "hook").mkdir()
    log = tmp_path / "asked"
    (tmp_path / "hook" / "sitecustomize.py").write_text(LISTENS.format(log=str(log)), encoding="utf-8")
    with opened(tmp_path / "studio", path=tmp_path / "hook") as address:
        with urllib.request.urlopen(address) as page:
            page.read()
        assert not log.exists() or log.read_text("utf-8") == ""
    subprocess.run(
        [sys.executable, "-c", "import socket; socket.getaddrinfo('localhost', 80)"],
        env=os.environ | {"PYTHONPATH": str(tmp_path / "hook")}, check=True,
    )  # fmt: skip
    assert "getaddrinfo localhost" in log.read_text("utf-8"), "it listens"


def test_gradio_writes_nothing_for_editors_at_the_start(tmp_path: Path) -> None:
    """It would parse the source of every component, and take as long as all the rest of its start."""
    code = "import sys\nfrom training.studio.quick_start import without_stubs\nwritten = []\n"
    code += "sys.addaudithook(lambda event, args: event == 'open' and written.append(str(args[0])))\n"
    code += "with without_stubs():\n    import gradio\n"
    code += "print([name for name in written if name.endswith('.pyi')], gradio.Image.__name__)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
    )  # fmt: skip
    assert done.stdout.strip() == "[] Image"


def test_the_page_opens_without_torch() -> None:
    """Which takes as long to load as the page itself, and 400 MB; only what needs it waits for it."""
    code = "import sys, training.studio.page; print('torch' in sys.modules)"
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True, env=environment
    )
    assert done.stdout.strip() == "False"


def test_analytics_are_off(address: str) -> None:
    with urllib.request.urlopen(address + "config") as answer:
        config = answer.read().decode()
    assert '"analytics_enabled":false' in config.replace(" ", "")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of another process differ there")
def test_ctrl_c_ends_it_at_once_and_quietly_while_a_page_is_open(tmp_path: Path) -> None:
    words = ["studio", "--out", str(tmp_path), "--port", "0", "--no-browser"]
    environment = os.environ | {"PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "training", *words], env=environment, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as studio:  # fmt: skip
        assert studio.stdout is not None
        found = re.search(r"http://\S+/", studio.stdout.readline())
        assert found is not None
        try:
            with urllib.request.urlopen(f"{found[0]}gradio_api/heartbeat/x") as line:  # as each open page holds one
                assert line.readline()
                studio.send_signal(signal.SIGINT)
                _said, complaint = studio.communicate(timeout=SLOW_S)
        finally:
            studio.kill()
    assert "Traceback" not in complaint


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as taken:
        words = ["studio", "--out", str(tmp_path), "--port", str(taken.getsockname()[1]), "--no-browser"]
        done = subprocess.run(
            [sys.executable, "-m", "training", *words], capture_output=True, encoding="utf-8",
            env=os.environ | {"PYTHONPATH": str(PROJECT)}, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert "another --port" in done.stderr


def test_a_file_that_is_too_large_is_refused_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = tmp_path / "hook"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(
        "import training.studio.serve as serve\nserve.MOST_UPLOADED = '100kb'\n", encoding="utf-8"
    )
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.zip"\r\n\r\n'
    body = head + bytes(300_000) + b"\r\n--x--\r\n"
    with opened(tmp_path / "studio", path=hook) as address:
        sent = urllib.request.Request(
            address + "gradio_api/upload", body, {"Content-Type": "multipart/form-data; boundary=x"}
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(sent)
        assert refused.value.code == 413
        refused.value.close()
        kept = (tmp_path / "temporary").glob("gardenwatch-studio-*/**/*")
        assert [path for path in kept if path.is_file()] == []
    assert list(tmp_path.rglob("*.zip")) == []
