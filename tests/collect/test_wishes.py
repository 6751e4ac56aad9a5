"""The page's wish to collect pictures is followed while it lasts."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.collect.collector import Collector
from edge.collect.folder import CropFolder
from edge.collect.settings import CollectSettings
from edge.collect.wishes import COLLECTED, LONGEST_MINUTES, LOOK_S, Wish, Wishes, ask
from edge.glimpse import FOLDER
from tests.programs import Daemon


class Watcher:
    """A watcher that collects nothing by itself; a turn every two seconds."""

    def __init__(self, data: Path) -> None:
        self.opened: list[Path] = []
        self.collector = Collector(CollectSettings(), None, 0.35)
        self.wishes = Wishes(data, self.collector, CollectSettings(), self._open)
        self.tick_s = 1000.0

    def turn(self, seconds: float = LOOK_S) -> None:
        self.tick_s += seconds
        self.wishes.notice(self.tick_s)

    @property
    def label(self) -> str | None:
        """What is collected; "nothing" where nothing is."""
        return self.collector._settings.label if self.collector._folder is not None else "nothing"

    def _open(self, folder: Path) -> CropFolder:
        self.opened.append(folder)
        return CropFolder(folder, "garden", "tiny-1", 10, waits=True)


@pytest.fixture
def watcher(tmp_path: Path) -> Iterator[Watcher]:
    one = Watcher(tmp_path)
    yield one
    one.wishes.close()


def wish(data: Path, label: str | None, minutes: int, at: int) -> None:
    ask(data, Wish(label, minutes))
    os.utime(data / FOLDER / "collect.json", (at, at))


def test_a_wish_is_followed_for_its_minutes_and_then_all_is_as_before(watcher: Watcher, tmp_path: Path) -> None:
    watcher.turn()
    wish(tmp_path, "slug", 10, at=1)
    watcher.turn()
    assert (watcher.label, watcher.opened) == ("slug", [tmp_path / COLLECTED])
    assert watcher.wishes.left_s == 600
    watcher.turn(599)
    assert watcher.label == "slug"
    watcher.turn()
    assert (watcher.label, watcher.wishes.left_s) == ("nothing", 0)


def test_a_later_wish_replaces_it_and_nought_minutes_stop(watcher: Watcher, tmp_path: Path) -> None:
    wish(tmp_path, "slug", 10, at=1)
    watcher.turn()
    wish(tmp_path, None, 30, at=2)
    watcher.turn()
    assert (watcher.label, watcher.wishes.left_s) == (None, 1800)
    wish(tmp_path, None, 0, at=3)
    watcher.turn()
    assert watcher.label == "nothing"
    assert len(watcher.opened) == 1, "the same folder all the time"


def test_a_wish_from_before_the_watcher_began_is_over(tmp_path: Path) -> None:
    wish(tmp_path, "slug", 10, at=1)
    watcher = Watcher(tmp_path)
    watcher.turn()
    assert watcher.label == "nothing"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"label": "../x", "minutes": 5}', '{"label": 1, "minutes": 5}'])
def test_what_is_no_wish_changes_nothing(watcher: Watcher, tmp_path: Path, text: str) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "collect.json").write_text(text)
    watcher.turn()
    assert (watcher.label, watcher.opened) == ("nothing", [])


def test_no_wish_lasts_for_ever(watcher: Watcher, tmp_path: Path) -> None:
    wish(tmp_path, None, 10**9, at=1)
    watcher.turn()
    assert watcher.wishes.left_s == LONGEST_MINUTES * 60


def test_a_real_watcher_collects_what_comes_and_says_so(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Daemon("--source", "demo", "--dry-run", "--realtime", "--data", data) as daemon:
        daemon.tells_systemd("READY=1")
        ask(data, Wish("caterpillar", 10))
        daemon.says("collecting at the page's wish")
        daemon.says("is gone after")
        daemon.stop()
    assert list((data / COLLECTED / "images" / "caterpillar").glob("*.jpg"))
    assert json.loads((data / FOLDER / "collect.json").read_text()) == {"label": "caterpillar", "minutes": 10}
