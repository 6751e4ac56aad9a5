"""However the studio is ended, what was uploaded goes, and an open page says so."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("selenium", reason="pip install selenium")
pytest.importorskip("gradio", reason="the studio is not installed: pip install 'gardenwatch[training,studio]'")

from tests.conftest import PROJECT
from tests.programs import SLOW_S
from tests.review.web.driving import Person
from tests.training.studio.test_page import address_of
from tests.training.studio.visiting import waits
from training.studio.uploads import PREFIX, uploads_folder

signals = pytest.mark.skipif(sys.platform == "win32", reason="there, ending a process from outside gives it no time")
UPLOAD = (
    b'--x\r\nContent-Disposition: form-data; name="files"; filename="bee.jpg"\r\n\r\n' + bytes(1000) + b"\r\n--x--\r\n"
)
HANGS = """
const asked = window.fetch
window.fetch = (what, ...more) => {
  return String(what.url ?? what).includes("queue/") ? new Promise(() => {}) : asked(what, ...more)
}
"""
"""As where the studio ends in the very moment when it is asked: gradio goes on waiting, and never says a word."""


@contextmanager
def studio(folder: Path, language: str = "en", port: int = 0) -> Iterator[subprocess.Popen[str]]:
    """A studio whose temporary files are in `folder`/temporary."""
    (folder / "temporary").mkdir(exist_ok=True)
    environment = os.environ | {"PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
    environment["TMPDIR"] = str(folder / "temporary")
    words = ["--language", language, "studio", "--out", str(folder / "studio"), "--port", str(port), "--no-browser"]
    with subprocess.Popen(
        [sys.executable, "-m", "training", *words], stdout=subprocess.PIPE, env=environment, encoding="utf-8"
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def on_its_page(process: subprocess.Popen[str]) -> Iterator[Person]:
    person = Person(address_of(process), language="en")
    try:
        person.opens()
        waits(person, "#folder textarea, #folder input")
        yield person
    finally:
        person.leaves_for_good()


def uploads_to(address: str) -> None:
    sent = urllib.request.Request(
        address + "gradio_api/upload", UPLOAD, {"Content-Type": "multipart/form-data; boundary=x"}
    )
    with urllib.request.urlopen(sent) as answer:
        assert answer.status == 200


def left(folder: Path) -> list[Path]:
    return sorted((folder / "temporary").glob(f"{PREFIX}*"))


@signals
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_was_uploaded_goes_away_with_the_studio(tmp_path: Path, number: signal.Signals) -> None:
    with studio(tmp_path) as process:
        uploads_to(address_of(process))
        assert [path.name for path in left(tmp_path)[0].rglob("*.jpg")] == ["bee.jpg"]
        process.send_signal(number)
        assert process.wait(SLOW_S) == -number
    assert left(tmp_path) == []


@signals
def test_what_a_killed_studio_left_goes_when_the_next_one_starts_and_a_living_ones_stays(tmp_path: Path) -> None:
    with studio(tmp_path) as killed:
        uploads_to(address_of(killed))
        (of_killed,) = left(tmp_path)
        killed.kill()
        killed.wait(SLOW_S)
    assert list(of_killed.rglob("*.jpg"))
    with studio(tmp_path) as living:
        uploads_to(address_of(living))
        (of_living,) = left(tmp_path)
        assert of_living != of_killed
        with studio(tmp_path) as other:
            address_of(other)
            assert len(left(tmp_path)) == 2
            assert list(of_living.rglob("*.jpg"))


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "diary.txt").write_text("dear diary", encoding="utf-8")
    try:
        (tmp_path / f"{PREFIX}link").symlink_to(tmp_path / "mine", target_is_directory=True)
    except OSError:
        pytest.skip("this user may make no links")
    with uploads_folder() as folder:
        assert folder.is_dir()
    assert (tmp_path / "mine" / "diary.txt").is_file()


def test_many_studios_that_start_at_once_each_keep_their_folder(tmp_path: Path) -> None:
    """Each clears what no living one holds, also in the moment between another's making a folder and holding it."""
    program = (
        "import sys\nfrom training.studio.uploads import uploads_folder\n"
        "for _time in range(40):\n"
        "    with uploads_folder() as folder:\n"
        "        (folder / 'photo').write_text('x')\n"
        "        assert (folder / 'photo').is_file()\n"
    )
    environment = os.environ | {"PYTHONPATH": str(PROJECT), "TMPDIR": str(tmp_path), "TEMP": str(tmp_path)}
    several = [
        subprocess.Popen([sys.executable, "-c", program], env=environment, stderr=subprocess.PIPE) for _one in range(6)
    ]
    for one in several:
        _said, complaint = one.communicate(timeout=SLOW_S)
        assert (one.returncode, complaint) == (0, b"")
    assert list(tmp_path.iterdir()) == []


@signals
@pytest.mark.system
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize(("number", "hangs"), [(2, True), (15, False), (9, True)])
def test_an_open_page_tells_that_its_studio_was_closed(tmp_path: Path, number: int, hangs: bool) -> None:
    with studio(tmp_path, "zh-CN") as process, on_its_page(process) as person:
        if hangs:
            person.driver.execute_script(HANGS)
        process.send_signal(number)
        process.wait(SLOW_S)
        waits(person, "#studio-closed", "工作室没有应答")
        person.sees_not("Connection to the server was lost")


@pytest.mark.system
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_the_page_opens_anew_with_the_next_studio(tmp_path: Path) -> None:
    with studio(tmp_path) as killed, on_its_page(killed) as person:
        person.driver.execute_script(HANGS + "; window.isOld = true")
        killed.kill()
        killed.wait(SLOW_S)
        with studio(tmp_path, port=int(person.address.rpartition(":")[2])) as next_one:
            address_of(next_one)
            person._wait(lambda: not person.driver.execute_script("return window.isOld"), "the page anew")
            waits(person, "#folder textarea, #folder input")
            assert person.all("#studio-closed") == []
