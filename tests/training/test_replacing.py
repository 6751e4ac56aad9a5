"""What `prepare` writes over, and what it never does."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.training.conftest import picture, write
from tests.training.test_prepare import everything
from training import set_files
from training.errors import TrainingError, UsageError
from training.layout import read_prepared
from training.prepare import prepare

Raw = Callable[..., Path]
needs_links = pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")


def test_nothing_is_overwritten_unasked(raw: Raw, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="--force"):
        prepare(raw(4), out)
    assert everything(out) == {"notes.txt": b"mine"}


def test_force_replaces_the_set_and_nothing_else(raw: Raw, tmp_path: Path) -> None:
    root, out = raw(4), tmp_path / "out"
    prepare(root, out)
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    write(out / "training_set" / "red" / "stale.jpg", picture(5))
    prepare(root, out, force=True)
    assert (out / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert not list(out.rglob("stale.jpg"))


def test_a_failure_leaves_the_former_set_as_it_was(raw: Raw, tmp_path: Path) -> None:
    root, out = raw(4), tmp_path / "out"
    prepare(root, out)
    before = everything(out)
    shutil.rmtree(root / "images" / "blue")
    with pytest.raises(TrainingError, match="blue"):
        prepare(root, out, force=True)
    assert everything(out) == before


def test_the_output_may_not_lie_among_the_photos(raw: Raw) -> None:
    root = raw(4)
    with pytest.raises(UsageError, match="outside"):
        prepare(root, root / "images" / "out", force=True)


class Renaming:
    """Breaks off at one of the moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, stop: int, fault: BaseException) -> None:
        self.moves, self.stop, self.fault, rename = 0, stop, fault, Path.rename

        def renamed(path: Path, target: Path) -> Path:
            self.moves += 1
            if self.moves == self.stop:
                raise self.fault
            return rename(path, target)

        monkeypatch.setattr(Path, "rename", renamed)


MOVES = range(1, 2 * len(set_files.WRITTEN) + 1)


@pytest.mark.parametrize("stop", MOVES)
def test_a_set_whose_replacing_was_broken_off_is_none_and_can_be_made_again(
    raw: Raw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: int
) -> None:
    root, out = raw(8), tmp_path / "out"
    prepare(root, out)
    former = everything(out)
    Renaming(monkeypatch, stop, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        prepare(root, out, seed=1, force=True)
    if stop == 1:
        assert everything(out) == former
    else:
        with pytest.raises(UsageError, match="training_set"):
            read_prepared(out)
    prepare(root, out, force=True)
    assert everything(out) == former


@pytest.mark.parametrize("stop", MOVES)
def test_where_something_cannot_be_moved_the_former_set_stays(
    raw: Raw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: int
) -> None:
    root, out = raw(8), tmp_path / "out"
    prepare(root, out)
    former = everything(out)
    Renaming(monkeypatch, stop, PermissionError(13, "Permission denied", str(out)))
    with pytest.raises(PermissionError):
        prepare(root, out, seed=1, force=True)
    assert everything(out) == former
    assert not list(tmp_path.glob(".gardenwatch-*"))


@needs_links
def test_a_part_that_is_a_link_is_replaced_and_what_it_leads_to_stays(raw: Raw, tmp_path: Path) -> None:
    root, out = raw(8), tmp_path / "out"
    prepare(root, out)
    (out / "val_set").rename(tmp_path / "kept")
    (out / "val_set").symlink_to(tmp_path / "kept")
    before = everything(tmp_path / "kept")
    prepare(root, out, seed=1, force=True)
    assert not (out / "val_set").is_symlink()
    assert everything(tmp_path / "kept") == before


@needs_links
@pytest.mark.parametrize("linked", ["photos", "folders"])
def test_photos_that_are_links_into_the_set_are_not_replaced(raw: Raw, tmp_path: Path, linked: str) -> None:
    out, root = tmp_path / "out", tmp_path / "links"
    prepare(raw(8), out)
    (root / "images").mkdir(parents=True)
    for folder in (out / "training_set").iterdir():
        if linked == "folders":
            (root / "images" / folder.name).symlink_to(folder)
        for photo in folder.iterdir() if linked == "photos" else ():
            (root / "images" / folder.name).mkdir(exist_ok=True)
            (root / "images" / folder.name / photo.name).symlink_to(photo)
    before = everything(out)
    with pytest.raises(UsageError, match="photos outside of what is replaced"):
        prepare(root, out, force=True)
    assert everything(out) == before


@pytest.mark.parametrize("inside", ["images", "."])
def test_raw_photos_are_never_replaced(raw: Raw, tmp_path: Path, inside: str) -> None:
    root = raw(6)
    other = shutil.copytree(root / "images", tmp_path / "other" / inside)
    (tmp_path / "other" / "manifest.csv").write_text("path,source\n", encoding="utf-8")
    before = everything(tmp_path / "other")
    with pytest.raises(UsageError, match=r"a prepared set to replace; found photos in .*other that are no prepared"):
        prepare(root, tmp_path / "other", force=True)
    assert everything(tmp_path / "other") == before
    assert other.is_dir()


def test_a_folder_of_figures_in_the_set_does_not_hinder(raw: Raw, tmp_path: Path) -> None:
    root, out = raw(6), tmp_path / "out"
    prepare(root, out)
    write(out / "figures" / "confusion.png", picture(1))
    prepare(root, out, force=True)
    assert (out / "figures" / "confusion.png").is_file()
