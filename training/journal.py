"""Changes a data set so that each change can be finished after a crash and taken back byte for byte.

Every change has a folder below `.fixes` in the set. It is written first, with all that is needed to finish the change
and to take it back; only then the set is touched; `done` in that folder says that the set is as planned. What is taken
back is kept as a folder that ends in `.undone`.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from training.errors import TrainingError, UsageError
from training.language import _
from training.safe_files import rename, replace, write

FOLDER = ".fixes"


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of a set; all paths are relative to it, with slashes.

    `kind` is the command that can take it back. `moves` are files that change their place, `added` files that come in,
    `texts` the lists (val.txt, manifest.csv, ...) with their new contents. No path that a photo goes to may exist.
    """

    kind: str
    moves: tuple[tuple[str, str], ...] = ()
    added: tuple[tuple[Path, str], ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
    """Made even where no photo goes there."""


def apply(root: Path, change: Change) -> None:
    """Writes the change down, then does it. Raises TrainingError: the set is as it was, or `settle` finishes it."""
    if unfinished(root):
        raise AssertionError("settle comes first")
    taken = [
        to for to in [*(to for _from, to in change.moves), *(to for _path, to in change.added)] if (root / to).exists()
    ]
    if taken:
        raise AssertionError(f"would overwrite {taken[0]}")
    part = root / FOLDER / f"{_next_number(root):04}.part"
    for left in (root / FOLDER).glob("*.part"):  # by a crash before anything was touched
        shutil.rmtree(left, ignore_errors=True)
    try:
        _write_down(root, part, change)
        entry = part.with_suffix("")
        part.rename(entry)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        todo = _("make room, or copy the set to a folder that may be written; nothing was changed")
        raise TrainingError(_("a set that can be written in {path}").format(path=root), str(error), todo) from error
    _finish(root, entry)


def unfinished(root: Path) -> str | None:
    """The kind of a change that was interrupted, "" for one that was being taken back; None where all is settled."""
    entry = _last(root)
    if entry is None or ((entry / "done").exists() and not (entry / "undoing").exists()):
        return None
    return "" if (entry / "undoing").exists() else _read(entry).kind


def expect_settled(root: Path) -> None:
    """Raises TrainingError where a change was interrupted: some photos lie in their former class, some in the new."""
    kind = unfinished(root)
    if kind is not None:
        todo = _("type `gardenwatch-train {kind} {path} --undo`, or the command again to finish it")
        found = _("a change that was interrupted")
        raise TrainingError(_("a set whose changes are complete"), found, todo.format(kind=kind or "fix", path=root))


def settle(root: Path) -> bool:
    """Finishes what was interrupted, doing or undoing; False where there was nothing. Raises TrainingError."""
    entry = _last(root)
    if unfinished(root) is None or entry is None:
        return False
    if (entry / "undoing").exists():
        _take_back(root, entry)
    else:
        _finish(root, entry)
    return True


def undo(root: Path, kind: str) -> int:
    """Takes the last change back, finished or not; the number of photos.

    Raises UsageError where there is none of that kind, TrainingError where the set was changed since; nothing is
    touched then.
    """
    entry = _last(root)
    if entry is None:
        found = _("no change in {path}").format(path=root / FOLDER)
        raise UsageError(_("a change to take back"), found, _("check the folder"))
    record = _read(entry)
    if record.kind != kind:
        todo = _("take that one back first: gardenwatch-train {kind} {path} --undo").format(kind=record.kind, path=root)
        raise UsageError(_("a last change made by {kind}").format(kind=kind), record.kind, todo)
    changed = [] if (entry / "undoing").exists() else _changed_since(root, entry, record)
    if changed:
        todo = _("put that back as it was, then undo again; nothing was touched")
        raise TrainingError(_("the set as the change left it"), ", ".join(changed[:5]), todo)
    (entry / "undoing").write_bytes(b"")
    _take_back(root, entry)
    return len(record.moves) + len(record.added)


def changes(root: Path) -> int:
    """How many changes the set keeps, those taken back not counted."""
    return len(_entries(root))


def moved(root: Path) -> dict[str, str]:
    """Where photos went in the changes that the set keeps: the path each had before, the path it has now."""
    places: dict[str, str] = {}
    for entry in _entries(root):
        for old, new in _read(entry).moves:
            places = {first: new if last == old else last for first, last in places.items()} | {old: new}
    return places


@dataclass(frozen=True, slots=True)
class _Record:
    """change.json; `added` are path in the set and sha256."""

    kind: str
    moves: list[tuple[str, str]]
    added: list[tuple[str, str]]
    texts: list[str]
    folders: list[str]


def _write_down(root: Path, part: Path, change: Change) -> None:
    shutil.rmtree(part, ignore_errors=True)
    for name in ("before", "after", "added"):
        (part / name).mkdir(parents=True)
    for name, text in change.texts.items():
        if (root / name).exists():
            write(part / "before" / name, (root / name).read_bytes())
        write(part / "after" / name, text.encode("utf-8"))
    added = []
    for number, (source, to) in enumerate(change.added):
        data = source.read_bytes()
        write(part / "added" / str(number), data)
        added.append((to, hashlib.sha256(data).hexdigest()))
    targets = [to for _from, to in change.moves] + [to for to, _sum in added]
    wanted = {str(f) for to in targets for f in PurePosixPath(to).parents} | set(change.folders)
    folders = sorted(folder for folder in wanted if not (root / folder).exists())
    record = {
        "version": 1, "kind": change.kind, "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "moves": change.moves, "added": added, "texts": list(change.texts), "folders": folders,
    }  # fmt: skip
    write(part / "change.json", json.dumps(record, ensure_ascii=False, indent=1).encode("utf-8"))


def _finish(root: Path, entry: Path) -> None:
    record = _read(entry)
    try:
        for folder in record.folders:
            (root / folder).mkdir(exist_ok=True)
        for old, new in record.moves:
            rename(root / old, root / new)
        for number, (new, _sum) in enumerate(record.added):
            rename(entry / "added" / str(number), root / new)
        for name in record.texts:
            replace(root / name, (entry / "after" / name).read_bytes())
        write(entry / "done", b"")
    except OSError as error:
        raise _interrupted(root, record, error) from error


def _take_back(root: Path, entry: Path) -> None:
    record = _read(entry)
    try:
        for name in record.texts:
            before = entry / "before" / name
            if before.exists():
                replace(root / name, before.read_bytes())
            else:
                (root / name).unlink(missing_ok=True)
        for new, _sum in record.added:
            (root / new).unlink(missing_ok=True)
        for old, new in reversed(record.moves):
            rename(root / new, root / old)
        for folder in reversed(record.folders):
            if (root / folder).is_dir() and not any((root / folder).iterdir()):
                (root / folder).rmdir()
        entry.rename(entry.with_suffix(".undone"))
    except OSError as error:
        raise _interrupted(root, record, error) from error


def _changed_since(root: Path, entry: Path, record: _Record) -> list[str]:
    """What stands in the way of going back. Where the change was interrupted, before and after are both right."""
    done = (entry / "done").exists()
    strange = []
    for old, new in record.moves:
        if (root / old).exists() == (root / new).exists() or (done and (root / old).exists()):
            strange.append(new)
    for new, digest in record.added:
        here = (root / new).is_file()
        if (done and not here) or (here and hashlib.sha256((root / new).read_bytes()).hexdigest() != digest):
            strange.append(new)
    for name in record.texts:
        now = (root / name).read_bytes() if (root / name).exists() else None
        before = (entry / "before" / name).read_bytes() if (entry / "before" / name).exists() else None
        if now != (entry / "after" / name).read_bytes() and (done or now != before):
            strange.append(name)
    return strange


def _interrupted(root: Path, record: _Record, error: OSError) -> TrainingError:
    todo = _("mend that and type the command again to finish, or: gardenwatch-train {kind} {path} --undo")
    expected = _("a set that can be written in {path}").format(path=root)
    return TrainingError(expected, str(error), todo.format(kind=record.kind, path=root))


def _entries(root: Path) -> list[Path]:
    folder = root / FOLDER
    return sorted(p for p in folder.iterdir() if p.name.isdigit()) if folder.is_dir() else []


def _last(root: Path) -> Path | None:
    return next(reversed(_entries(root)), None)


def _next_number(root: Path) -> int:
    folder = root / FOLDER
    numbers = [int(p.name[:4]) for p in folder.iterdir() if p.name[:4].isdigit()] if folder.is_dir() else []
    return max(numbers, default=0) + 1


def _read(entry: Path) -> _Record:
    try:
        read = json.loads((entry / "change.json").read_text("utf-8"))
        pairs = {key: [(str(a), str(b)) for a, b in read[key]] for key in ("moves", "added")}
        return _Record(str(read["kind"]), pairs["moves"], pairs["added"], list(read["texts"]), list(read["folders"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        expected = _("a readable journal in {path}").format(path=entry)
        raise TrainingError(expected, str(error), _("restore the folder from a copy")) from error
