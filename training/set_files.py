"""Writes a split set: photos in their folders, lists, manifest and the page about them."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from tqdm import tqdm

from training.errors import TrainingError, UsageError
from training.language import _
from training.layout import FOLDERS, Photo
from training.manifest import COLUMNS
from training.page import write_page
from training.pictures import UnreadablePicture
from training.plain_copy import plain_bytes, plain_name
from training.report.findings import Findings
from training.report.set_page import set_page
from training.safe_files import beside

REPORT = "report.html"
WRITTEN = ("training_set", "val_set", "test_set", "classes.txt", "val.txt", "test.txt", "manifest.csv", REPORT)


def write_set(found: Findings, groups: Sequence[int], manifest: dict[str, dict[str, str]], out: Path) -> Findings:
    """Beside `out` first, then moved there; `groups` has one per photo, `manifest` the rows that came with them.

    The findings without photos that could no longer be read. Raises TrainingError where a class lost all to train on.
    """
    with beside(out) as part:
        rows, lost = [], {}
        for i, (photo, target) in enumerate(_copied(found.photos, found.splits, part)):
            if isinstance(target, UnreadablePicture):
                lost[i] = str(target)
                continue
            known = manifest.get(photo.path.relative_to(found.root).as_posix(), {})
            row = {column: known.get(column) or "" for column in COLUMNS}
            rows.append(row | {"path": target.as_posix(), "class": photo.label, "group": str(groups[i])})
        if lost:
            found = found.without(lost)
            _refuse_lost_classes(found)
        _write_lists(part, found.classes, rows)
        write_page(part / REPORT, set_page(found))
        _move(part, out)
    return found


def refuse_to_replace(out: Path, given: Iterable[Path], expected: str) -> None:
    """Raises UsageError for a file, or what a link leads to, that `write_set` would delete."""
    replaced = {out.resolve() / name for name in WRITTEN if (out / name).exists()}
    for path in given if replaced else ():
        place = path.resolve()
        if not replaced.isdisjoint((place, *place.parents)):
            raise UsageError(expected, str(path), _("choose another output folder"))


def _refuse_lost_classes(found: Findings) -> None:
    trained = found.counts("train")
    lost = [name for name in found.classes if not trained[name]]
    if lost:
        found_text = _("only unreadable ones of {names}").format(names=", ".join(lost))
        raise TrainingError(_("photos of each class"), found_text, _("add photos that can be opened"))


def _copied(
    kept: Sequence[Photo], splits: Sequence[str], part: Path
) -> Iterable[tuple[Photo, Path | UnreadablePicture]]:
    """Each photo with its place below `part`, or why it could not be read this time."""
    taken: set[str] = set()
    for photo, split in zip(tqdm(kept, desc=_("copying"), unit=_("photo")), splits, strict=True):
        try:
            name, data = plain_name(photo.path), plain_bytes(photo.path)
        except UnreadablePicture as unreadable:
            yield photo, unreadable
            continue
        target = _free(part / FOLDERS[split][0] / photo.label / name, taken)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        yield photo, target.relative_to(part)


def _free(target: Path, taken: set[str]) -> Path:
    """Two photos may have one name, as in two subfolders, or as .webp and .jpg; on Windows A is a."""
    stem, number = target.stem, 1
    while str(target).casefold() in taken:
        number += 1
        target = target.with_name(f"{stem}_{number}{target.suffix}")
    taken.add(str(target).casefold())
    return target


def _write_lists(part: Path, classes: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    _write_lines(part / "classes.txt", [*classes])
    for split in ("val", "test"):
        folder = FOLDERS[split][0] + "/"
        (part / folder).mkdir(exist_ok=True)
        mine = [row for row in rows if row["path"].startswith(folder)]
        lines = [f"{row['path'].removeprefix(folder)} {classes.index(row['class'])}" for row in mine]
        _write_lines(part / f"{split}.txt", lines)
    for folder in (names[0] for names in FOLDERS.values()):
        for label in classes:  # BaseDT's check wants each class folder, even where it is empty
            (part / folder / label).mkdir(parents=True, exist_ok=True)
    with (part / "manifest.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _write_lines(path: Path, lines: list[str]) -> None:
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8", newline="\n")


def _move(part: Path, out: Path) -> None:
    """What is replaced goes first, and the training photos come last: a set that was broken off is none to a reader.
    Where something cannot be moved, all is as before."""
    out.mkdir(parents=True, exist_ok=True)
    former = part / "former"
    former.mkdir()
    try:
        for name in WRITTEN:
            if os.path.lexists(out / name):
                (out / name).rename(former / name)
        for name in reversed(WRITTEN):
            (part / name).rename(out / name)
    except OSError:
        for name in WRITTEN:
            if not os.path.lexists(part / name):
                (out / name).rename(part / name)
            if os.path.lexists(former / name):
                (former / name).rename(out / name)
        raise
