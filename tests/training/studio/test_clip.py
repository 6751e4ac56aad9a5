"""A clip with what the model sees, through the real `gardenwatch` command."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from edge.assets import DEFAULT_MODEL
from training.errors import TrainingError
from training.studio.clip import seen_on
from training.studio.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "studio")
    made.make()
    return made


def test_the_drawn_garden_becomes_a_film_that_browsers_play(workspace: Workspace) -> None:
    lines = list(seen_on(workspace, DEFAULT_MODEL, "demo", 1))
    film = lines[-1][1]
    assert film is not None
    assert film.suffix == ".webm"
    assert list(workspace.films.iterdir()) == [film]
    reader = cv2.VideoCapture(str(film))
    assert reader.read()[0]
    reader.release()


def test_what_is_no_film_is_told_and_leaves_nothing(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("no film", encoding="utf-8")
    for name in ("text.mp4", "absent.mp4"):
        with pytest.raises(TrainingError, match="film"):
            list(seen_on(workspace, DEFAULT_MODEL, str(tmp_path / name), 1))
    assert list(workspace.films.iterdir()) == []


def test_one_that_is_no_longer_waited_for_is_stopped(workspace: Workspace) -> None:
    watching = seen_on(workspace, DEFAULT_MODEL, "demo", 600)
    next(watching)
    watching.close()
    assert list(workspace.films.iterdir()) == []
