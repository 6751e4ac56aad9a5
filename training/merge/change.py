"""Writes a merge down as one change of the set's files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from training.cells import Cells
from training.journal import Change
from training.layout import FOLDERS, read_text, split_folder
from training.manifest import COLUMNS
from training.merge.compare import Compared
from training.merge.judged import judgement
from training.merge.sides import Joining
from training.places import Places, free_name, moving, renumbered
from training.plain_copy import plain_name
from training.table import rows_of


def change_of(
    places: Places,
    joined: Sequence[Joining],
    compared: Compared,
    copies: Mapping[str, Path],
    added_classes: Sequence[str],
) -> Change:
    """`copies` are the files to take in by the photo's name; `places` knows the added classes already."""
    root = places.root
    moves = moving(places, [(name, photo.label) for name, photo in compared.corrected.items()])
    taken = {new.casefold() for _old, new in moves.moves}
    added, rows = [], []
    for one in joined:
        folder = _folder(root, one.side)
        to = free_name(root, f"{folder}/{one.photo.label}/{plain_name(one.photo.path)}", taken)
        taken.add(to.casefold())
        added.append((copies[one.photo.name], to))
        rows.append({**one.photo.row, "path": to, "class": one.photo.label, "group": one.group})
    moved = dict(moves.moves)
    learned = {moved.get(old, old): {"sighting_id": sighting} for old, sighting in compared.sightings.items()}
    judged = compared.confirmed | {moved[old]: judgement(photo.row) for old, photo in compared.corrected.items()}
    for name, by_whom in judged.items():
        learned[name] = learned.get(name, {}) | by_whom
    texts = dict(moves.texts)
    texts |= {"val.txt": _val_list(places, texts, rows), "manifest.csv": _manifest(root, texts, rows, learned)}
    folders: tuple[str, ...] = ()
    if added_classes:
        texts["classes.txt"] = "".join(f"{name}\n" for name in places.classes)
        parts = [place.name for part in FOLDERS if (place := split_folder(root, part))]
        folders = tuple(f"{part}/{name}" for part in parts for name in added_classes)
    if not (root / "val.txt").is_file():  # it is made from the folders, then
        del texts["val.txt"]
    return Change("merge", moves.moves, tuple(added), texts, folders)


def _folder(root: Path, part: str) -> str:
    place = split_folder(root, part)
    return place.name if place else FOLDERS[part][0]


def _val_list(places: Places, texts: Mapping[str, str], rows: Sequence[Mapping[str, str]]) -> str:
    listed, folder = places.root / "val.txt", _folder(places.root, "val")
    text = texts.get("val.txt") or (read_text(listed) if listed.is_file() else "")
    lines = renumbered(places, text, folder, {}).splitlines()
    for row in rows:
        part, _slash, name = row["path"].partition("/")
        if part == folder:
            lines.append(f"{name} {places.classes.index(row['class'])}")
    return "".join(line + "\n" for line in lines)


def _manifest(
    root: Path, texts: Mapping[str, str], rows: Sequence[dict[str, str]], learned: Mapping[str, dict[str, str]]
) -> str:
    """With `rows` behind it, and with what was learned of the set's own photos, by path."""
    path = root / "manifest.csv"
    text = texts.get("manifest.csv") or (read_text(path) if path.is_file() else "")
    cells = Cells(rows_of(text, COLUMNS))
    cells.add_columns(COLUMNS)
    unnamed = {name: known for name, known in learned.items() if not cells.update(name, known)}
    for row in [*({"path": name} | known for name, known in unnamed.items()), *rows]:
        cells.append(row)
    return cells.text()
