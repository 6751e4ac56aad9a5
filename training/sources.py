"""Finds the photos and their labels wherever a course, a table or a file name keeps them."""

from __future__ import annotations

from pathlib import Path

from training.errors import TrainingError, UsageError
from training.language import _
from training.layout import (
    JUNK,
    SPLITS,
    Photo,
    RawSet,
    class_folders,
    is_hidden,
    is_prepared,
    pictures_below,
    read_prepared,
    read_raw,
    split_folder,
)
from training.names import SIGNS, class_name
from training.photo_index import PhotoIndex
from training.pictures import NOT_READ, is_picture
from training.table import read_table

DEVICES = frozenset({"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10))})
"""Names that Windows has given away, with a suffix, too (Microsoft, "Naming Files, Paths, and Namespaces")."""


def read_source(root: Path) -> RawSet:
    """Class folders, or a split set whose splits are put together again. Raises as `read_raw` does."""
    if not is_prepared(root):
        return read_raw(root)
    split = read_prepared(root)
    folders = [folder for part in SPLITS if (folder := split_folder(root, part))]
    inside = [f for folder in folders for f in class_folders(folder) if pictures_below(f)]
    stray = {class_name(folder.name) for folder in inside} - set(split.classes)
    if stray:
        expected = _("each class folder listed in {path}").format(path=root / "classes.txt")
        todo = _("add it to classes.txt, or move the folder away")
        raise TrainingError(expected, ", ".join(sorted(stray)), todo)
    photos = {photo.path: photo for part in SPLITS for photo in split.photos[part]}
    unlisted = [p for folder in folders for p in pictures_below(folder) if p not in photos]
    left_out = [(p.relative_to(root).as_posix(), _("not in the split's list")) for p in unlisted]
    return RawSet(root, split.classes, tuple(photos.values()), tuple(left_out))


def not_read(root: Path) -> dict[str, str]:
    """Files among the photos that are not decoded, with the reason: else a class would be smaller without a word."""
    reasons, places = {}, _places(root)
    folders = [*places, *(folder for place in places if place.is_dir() for folder in class_folders(place))]
    for path in sorted(below for top in (root, *filter(Path.is_symlink, folders)) for below in top.rglob("*")):
        if is_hidden(path, root) or path.name.casefold() in JUNK:
            continue
        reason = _why_not(path, any(place in path.parent.parents for place in places))
        if reason:
            reasons[path.relative_to(root).as_posix()] = reason
    return reasons


def _why_not(path: Path, is_in_class: bool) -> str | None:
    """Why it is no photo; None for one, and for what stands beside the class folders, as classes.txt does."""
    suffix = path.suffix.lower()
    if is_in_class and path.is_symlink() and not path.is_file():
        return _("a link to a folder; put its photos here") if path.exists() else _("a link to nothing")
    if is_picture(path) or not path.is_file():
        return None
    if suffix in NOT_READ:
        return _("{suffix} files are not read; convert it to JPEG").format(suffix=suffix)
    if not is_in_class:
        return None
    return _("no photo") if suffix else _("no photo by its name; if it is one, give it its suffix, such as .jpg")


def _places(root: Path) -> list[Path]:
    """The folders that hold class folders."""
    parts = [folder for part in SPLITS if (folder := split_folder(root, part))] if is_prepared(root) else []
    return parts or [root / "images" if (root / "images").is_dir() else root]


def labels_from_csv(root: Path, table: Path, image_column: str, label_column: str) -> RawSet:
    """Photos below `root` with the classes of a table; commas, semicolons or tabs, a suffix may be missing.

    Rows without a photo and photos without a row are left out, with the reason. Raises UsageError for a table or
    column that is not there, TrainingError for a photo with two classes.
    """
    found = _photos_below(root)
    if not table.is_file():
        todo = _("give a CSV file whose first line names the columns")
        raise UsageError(_("a table of labels"), _("nothing at {path}").format(path=table), todo)
    rows = read_table(table, (image_column, label_column))
    columns = rows.fieldnames or ()
    for column in (image_column, label_column):
        if column not in columns:
            todo = _("name the columns with --image-column and --label-column")
            expected = _("a column {column} in {path}").format(column=column, path=table)
            raise UsageError(expected, ", ".join(columns) or _("none"), todo)
    index = PhotoIndex(root, found)
    labels: dict[Path, tuple[str, int]] = {}
    left_out: list[tuple[str, str]] = []
    for row in rows:
        name = (row[image_column] or "").strip().replace("\\", "/").removeprefix("./")
        label = class_name(row[label_column] or "")
        line, matches = rows.line_num, index.find(name)
        if not label or len(matches) != 1:
            reason = _("no class") if not label else _("no such photo") if not matches else _("several photos")
            left_out.append((f"{table.name}:{line} {name}", reason))
            continue
        before = labels.setdefault(matches[0], (label, line))
        if before[0] != label:
            expected = _("one class for {name} in {path}").format(name=name, path=table)
            text = _("{first} in line {line1}, {second} in line {line2}")
            both = text.format(first=before[0], line1=before[1], second=label, line2=line)
            raise TrainingError(expected, both, _("correct the table"))
    if left_out and len({label for label, _line in labels.values()}) < 2:
        raise _no_photos(root, len(labels), left_out)
    left_out += [
        (p.relative_to(root).as_posix(), _("no row in {path}").format(path=table.name))
        for p in found
        if p not in labels
    ]
    return _labelled(root, [Photo(path, label) for path, (label, _line) in labels.items()], left_out)


def _no_photos(root: Path, used: int, left_out: list[tuple[str, str]]) -> TrainingError:
    row, reason = left_out[0]
    text = _("{count} of {rows} rows that are not used, such as {row} ({reason})")
    found = text.format(count=len(left_out), rows=used + len(left_out), row=row[:80], reason=reason)
    todo = _("correct the table: its paths are relative to {path}").format(path=root)
    return TrainingError(_("photos of at least two classes"), found, todo)


def labels_from_names(root: Path, rule: str) -> RawSet:
    """Photos below `root` by how their names begin: `P=myopia,N=normal`; the longest beginning that fits wins."""
    pairs = [part.split("=") for part in rule.split(",")]
    if not all(len(pair) == 2 and pair[0].strip() and pair[1].strip() for pair in pairs):
        todo = _("write it as in P=myopia,N=normal,H=normal")
        raise UsageError(_("beginnings of file names with their class"), rule, todo)
    starts = [start.strip() for start, _label in pairs]
    twice = sorted({start for start in starts if starts.count(start) > 1})
    if twice:
        found = _("{names} twice").format(names=", ".join(twice))
        raise UsageError(_("each beginning of file names once"), found, _("take all but one of them out"))
    classes = {start.strip(): class_name(label) for start, label in pairs}
    photos, left_out = [], []
    for path in _photos_below(root):
        fitting = [start for start in classes if path.name.startswith(start)]
        if fitting:
            photos.append(Photo(path, classes[max(fitting, key=len)]))
        else:
            left_out.append((path.relative_to(root).as_posix(), _("begins like no class")))
    return _labelled(root, photos, left_out)


def _photos_below(root: Path) -> list[Path]:
    if not root.is_dir():
        raise UsageError(
            _("a folder of photos"), _("nothing at {path}").format(path=root), _("give the folder that holds them")
        )
    return pictures_below(root)


def _labelled(root: Path, photos: list[Photo], left_out: list[tuple[str, str]]) -> RawSet:
    classes = tuple(sorted({photo.label for photo in photos}))
    odd = [name for name in classes if not _is_folder_name(name)]
    if odd:
        expected = _("class names that can be folder names")
        todo = _('write them without / \\ : * ? " < > |, without . or __ at an end, and other than CON and the like')
        raise TrainingError(expected, ", ".join(odd), todo)
    folded = [name.casefold() for name in classes]
    alike = [name for name in classes if folded.count(name.casefold()) > 1]
    if alike:
        expected = _("class names that differ in more than capitals")
        raise TrainingError(expected, ", ".join(alike), _("write each in one way: to Windows they are one folder"))
    if len(classes) < 2:
        found = ", ".join(classes) or _("none")
        raise TrainingError(_("photos of at least two classes"), found, _("check the labels and the folder"))
    return RawSet(root, classes, tuple(sorted(photos, key=lambda p: (p.label, p.path))), tuple(left_out))


def _is_folder_name(name: str) -> bool:
    """On Windows, too; what begins with a dot or __ counts as hidden when a set is read."""
    kept = not name.startswith((".", "__")) and not name.endswith(".")
    return kept and not any(sign in name for sign in SIGNS) and name.partition(".")[0].upper() not in DEVICES
