"""Photos in the wrong class are moved with one click, and moved back."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from training.errors import UsageError
from training.fix.answers import TABLE, Row, write_rows
from training.layout import read_prepared
from training.prepare import prepare
from training.studio.photo_set import open_folder, up_to_date
from training.studio.suspects import Suspects
from training.studio.workspace import Workspace

Raw = Callable[..., Path]
WRONG = Row(1, "images/red/0.jpg", "red", "blue", 0.9)
RIGHT = Row(2, "images/red/1.jpg", "red", "green", 0.2)


@pytest.fixture
def workspace(raw: Raw, tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "studio")
    made.make()
    open_folder(raw(), made)
    write_rows(Suspects(made).folder / TABLE, [WRONG, RIGHT])
    return made


def counts(dataset: Path) -> dict[str, int]:
    photos = [photo for part in read_prepared(dataset).photos.values() for photo in part]
    return {name: sum(photo.label == name for photo in photos) for name in ("blue", "red")}


def test_a_moved_photo_is_in_its_class_when_the_set_is_used_the_next_time(workspace: Workspace) -> None:
    suspects = Suspects(workspace)
    before = (suspects.photos / WRONG.photo).read_bytes()
    suspects.move(WRONG, "blue")
    assert suspects.open() == [RIGHT]
    assert counts(up_to_date(workspace)) == {"blue": 11, "red": 9}
    assert suspects.undo() == 1
    assert (suspects.photos / WRONG.photo).read_bytes() == before
    assert [row.photo for row in suspects.open()] == [WRONG.photo, RIGHT.photo]
    assert counts(up_to_date(workspace)) == {"blue": 10, "red": 10}


def test_what_stays_is_not_asked_again(workspace: Workspace) -> None:
    Suspects(workspace).leave(RIGHT)
    assert [row.photo for row in Suspects(workspace).open()] == [WRONG.photo]


def test_answers_that_are_clicked_at_once_are_all_kept(workspace: Workspace) -> None:
    rows = [Row(number, f"images/red/{number}.jpg", "red", "blue", 0.5) for number in range(10)]
    write_rows(Suspects(workspace).folder / TABLE, rows)
    with ThreadPoolExecutor(len(rows)) as people:
        list(people.map(lambda row: Suspects(workspace).leave(row), rows))
    assert Suspects(workspace).open() == []


def test_nothing_to_undo_is_told(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="a change to take back"):
        Suspects(workspace).undo()


def test_a_set_that_was_split_elsewhere_is_mended_where_it_lies(raw: Raw, tmp_path: Path) -> None:
    prepare(raw(), tmp_path / "set")
    workspace = Workspace(tmp_path / "studio")
    workspace.make()
    open_folder(tmp_path / "set", workspace)
    suspects = Suspects(workspace)
    photo = read_prepared(tmp_path / "set").photos["val"][0]
    row = Row(1, photo.path.relative_to(tmp_path / "set").as_posix(), photo.label, "red", 0.5)
    write_rows(suspects.folder / TABLE, [row])
    suspects.move(row, "red" if photo.label != "red" else "blue")
    assert up_to_date(workspace) == (tmp_path / "set").resolve()
    assert suspects.open() == []
