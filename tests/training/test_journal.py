"""A change is done as a whole or taken back as a whole, whenever it was cut off."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.rights import without_rights
from training import journal
from training.errors import TrainingError, UsageError
from training.journal import Change


class PowerCut(Exception):
    """Ends the process at some place."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "set"
    for name, data in {"a/1.jpg": b"one", "a/2.jpg": b"two", "b/3.jpg": b"three", "val.txt": b"a/1.jpg 0\r\n"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    (tmp_path / "new.jpg").write_bytes(b"new")
    return folder


def change(root: Path) -> Change:
    return Change(
        "fix",
        moves=(("a/1.jpg", "b/1.jpg"), ("a/2.jpg", "c/deep/2.jpg")),
        added=((root.parent / "new.jpg", "c/new.jpg"),),
        texts={"val.txt": "b/1.jpg 1\n", "manifest.csv": "path,class\n"},
    )


def everything(root: Path) -> dict[str, bytes | None]:
    """Files with their bytes, folders too; without the journal."""
    found = (p for p in sorted(root.rglob("*")) if journal.FOLDER not in p.parts)
    return {p.relative_to(root).as_posix(): p.read_bytes() if p.is_file() else None for p in found}


@contextmanager
def cut_off_at(step: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The power goes before that rename or replace of a file."""
    left = [step]

    def counted(original: object) -> object:
        def call(*arguments: object) -> object:
            left[0] -= 1
            if left[0] < 0:
                raise PowerCut
            return original(*arguments)  # type: ignore[operator]

        return call

    with monkeypatch.context() as patched:
        for name in ("rename", "replace"):
            patched.setattr(Path, name, counted(getattr(Path, name)))
        yield


AFTER = {
    "a": None, "b": None, "b/1.jpg": b"one", "b/3.jpg": b"three", "c": None, "c/deep": None, "c/deep/2.jpg": b"two",
    "c/new.jpg": b"new", "manifest.csv": b"path,class\n", "val.txt": b"b/1.jpg 1\n",
}  # fmt: skip


def test_a_change_moves_adds_and_rewrites(root: Path) -> None:
    journal.apply(root, change(root))
    assert everything(root) == AFTER
    assert journal.unfinished(root) is None


def test_undo_restores_every_byte_and_folder(root: Path) -> None:
    before = everything(root)
    journal.apply(root, change(root))
    assert journal.undo(root, "fix") == 3
    assert everything(root) == before


@pytest.mark.parametrize("step", range(6))
def test_a_change_that_was_cut_off_is_finished_later(root: Path, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    with cut_off_at(step, monkeypatch), pytest.raises(PowerCut):
        journal.apply(root, change(root))
    assert len(list((root / ".fixes").iterdir())) == 1
    if step == 0:  # not yet written down: nothing was touched, nothing is to be finished
        assert not journal.settle(root)
        journal.apply(root, change(root))
    else:
        assert journal.unfinished(root) == "fix"
        assert journal.settle(root)
    assert everything(root) == AFTER
    assert not journal.settle(root)
    assert [p.suffix for p in (root / ".fixes").iterdir()] == [""], "nothing of the first try is left"


@pytest.mark.parametrize("step", range(1, 6))
def test_a_change_that_was_cut_off_can_be_taken_back(root: Path, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    before = everything(root)
    with cut_off_at(step, monkeypatch), pytest.raises(PowerCut):
        journal.apply(root, change(root))
    journal.undo(root, "fix")
    leftovers = {name for name in everything(root) if name.endswith(".part")}
    assert {k: v for k, v in everything(root).items() if k not in leftovers} == before


@pytest.mark.parametrize("step", range(4))
def test_taking_back_that_was_cut_off_is_finished_later(root: Path, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    before = everything(root)
    journal.apply(root, change(root))
    with cut_off_at(step, monkeypatch), pytest.raises(PowerCut):
        journal.undo(root, "fix")
    assert journal.unfinished(root) == ""
    assert journal.settle(root)
    assert {k: v for k, v in everything(root).items() if not k.endswith(".part")} == before


@pytest.mark.parametrize("name", ["b/1.jpg", "c/new.jpg", "val.txt"])
def test_nothing_is_taken_back_where_the_set_was_changed_since(root: Path, name: str) -> None:
    journal.apply(root, change(root))
    if name == "b/1.jpg":
        (root / name).unlink()
    else:
        (root / name).write_bytes(b"changed")
    now = everything(root)
    with pytest.raises(TrainingError, match=name):
        journal.undo(root, "fix")
    assert everything(root) == now


def test_changes_are_taken_back_one_by_one_from_the_last(root: Path) -> None:
    journal.apply(root, Change("fix", moves=(("a/1.jpg", "b/1.jpg"),)))
    journal.apply(root, Change("merge", moves=(("b/1.jpg", "b/9.jpg"),)))
    assert journal.moved(root) == {"a/1.jpg": "b/9.jpg", "b/1.jpg": "b/9.jpg"}
    with pytest.raises(UsageError, match="merge"):
        journal.undo(root, "fix")
    journal.undo(root, "merge")
    journal.undo(root, "fix")
    assert (root / "a/1.jpg").read_bytes() == b"one"
    with pytest.raises(UsageError, match="no change"):
        journal.undo(root, "fix")


def test_a_folder_that_may_not_be_written_says_so_and_stays_as_it_was(root: Path) -> None:
    before = everything(root)
    with without_rights(root, 0o555), pytest.raises(TrainingError, match="nothing was changed"):
        journal.apply(root, change(root))
    assert everything(root) == before


FOREVER = """
import sys
from pathlib import Path
from training import journal
from training.journal import Change
root = Path(sys.argv[1])
moves = tuple((f"a/{i}.jpg", f"b/{i}.jpg") for i in range(40))
while True:
    journal.apply(root, Change("fix", moves=moves, texts={"val.txt": "b\\n" * 40}))
    print("moved", flush=True)
    journal.undo(root, "fix")
    print("back", flush=True)
"""


@pytest.mark.parametrize("lines", range(1, 7))
def test_a_process_that_is_killed_at_any_moment_loses_nothing(tmp_path: Path, lines: int) -> None:
    root = tmp_path / "set"
    for name, text in {f"a/{i}.jpg": str(i) for i in range(40)}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / "b").mkdir()
    (root / "val.txt").write_text("a\n" * 40)
    words = [sys.executable, "-c", FOREVER, str(root)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(PROJECT)}) as child:
        assert child.stdout is not None
        for _line in range(lines):
            assert child.stdout.readline()
        child.kill()  # amid the change that follows
    journal.settle(root)
    places = {p.parent.name for p in root.glob("*/*.jpg")}
    assert len(places) == 1, "all are moved, or none"
    assert {p.stem: p.read_text() for p in root.glob("*/*.jpg")} == {str(i): str(i) for i in range(40)}
    assert (root / "val.txt").read_text() == f"{places.pop()}\n" * 40
