"""What a journaling file system may show after a power cut.

- A file's content is sure as far as it was synced. Of what was written later, any piece of a page may be there or not,
  torn at a sector; a file may have grown without its content, which reads as zeros then.
- Names change in the journal's order: after a cut the first so many of the changes are there. Syncing a folder makes
  all changes before sure; so does syncing a file that grew or is new, which has to reach the journal too (ext4, XFS).
- `loose` says less, as for a file system with a log of its own for each sync (btrfs, f2fs): only syncing a folder makes
  its names sure, and changes in folders that have nothing to do with each other come in any order.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from tests.faults.power.recording import Cut, Event, Gone, Made, Moved, Synced, Wrote

PAGE, SECTOR = 4096, 512


@dataclass(slots=True, eq=False)
class File:
    """A file or folder, whatever its name is."""

    is_folder: bool
    sure: bytearray = field(default_factory=bytearray)
    """Its content as last synced."""
    later: list[Wrote | Cut] = field(default_factory=list)
    """What came since."""
    grew: bool = False
    """Its length, or its being there, is not in the journal yet."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of names."""

    event: Made | Moved | Gone
    file: File
    touches: frozenset[int]
    """The folders, and the file, that it has to do with."""


class Disk:
    """Takes events one after the other; says at any time what a cut would leave."""

    def __init__(self, found: Path) -> None:
        """With what is in that folder already, all of it sure."""
        self._root = File(True)
        self._names: dict[str, File] = {"": self._root}
        for path in sorted(found.rglob("*")):
            content = bytearray() if path.is_dir() else bytearray(path.read_bytes())
            self._names[path.relative_to(found).as_posix()] = File(path.is_dir(), content)
        self._sure_names = dict(self._names)
        self._changes: list[Change] = []
        """Of names, not sure yet."""

    def take(self, event: Event, loose: bool) -> None:
        match event:
            case Made(path, is_folder):
                file = self._names[path] = File(is_folder, grew=True)
                self._change(event, file, path)
            case Gone(path):
                self._change(event, self._names.pop(path), path)
            case Moved(path, to):
                file = self._names[to] = self._names.pop(path)
                self._change(event, file, path, to)
            case Wrote(path, offset, content):
                file = self._names[path]
                file.grew |= offset + len(content) > _length(file)
                file.later.append(event)
            case Cut(path):
                self._names[path].grew = True
                self._names[path].later.append(event)
            case Synced(path):
                self._sync(self._names[path], loose)

    def after_cut(self, chance: random.Random, loose: bool) -> dict[str, bytes | None]:
        """One of the states that a cut now may leave: path → content, None for a folder."""
        names = dict(self._sure_names)
        left = self._some(chance) if loose else self._changes[: chance.randint(0, len(self._changes))]
        for change in left:
            _apply(change, names)
        share = chance.choice((0.0, 0.5, 0.9, 1.0))
        return {path: None if file.is_folder else _content(file, share, chance) for path, file in names.items() if path}

    def _change(self, event: Made | Moved | Gone, file: File, *paths: str) -> None:
        folders = [self._names[path.rpartition("/")[0]] for path in paths]
        self._changes.append(Change(event, file, frozenset(map(id, (*folders, file)))))

    def _sync(self, file: File, loose: bool) -> None:
        if not file.is_folder:
            for event in file.later:
                _write(file.sure, event)
            file.later.clear()
        if loose:
            sure = self._needed_by(file) if file.is_folder else []
        else:
            in_journal = file.grew or any(id(file) in change.touches for change in self._changes)
            sure = list(self._changes) if in_journal else []
        for change in sure:
            _apply(change, self._sure_names)
            self._changes.remove(change)
        file.grew = False

    def _needed_by(self, folder: File) -> list[Change]:
        """The folder's own changes, and those before that these rest on."""
        touched, needed = {id(folder)}, list[Change]()
        for change in reversed(self._changes):
            if change.touches & touched:
                touched |= change.touches
                needed.insert(0, change)
        return needed

    def _some(self, chance: random.Random) -> list[Change]:
        """Any of them, none without those that it rests on."""
        share, lost, left = chance.random(), set[int](), list[Change]()
        for change in self._changes:
            if change.touches & lost or chance.random() > share:
                lost |= change.touches
            else:
                left.append(change)
        return left


def write_out(state: dict[str, bytes | None], folder: Path) -> None:
    """Makes that state a folder."""
    folder.mkdir(parents=True)
    for path, content in sorted(state.items()):
        if content is None:
            (folder / path).mkdir()
        else:
            (folder / path).write_bytes(content)


def cut_after(events: Sequence[Event], count: int, found: Path, chance: random.Random) -> dict[str, bytes | None]:
    """The power fails after so many events."""
    loose = chance.random() < 0.5
    disk = Disk(found)
    for event in events[:count]:
        disk.take(event, loose)
    return disk.after_cut(chance, loose)


def _apply(change: Change, names: dict[str, File]) -> None:
    match change.event:
        case Made(path):
            names[path] = change.file
        case Moved(path, to):
            names.pop(path, None)
            names[to] = change.file
        case Gone(path):
            names.pop(path, None)


def _length(file: File) -> int:
    length = len(file.sure)
    for event in file.later:
        length = event.length if isinstance(event, Cut) else max(length, event.offset + len(event.content))
    return length


def _write(content: bytearray, event: Wrote | Cut) -> None:
    if isinstance(event, Cut):
        del content[event.length :]
        content.extend(bytes(event.length - len(content)))
        return
    content.extend(bytes(max(0, event.offset - len(content))))
    content[event.offset : event.offset + len(event.content)] = event.content


def _content(file: File, share: float, chance: random.Random) -> bytes:
    """With about that share of the pieces that were not synced."""
    content = bytearray(file.sure)
    for event in file.later:
        if isinstance(event, Cut):
            if chance.random() < share:
                _write(content, event)
            continue
        for offset, piece in _pieces(event):
            if chance.random() < share:
                is_torn = len(piece) > SECTOR and chance.random() < 0.1
                sectors = chance.randint(1, len(piece) // SECTOR) if is_torn else PAGE // SECTOR
                _write(content, Wrote("", offset, piece[: sectors * SECTOR]))
    if file.later and chance.random() < 0.3:  # it has grown, and the content did not come
        content.extend(bytes(max(0, _length(file) - len(content))))
    return bytes(content)


def _pieces(event: Wrote) -> list[tuple[int, bytes]]:
    """Cut where the pages end."""
    first, end = event.offset, event.offset + len(event.content)
    bounds = [first, *range(first // PAGE * PAGE + PAGE, end, PAGE), end]
    return [(a, event.content[a - first : b - first]) for a, b in pairwise(bounds)]
