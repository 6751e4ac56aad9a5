"""A power cut at any moment of what the store really writes; the disk that replays it can tell good from bad."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from edge.masks import MaskFile
from tests.faults.power.cuts import cuts
from tests.faults.power.disk import Disk, cut_after
from tests.faults.power.recording import Event, Gone, Made, Moved, Said, Synced, Wrote, missing, record

TIMES = 200
"""So many cuts of a few steps show every state that can come of them."""


@pytest.mark.system
def test_what_was_reported_survives_a_power_cut_with_its_whole_photo(tmp_path: Path) -> None:
    if (lacking := missing()) is not None:
        pytest.skip(f"not installed: {lacking}")
    outcome = cuts(24, tmp_path)
    assert outcome.broken == ()


@pytest.mark.system
def test_a_recording_has_every_step_of_a_program_in_its_order(tmp_path: Path) -> None:
    if (lacking := missing()) is not None:
        pytest.skip(f"not installed: {lacking}")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "found").write_bytes(b"1234")
    script = (
        "import os, sys; top = sys.argv[1] + '/'\n"
        "os.mkdir(top + 'new')\n"
        "file = open(top + 'new/a', 'wb', buffering=0); file.write(b'xy'); os.fsync(file.fileno())\n"
        "os.rename(top + 'new/a', top + 'b')\n"
        "open(top + 'found', 'ab', buffering=0).write(b'5'); os.unlink(top + 'found'); print('done')"
    )
    events = record([sys.executable, "-c", script, str(folder)], folder, tmp_path / "log")
    assert events == [
        Made("new", True),
        Made("new/a", False),
        Wrote("new/a", 0, b"xy"),
        Synced("new/a"),
        Moved("new/a", "b"),
        Wrote("found", 4, b"5"),
        Gone("found"),
        Said("done"),
    ]


@pytest.mark.system
def test_masks_that_the_page_saves_are_the_old_or_the_new_ones_after_a_power_cut(tmp_path: Path) -> None:
    """An empty file would keep the watcher from starting."""
    if (lacking := missing()) is not None:
        pytest.skip(f"not installed: {lacking}")
    folder = tmp_path / "folder"
    folder.mkdir()
    events = record([sys.executable, "-m", "tests.faults.power.masked", str(folder)], folder, tmp_path / "log")
    chance, found = random.Random(11), set[str]()
    for _ in range(TIMES):
        count = chance.randint(0, len(events))
        content = cut_after(events, count, Path("/nowhere"), chance).get("masks.yaml")
        (tmp_path / "masks.yaml").unlink(missing_ok=True)
        if content is not None:
            (tmp_path / "masks.yaml").write_bytes(content)
        found |= {"".join(mask.name for mask in MaskFile(tmp_path / "masks.yaml").read().masks)}
        if Said("saved new") in events[:count]:
            assert content is not None
            assert b"new" in content
    assert found == {"", "old", "new"}


def states(*events: Event) -> set[bytes | None]:
    """All that may be in the file `photo` after a cut; None where it is not there."""
    chance = random.Random(3)
    after = [cut_after(events, len(events), Path("/nowhere"), chance) for _ in range(TIMES)]
    return {state.get("photo") for state in after}


def test_a_file_that_was_never_synced_may_be_whole_empty_zeros_or_gone() -> None:
    assert states(Made("photo", False), Wrote("photo", 0, b"abc")) == {None, b"", b"abc", bytes(3)}


def test_a_file_renamed_before_it_was_synced_may_be_empty() -> None:
    torn = states(Made("new", False), Wrote("new", 0, b"abc"), Moved("new", "photo"), Synced(""))
    assert b"" in torn


def test_a_file_that_was_synced_before_it_got_its_name_is_whole_or_not_there() -> None:
    steps = (Made("new", False), Wrote("new", 0, b"abc"), Synced("new"), Moved("new", "photo"))
    assert states(*steps) == {None, b"abc"}
    assert states(*steps, Synced("")) == {b"abc"}


def test_what_was_taken_away_may_come_back_until_its_folder_is_synced() -> None:
    steps = (Made("photo", False), Wrote("photo", 0, b"abc"), Synced("photo"), Synced(""), Gone("photo"))
    assert states(*steps) == {None, b"abc"}
    assert states(*steps, Synced("")) == {None}


def test_a_page_that_was_written_over_is_torn_at_a_sector_at_most() -> None:
    steps = (Made("photo", False), Wrote("photo", 0, b"a" * 4096), Synced("photo"), Synced(""))
    found = states(*steps, Wrote("photo", 0, b"b" * 4096))
    assert {len(content) for content in found if content is not None} == {4096}
    assert all(content is not None and content.lstrip(b"b").strip(b"a") == b"" for content in found)
    assert all(content is not None and content.count(b"b") % 512 == 0 for content in found)
    assert len(found) > 2, "some are torn"


def test_names_come_in_the_journal_s_order() -> None:
    """A file that was made later is never there without one that was made before."""
    chance = random.Random(5)
    for _ in range(TIMES):
        disk = Disk(Path("/nowhere"))
        for event in (Made("a", False), Made("b", False)):
            disk.take(event, loose=False)
        assert {*disk.after_cut(chance, loose=False)} in (set(), {"a"}, {"a", "b"})
