"""What lies in a set, read without ever refusing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from training.errors import TrainingError, UsageError
from training.language import _
from training.layout import (
    FOLDERS,
    class_folders,
    is_prepared,
    pictures_below,
    read_classes,
    read_text,
    split_folder,
)  # fmt: skip
from training.names import class_name


@dataclass(frozen=True, slots=True)
class File:
    """A picture by its path in the set, the part it lies in ("raw", "train", "val", "test"), its folder's class."""

    path: str
    part: str
    label: str


@dataclass(frozen=True, slots=True)
class Scene:
    """`parts` are the folders that hold class folders; `classes` is None where there is no classes.txt."""

    root: Path
    parts: dict[str, Path]
    classes: tuple[str, ...] | None
    pictures: list[File]

    @property
    def names(self) -> tuple[str, ...]:
        """The classes as every part of training numbers them."""
        return self.classes if self.classes is not None else self.folders(self.first_part)

    @property
    def first_part(self) -> str:
        return next(iter(self.parts))

    def folders(self, part: str) -> tuple[str, ...]:
        """The classes that have a folder in a part, sorted."""
        if part not in self.parts:
            return ()
        return tuple(dict.fromkeys(class_of(path.name, self.classes) for path in class_folders(self.parts[part])))

    def count(self, part: str, label: str) -> int:
        return sum(1 for file in self.pictures if file.part == part and file.label == label)

    def name(self, path: Path) -> str:
        """As a fault names it: from the set on, with slashes."""
        return path.relative_to(self.root).as_posix()


def look_at(root: Path) -> Scene:
    """Raises UsageError where there is no such folder, or nothing in it that could be a set."""
    if not root.is_dir():
        todo = _("give the folder that holds images/ or training_set/")
        raise UsageError(_("a folder of photos"), _("nothing at {path}").format(path=root), todo)
    if is_prepared(root):
        parts = {part: folder for part in FOLDERS if (folder := split_folder(root, part))}
    else:
        parts = {"raw": root / "images" if (root / "images").is_dir() else root}
    classes = _classes(root / "classes.txt", [folder.name for folder in class_folders(next(iter(parts.values())))])
    pictures = [
        File(path.relative_to(root).as_posix(), part, class_of(folder.name, classes))
        for part, place in parts.items()
        for folder in class_folders(place)
        for path in pictures_below(folder)
    ]
    if not pictures:
        todo = _("put the photos into images/CLASS/, one folder per class")
        expected = _("photos in class folders, as in images/bee/1.jpg")
        raise UsageError(expected, _("none in {path}").format(path=root), todo)
    return Scene(root, parts, classes, pictures)


def class_of(folder: str, classes: Sequence[str] | None) -> str:
    """The class of a folder of that name, as classes.txt spells it."""
    return next((name for name in classes or () if class_name(name) == class_name(folder)), folder)


def _classes(listed: Path, folders: Sequence[str]) -> tuple[str, ...] | None:
    if not listed.is_file():
        return None
    written = {class_name(line): line.strip() for line in read_text(listed).splitlines() if line.strip()}
    try:
        names = read_classes(listed, folders)
    except TrainingError:  # named by the check of classes.txt
        return tuple(written.values())
    return tuple(written.get(class_name(name), name) for name in names)
