"""Reads the folders of the XEdu course, as tidy or untidy as they come."""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.errors import TrainingError, UsageError
from training.language import _
from training.names import class_name, places_of
from training.pictures import NOT_READ, is_picture

JUNK = frozenset({"thumbs.db", "desktop.ini", ".ds_store"})
"""What Windows and Macs leave in folders."""
SPLITS = ("train", "val", "test")
FOLDERS = {"train": ("training_set", "trainning_set"), "val": ("val_set",), "test": ("test_set",)}
"""The first is what BaseDT writes; the second is how a chapter of the course spells it."""
ELSEWHERE = {
    "train": ("train", "training"),
    "val": ("val", "valid", "validation", "validate", "dev", "eval", "evaluation"),
    "test": ("test", "testing"),
}
"""What downloaded sets call them, in capitals or not. Two of them must be there: a class may be called train, too."""


@dataclass(frozen=True, slots=True)
class Photo:
    """One picture file with its class."""

    path: Path
    label: str


@dataclass(frozen=True, slots=True)
class RawSet:
    """`images/<class>/...` with the classes in the order of `classes.txt`."""

    root: Path
    classes: tuple[str, ...]
    photos: tuple[Photo, ...]
    left_out: tuple[tuple[str, str], ...] = ()
    """File and reason, where its label could not be told."""


@dataclass(frozen=True, slots=True)
class PreparedSet:
    """A set that is split; `photos` has one entry per split, empty where the split is missing."""

    root: Path
    classes: tuple[str, ...]
    photos: dict[str, tuple[Photo, ...]]


def read_text(path: Path) -> str:
    """UTF-8 with or without BOM, UTF-16 with one (Excel's "Unicode text"), else GBK, as Chinese Windows writes it."""
    data = path.read_bytes()
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")


def read_classes(path: Path, folders: Collection[str] = ()) -> tuple[str, ...]:
    """One class per line, its index is its place; a recipe's `name index` lines are understood too.

    A number is part of the name where one of the class `folders` is called so.
    """
    lines = [name for line in read_text(path).splitlines() if (name := class_name(line))]
    numbered = [re.fullmatch(r"(.+?)\s+(\d+)", line) for line in lines]
    if lines and all(numbered) and not set(lines) & set(folders):
        pairs = sorted((int(m[2]), m[1]) for m in numbered if m)
        if [index for index, _name in pairs] == list(range(len(pairs))):
            lines = [name for _index, name in pairs]
    twice = sorted({name for name in lines if lines.count(name) > 1})
    if not lines or twice:
        found = _("{names} twice").format(names=", ".join(twice)) if twice else _("no class at all")
        raise TrainingError(_("each class once in {path}").format(path=path), found, _("correct the file"))
    return tuple(lines)


def class_folders(root: Path) -> list[Path]:
    """The folders in it, sorted by name, without hidden ones and what Windows and Macs leave behind."""
    return sorted(p for p in root.iterdir() if p.is_dir() and not p.name.startswith((".", "__")))


def pictures_below(folder: Path) -> list[Path]:
    """Every picture in it, subfolders too, sorted; not those in hidden folders, where journals keep copies."""
    return sorted(p for p in folder.rglob("*") if is_picture(p) and not is_hidden(p, folder) and p.is_file())


def is_hidden(path: Path, folder: Path) -> bool:
    """Whether it, or a folder on the way to it from `folder`, is hidden or of the kind that Python and Macs leave."""
    return any(part.startswith((".", "__")) for part in path.relative_to(folder).parts[:-1]) or path.name[:1] == "."


def read_raw(root: Path) -> RawSet:
    """Raises UsageError where there is no such folder, TrainingError where classes and folders differ."""
    if not root.is_dir():
        todo = _("give the folder that holds images/ and classes.txt")
        raise UsageError(_("a folder of photos"), _("nothing at {path}").format(path=root), todo)
    images = root / "images" if (root / "images").is_dir() else root
    places = places_of(class_folders(images))
    found = {name: [path for folder in mine for path in pictures_below(folder)] for name, mine in places.items()}
    listed = root / "classes.txt"
    classes = (
        read_classes(listed, found)
        if listed.is_file()
        else tuple(n for n in found if found[n] or _is_bare(places[n][0]))
    )
    if len(classes) < 2:
        expected = _("at least two classes as folders in {path}").format(path=images)
        raise TrainingError(expected, ", ".join(classes) or _("none"), _("put each class in its own folder"))
    unlisted = [name for name in found if found[name] and name not in classes]
    if unlisted:
        expected = _("each class folder listed in {path}").format(path=listed)
        raise TrainingError(expected, ", ".join(unlisted), _("add it to classes.txt, or move the folder away"))
    empty = [name for name in classes if not found.get(name)]
    if empty:
        raise _without_photos([folder for name in empty for folder in places.get(name, ())], empty, listed.is_file())
    reason = _("in no class folder, and so never used")
    stray = [(p.relative_to(root).as_posix(), reason) for p in sorted(images.iterdir()) if is_picture(p)]
    photos = tuple(Photo(path, name) for name in classes for path in found[name])
    return RawSet(root, classes, photos, tuple(stray))


def _is_bare(folder: Path) -> bool:
    """Whether it is empty or holds photos of kinds that are not read: a class, although there is nothing to use."""
    files = [p for p in folder.rglob("*") if p.is_file() and p.name[:1] != "." and p.name.casefold() not in JUNK]
    return not files or any(p.suffix.lower() in NOT_READ for p in files)


def _without_photos(folders: Sequence[Path], empty: Sequence[str], is_listed: bool) -> TrainingError:
    names = ", ".join(empty)
    suffixes = [p.suffix.lower() for folder in folders for p in folder.rglob("*")]
    unread = sorted(NOT_READ.intersection(suffixes))
    if unread:
        text = _("none of {names} that are read, but {suffixes} files")
        found = text.format(names=names, suffixes=", ".join(unread))
        return TrainingError(_("photos of each class"), found, _("convert them to JPEG"))
    listed, alone = _("add photos, or take the class out of classes.txt"), _("add photos, or delete the empty folder")
    found = _("none of {names}").format(names=names)
    return TrainingError(_("photos of each class"), found, listed if is_listed else alone)


def split_folder(root: Path, split: str) -> Path | None:
    """The folder that holds this part of a split set, however it is called."""
    return _called(root, (ELSEWHERE if _is_split_as_elsewhere(root) else FOLDERS)[split])


def _called(root: Path, names: Sequence[str]) -> Path | None:
    """The first folder of one of these names, in capitals or not."""
    folders = {folder.name.casefold(): folder for folder in reversed(class_folders(root))} if root.is_dir() else {}
    return next((folders[name] for name in names if name in folders), None)


def is_prepared(root: Path) -> bool:
    """Whether it is a split set."""
    return split_folder(root, "train") is not None


def _is_split_as_elsewhere(root: Path) -> bool:
    train = _called(root, ELSEWHERE["train"])
    if train is None or _called(root, (*FOLDERS["train"], "images")):
        return False
    return bool(class_folders(train)) and bool(_called(root, ELSEWHERE["val"] + ELSEWHERE["test"]))


def read_prepared(root: Path) -> PreparedSet:
    """A split set; `val.txt` and `test.txt` say which photos are used where they exist, their folders what they are."""
    train = split_folder(root, "train")
    if train is None:
        todo = _("run `gardenwatch-train prepare` first, and give the folder that it wrote")
        expected = _("a prepared set with a training_set folder")
        raise UsageError(expected, _("none in {path}").format(path=root), todo)
    listed = root / "classes.txt"
    folders = tuple(places_of(class_folders(train)))
    classes = read_classes(listed, folders) if listed.is_file() else folders
    photos = {split: _photos_of(root, split, classes) for split in SPLITS}
    missing = [name for name in classes if name not in {p.label for p in photos["train"]}]
    if missing:
        expected = _("photos of each class in {path}").format(path=train)
        raise TrainingError(expected, _("none of {names}").format(names=", ".join(missing)), _("add photos"))
    return PreparedSet(root, classes, photos)


def _photos_of(root: Path, split: str, classes: tuple[str, ...]) -> tuple[Photo, ...]:
    folder = split_folder(root, split)
    if folder is None:
        return ()
    listed = root / f"{split}.txt"
    if split != "train" and listed.is_file():
        train = split_folder(root, "train") or folder
        return tuple(_listed_photos(folder, listed, classes, tuple(places_of(class_folders(train)))))
    places = places_of(class_folders(folder))
    known = [(place, name) for name in classes for place in places.get(name, ())]
    return tuple(Photo(path, name) for place, name in known for path in pictures_below(place))


def _listed_photos(folder: Path, listed: Path, classes: tuple[str, ...], folders: tuple[str, ...]) -> list[Photo]:
    """Lines `<class>/<file> <index>`; Windows writes backslashes, and MMEdu the numbers of the sorted `folders`."""
    lines = []
    for number, line in enumerate(read_text(listed).splitlines(), 1):
        if not line.strip():
            continue
        name, _space, index = line.strip().rpartition(" ")
        name, place = name.replace("\\", "/"), f"{listed}:{number}"
        if not index.isdecimal() or not (folder / name).is_file():
            raise _wrong_line(place, line)
        if is_picture(folder / name):
            lines.append(_Line(place, line, name, int(index)))
    numbered = _numbering(lines, classes, folders)
    return [Photo(folder / line.name, numbered[line.index]) for line in lines]


@dataclass(frozen=True, slots=True)
class _Line:
    place: str
    text: str
    name: str
    index: int

    def fits(self, names: tuple[str, ...], classes: tuple[str, ...]) -> bool:
        """Whether that is its class by these names; a photo that lies in no class folder may be of any."""
        label, inside = class_name(self.name.split("/")[0]), names[self.index] if self.index < len(names) else None
        return inside in classes and (label == inside or label not in classes)


def _numbering(lines: Sequence[_Line], classes: tuple[str, ...], folders: tuple[str, ...]) -> tuple[str, ...]:
    """The names that these numbers count: one order for the whole list, by which each photo lies in its class."""
    for names in (classes, folders):
        if all(line.fits(names, classes) for line in lines):
            return names
    wrong = next(line for line in lines if not line.fits(classes, classes))
    if wrong.index >= len(classes):
        raise _wrong_line(wrong.place, wrong.text)
    text = _("index {index} is {label}, but the photo lies in {folder}")
    found = text.format(index=wrong.index, label=classes[wrong.index], folder=wrong.name.split("/")[0])
    raise TrainingError(_("the number of the photo's class at {place}").format(place=wrong.place), found, _remedy())


def _wrong_line(place: str, line: str) -> TrainingError:
    expected = _("`class/file index` of an existing photo at {place}").format(place=place)
    return TrainingError(expected, line.strip(), _remedy())


def _remedy() -> str:
    return _("correct the line, or delete the file: it is then made from the folders")
