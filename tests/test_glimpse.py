"""The page sees what the camera sees, while somebody looks, and nothing stays."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from edge.glimpse import AWAY_S, FOLDER, Glimpse, State, ask
from edge.privacy import NOTHING, UNSEEN, Hidden
from edge.records import Box, Frame, Region
from tests.store.visits import START, moment

STATE = State("open", "seen", True, "ready", "ok", 2)


class Watcher:
    """Turns of the loop, a second each."""

    def __init__(self, data: Path, always: bool = False) -> None:
        self.now_s, self.asked = 100.0, 0
        self.folder = data / FOLDER
        self.glimpse = Glimpse(data, always, clock=lambda: self.now_s)

    def turn(self, seconds: float = 2.0, hidden: Hidden = NOTHING, width: int = 1280) -> None:
        self.now_s += seconds
        frame = Frame(np.full((width * 9 // 16, width, 3), 90, np.uint8), 1, moment(0))
        self.glimpse.show(frame, [Region(Box(10, 20, 30, 40))], hidden, START, self._state)

    def _state(self) -> State:
        self.asked += 1
        return STATE

    def files(self) -> set[str]:
        return {file.name for file in self.folder.iterdir()} - {"wanted"} if self.folder.exists() else set()


@pytest.fixture
def look(tmp_path: Path) -> Callable[[], None]:
    """Somebody opens the page."""
    times = iter(range(1, 1000))

    def asked() -> None:
        ask(tmp_path)
        os.utime(tmp_path / FOLDER / "wanted", (0, next(times)))

    return asked


def test_nothing_is_written_while_nobody_looks(tmp_path: Path) -> None:
    watcher = Watcher(tmp_path)
    for _ in range(5):
        watcher.turn()
    assert (watcher.files(), watcher.asked) == (set(), 0)


def test_who_looks_sees_the_picture_with_its_regions_and_how_the_watcher_is(
    tmp_path: Path, look: Callable[[], None]
) -> None:
    watcher = Watcher(tmp_path)
    look()
    watcher.turn()
    assert watcher.files() == {"frame.jpg", "state.json"}
    said: dict[str, Any] = json.loads((watcher.folder / "state.json").read_text())
    assert (said["size"], said["regions"], said["lamp"], said["here_now"]) == ([1280, 720], [[10, 20, 30, 40]], True, 2)
    picture = cv2.imread(str(watcher.folder / "frame.jpg"))
    assert picture is not None
    assert picture.shape == (540, 960, 3)


def test_it_goes_when_nobody_looks_any_more(tmp_path: Path, look: Callable[[], None]) -> None:
    watcher = Watcher(tmp_path)
    look()
    watcher.turn()
    watcher.turn(AWAY_S - 1)
    assert watcher.files()
    look()
    watcher.turn()
    watcher.turn(AWAY_S - 1)
    assert watcher.files(), "somebody looked again"
    watcher.turn()
    assert watcher.files() == set()


def test_a_quick_loop_writes_every_two_seconds_only(tmp_path: Path, look: Callable[[], None]) -> None:
    watcher = Watcher(tmp_path)
    look()
    for _ in range(100):
        watcher.turn(0.1)
    assert 4 <= watcher.asked <= 6


@pytest.mark.parametrize("hidden", [UNSEEN, Hidden(large=(Box(0, 0, 9, 9),)), Hidden(held=(Box(0, 0, 9, 9),))])
def test_where_a_person_may_be_there_is_no_picture_but_by_choice(
    tmp_path: Path, look: Callable[[], None], hidden: Hidden
) -> None:
    watcher, open_one = Watcher(tmp_path), Watcher(tmp_path / "other", always=True)
    look()
    watcher.turn()
    watcher.turn(hidden=hidden)
    assert watcher.files() == {"state.json"}, "also the earlier one is gone"
    (tmp_path / "other").mkdir()
    ask(tmp_path / "other")
    open_one.turn(hidden=hidden)
    assert "frame.jpg" in open_one.files()


def test_nothing_of_it_stays_when_the_watching_ends_or_begins_anew(tmp_path: Path, look: Callable[[], None]) -> None:
    watcher = Watcher(tmp_path)
    look()
    watcher.turn()
    left = Watcher(tmp_path)
    assert left.files() == set(), "a crash left something"
    watcher.turn()
    watcher.glimpse.close()
    assert watcher.files() == set()


def test_a_disk_that_cannot_be_written_does_not_end_the_watching(tmp_path: Path, look: Callable[[], None]) -> None:
    watcher = Watcher(tmp_path)
    look()
    (tmp_path / FOLDER / "frame.jpg.part").mkdir()
    watcher.turn()
    assert watcher.files() == {"frame.jpg.part"}
