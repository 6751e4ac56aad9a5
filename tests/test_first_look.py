"""What the doctor found is kept for the status, and blinked once at power-on."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from edge import first_look
from edge.actions import led
from edge.board.base import Board
from edge.board.fake import FakeBoard, LevelChange, NoBoard
from edge.finding import CAMERA_LOST, NOT_RECORDED, Finding
from edge.first_look import FILE, OUT_OF_ORDER, blink, code_of, keep, read
from edge.service import Service
from edge.settings import BoardSettings, Config
from tests.programs import gardenwatch
from tests.rigs.uno import EmulatedUno, need_pinpong
from tests.test_service import manager

__all__ = ["manager"]
OK = Finding("disk", "ok", "200 MB free")
CAMERA = Finding("camera", "broken", "no picture", code=CAMERA_LOST)
DISK = Finding("disk", "broken", "cannot be written", code=NOT_RECORDED)
MODEL = Finding("model", "broken", "8 bytes")
CLOCK = Finding("clock", "warning", "not set")


class Time:
    """Passes while somebody sleeps."""

    def __init__(self) -> None:
        self.now_s = 50.0

    def monotonic(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    clock = Time()
    monkeypatch.setattr(first_look, "time", clock)
    return clock


def test_the_codes_are_the_lamp_s() -> None:
    assert (CAMERA_LOST, NOT_RECORDED) == (led.CAMERA_LOST, led.NOT_RECORDED)
    assert OUT_OF_ORDER not in (led.CAMERA_LOST, led.NOT_RECORDED, led.NO_PHOTOS)


@pytest.mark.parametrize(
    ("found", "code"),
    [([OK, CLOCK], 0), ([OK, CAMERA], 1), ([DISK, CAMERA], 1), ([DISK], 2), ([CAMERA, MODEL], OUT_OF_ORDER)],
)
def test_the_worst_is_told(found: list[Finding], code: int) -> None:
    assert code_of(found) == code


@pytest.mark.parametrize(("found", "lights"), [([OK], ["long"]), ([DISK, OK], ["long", "short", "short"] * 2)])
def test_it_is_blinked_so_that_it_can_be_counted(found: list[Finding], lights: list[str], time: Time) -> None:
    changes: list[tuple[float, bool]] = []

    def noted(change: LevelChange) -> None:
        changes.append((time.now_s, change.on))

    def board(_config: Config) -> Board:
        return FakeBoard(on_change=noted)

    assert blink(Config(board=BoardSettings(kind="pinpong")), found, board)
    spans = [off - on for (on, lit), (off, _) in pairwise(changes) if lit]
    assert ["long" if span > 1.5 else "short" for span in spans] == lights
    assert changes[-1][1] is False, "it is dark afterwards"
    assert time.now_s - 50 < 25, "the watching waits no longer"


def test_a_board_that_is_not_there_holds_nothing_up(time: Time) -> None:
    assert not blink(Config(board=BoardSettings(kind="pinpong")), [CAMERA], lambda _config: NoBoard())
    assert not blink(Config(), [CAMERA])
    assert time.now_s - 50 <= first_look.READY_S + 1


def test_only_the_first_look_of_a_boot_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [keep(tmp_path, [OK]) for _ in range(3)] == [True, False, False]
    monkeypatch.setattr(first_look, "boot_id", lambda: "another")
    assert read(tmp_path) is None, "it is another boot's"
    assert keep(tmp_path, [OK])


@pytest.mark.parametrize("content", [b"", b"[]", b'{"boot_id": 1}', b"[" * 3000])
def test_a_damaged_file_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    assert read(tmp_path) is None
    assert keep(tmp_path, [OK])


def test_a_folder_that_cannot_be_written_ends_nothing(tmp_path: Path) -> None:
    assert keep(tmp_path / "missing", [CAMERA])
    assert read(tmp_path / "missing") is None


def test_the_outcome_ends_the_status_line(tmp_path: Path, manager) -> None:  # type: ignore[no-untyped-def]
    keep(tmp_path, [CAMERA, CLOCK, OK])
    service = Service(manager.getsockname(), note=str(read(tmp_path)))
    service.alive(lambda: "camera lost, 0 sightings")
    service.close()
    assert manager.recv(1000).decode().endswith("; doctor broken: camera; look at: clock")
    keep(tmp_path, [OK])
    assert str(read(tmp_path)) == "doctor found all well"


def test_the_doctor_leaves_it_when_asked_to(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    words = ("doctor", "--source", tmp_path / "no-film.mp4", "--data", data)
    assert gardenwatch(*words).returncode == 1
    assert read(data) is None
    assert gardenwatch(*words, "--at-start").returncode == 1
    looked = read(data)
    assert looked is not None
    assert looked.broken == ("camera",)


def test_at_power_on_a_missing_camera_is_counted_on_the_lamp(tmp_path: Path) -> None:
    """As the service's ExecStartPre does it, with the real pinpong; the second time it only looks."""
    need_pinpong()
    (tmp_path / "data").mkdir()
    file = tmp_path / "gardenwatch.yaml"
    file.write_text(f"data: {tmp_path / 'data'}\ncamera: {{source: /dev/video97}}\nboard: {{kind: pinpong}}\n")
    with EmulatedUno(tmp_path) as uno:
        for _time in range(2):
            assert gardenwatch("doctor", "--at-start", "--config", file, **uno.env).returncode == 1
        changes = uno.changes(13)
    assert [change.on for change in changes] == [True, False] * 4, "long, short; twice"
    spans = [off.tick_s - on.tick_s for on, off in zip(changes[::2], changes[1::2], strict=True)]
    assert min(spans[0], spans[2]) > 1.5
