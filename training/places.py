"""Knows where each photo of a set lies and which lists name it, in a raw set and in a split one."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from training.cells import Cells
from training.journal import Change
from training.layout import SPLITS, Photo, is_prepared, read_prepared, read_raw, read_text, split_folder
from training.manifest import COLUMNS
from training.table import read_table, rows_of


@dataclass(frozen=True, slots=True)
class Places:
    """A set with its photos by their path in it; `split` says in which part each lies, None in a raw set."""

    root: Path
    classes: tuple[str, ...]
    photos: dict[str, Photo]
    split: dict[str, str | None]


def read_places(root: Path) -> Places:
    """Raises as `read_raw` and `read_prepared` do."""
    if not is_prepared(root):
        raw = read_raw(root)
        photos = {photo.path.relative_to(root).as_posix(): photo for photo in raw.photos}
        return Places(root, raw.classes, photos, dict.fromkeys(photos))
    prepared = read_prepared(root)
    listed = [(part, photo) for part in SPLITS for photo in prepared.photos[part]]
    by_path = {photo.path.relative_to(root).as_posix(): (part, photo) for part, photo in listed}
    photos = {path: photo for path, (_part, photo) in by_path.items()}
    return Places(root, prepared.classes, photos, {path: part for path, (part, _photo) in by_path.items()})


def moving(places: Places, wanted: Sequence[tuple[str, str]]) -> Change:
    """The change that brings each (path, class) into its class; a name that is taken there gets a number.

    A split set notes the time, so that `merge` lets no older verdict bring a photo back.
    """
    taken: set[str] = set()
    moves: dict[str, tuple[str, str]] = {}
    for path, label in wanted:
        new = free_name(places.root, in_class(places, path, label), taken)
        taken.add(new.casefold())
        moves[path] = (new, label)
    texts = _lists(places, moves) | _manifest(places, moves)
    return Change("fix", tuple((old, new) for old, (new, _label) in moves.items()), texts=texts)


def in_class(places: Places, path: str, label: str) -> str:
    """Where a photo would lie in another class of its part of the set; folders below the class are kept."""
    parts = PurePosixPath(path).parts
    depth = 1 if places.split[path] or (places.root / "images").is_dir() else 0
    return PurePosixPath(*parts[:depth], label, *parts[depth + 1 :]).as_posix()


def free_name(root: Path, path: str, taken: set[str]) -> str:
    """The path, or with a number where there is such a file; names that differ in case alone are one on Windows."""
    wanted = PurePosixPath(path)
    number = 1
    while (root / path).exists() or path.casefold() in taken:
        number += 1
        path = wanted.with_name(f"{wanted.stem}_{number}{wanted.suffix}").as_posix()
    return path


def _lists(places: Places, moves: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """val.txt and test.txt with the moved photos at their new places, and every number as classes.txt counts."""
    texts = {}
    for part in ("val", "test"):
        listed = places.root / f"{part}.txt"
        place = split_folder(places.root, part)
        if not listed.is_file() or place is None:
            continue
        text = read_text(listed)
        renamed = {old: new for old, new in moves.items() if old in named_by(text, place.name)}
        if renamed:
            texts[listed.name] = renumbered(places, text, place.name, renamed)
    return texts


def named_by(text: str, folder: str) -> set[str]:
    """The photos of a list, as paths from the set on."""
    return {f"{folder}/" + _name(line) for line in text.splitlines() if line.strip()}


def renumbered(places: Places, text: str, folder: str, moves: Mapping[str, tuple[str, str]]) -> str:
    """The lines of a list with its moved photos at their new places; lines of other files stay as they are."""
    lines = []
    for line in text.splitlines():
        path = f"{folder}/" + _name(line)
        photo = places.photos.get(path)
        new, label = moves.get(path) or (path, photo.label if photo else "")
        known = label in places.classes
        lines.append(f"{new.removeprefix(folder + '/')} {places.classes.index(label)}" if known else line.rstrip())
    return "".join(line + "\n" for line in lines)


def _name(line: str) -> str:
    return line.strip().rpartition(" ")[0].replace("\\", "/")


def _manifest(places: Places, moves: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    path = places.root / "manifest.csv"
    is_split = any(places.split[name] for name in moves)
    if not path.is_file() and not is_split:
        return {}
    cells = Cells(read_table(path, COLUMNS) if path.is_file() else rows_of(",".join(COLUMNS), COLUMNS))
    if is_split:
        cells.add_columns(["path", "class", "judged_at"])
    # Nobody's name: who moved it is not known, and who judged it before said something else.
    judged = {"judged_at": datetime.now(UTC).isoformat(timespec="seconds"), "judged_by": ""}
    differs = False
    for old, (new, label) in moves.items():
        known = {"path": new, "class": label} | judged
        if cells.update(old, known):
            differs = True
        elif is_split:
            cells.append(known)
            differs = True
    return {path.name: cells.text()} if differs else {}


def as_csv(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> str:
    """With a head, LF at the line ends; what has no column is dropped."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
