"""Checks each photo, and what else lies among them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tqdm import tqdm

from training.check.fault import Fault, error, warning
from training.check.scene import File, Scene
from training.language import _
from training.layout import JUNK, class_folders, is_hidden
from training.picture_facts import FORMATS, Facts, facts_of
from training.pictures import NOT_READ, UnreadablePicture, is_picture

SMALL_PX = 32
"""Enlarged seven times to the network's 224, it is a blur."""
LARGE_PX = 8000
"""A 10 000 px photo takes 300 MB while it is read."""


def read_all(scene: Scene) -> tuple[dict[str, Facts], list[Fault]]:
    """The facts of each picture that can be read, by path, and an error for each that cannot."""

    def facts(file: File) -> Facts | UnreadablePicture:
        try:
            return facts_of(scene.root / file.path)
        except UnreadablePicture as unreadable:
            return unreadable

    known, faults = {}, []
    todo = _("take a new copy of the photo, or delete the file")
    with ThreadPoolExecutor() as pool:
        each = tqdm(pool.map(facts, scene.pictures), total=len(scene.pictures), desc=_("reading"), unit=_("photo"))
        for file, found in zip(scene.pictures, each, strict=True):
            if isinstance(found, Facts):
                known[file.path] = found
            else:
                faults.append(error(file.path, str(found), todo))
    return known, faults


def check_photos(facts: dict[str, Facts]) -> Iterator[Fault]:
    """What other tools than ours might see otherwise."""
    for path, known in facts.items():
        fact = known.file
        named = FORMATS.get(Path(path).suffix.lower())
        size = _("{width} × {height} pixels").format(width=fact.width, height=fact.height)
        if named != fact.format:
            found = _("a {format} file by its content").format(format=fact.format)
            yield warning(path, found, _("rename it: some programs go by the name"))
        if fact.mode == "CMYK":
            yield warning(path, _("colours for printing (CMYK)"), _("`gardenwatch-train prepare` writes it as RGB"))
        if fact.is_deep:
            found = _("more than 8 bits per pixel")
            yield warning(path, found, _("`gardenwatch-train prepare` writes it with 8; others cut it off"))
        if fact.frames > 1:
            found = _("{count} pictures in one file").format(count=fact.frames)
            yield warning(path, found, _("only the first is used"))
        if fact.is_turned:
            found = _("turned by its EXIF orientation")
            yield warning(path, found, _("`gardenwatch-train prepare` writes it upright; some programs show it lying"))
        if max(fact.width, fact.height) > LARGE_PX:
            yield warning(path, size, _("reduce it: a copy of 1024 pixels trains as well, and loads much faster"))
        if min(fact.width, fact.height) < SMALL_PX:
            yield warning(path, size, _("look whether one can see anything on it"))


def check_other_files(scene: Scene) -> Iterator[Fault]:
    """What is no photo, or lies where no class is."""
    junk = _("delete it: BaseDT copies it into the set as if it were a photo")
    for place in scene.parts.values():
        for path in sorted(_below(place)):
            if path.is_symlink() and not path.is_file():
                yield from _link(path, place, scene.name(path))
            if not path.is_file() or (is_picture(path) and path.parent != place):
                continue
            if place == scene.root and path.parent == place and not is_picture(path):
                continue  # classes.txt, and whatever stands beside it
            name = scene.name(path)
            if path.parent == place and is_picture(path):
                yield warning(name, _("in no class folder, and so never used"), _("move it into its class"))
            elif path.name.lower() in JUNK or path.name.startswith("._"):
                yield warning(name, _("left behind by the system"), junk)
            elif path.suffix.lower() in NOT_READ:
                found = _("{suffix} files are not read").format(suffix=path.suffix.lower())
                yield error(name, found, _("convert it to JPEG, or move it away"))
            elif not _hidden(path, place):
                yield warning(name, _("no photo"), _("move it out of the class folder"))


def _below(place: Path) -> Iterator[Path]:
    """All that lies in it, and in class folders that are links, as these are followed."""
    for folder in (place, *filter(Path.is_symlink, class_folders(place))):
        yield from folder.rglob("*")


def _link(path: Path, place: Path, name: str) -> Iterator[Fault]:
    if is_hidden(path, place):
        return
    if not path.exists():
        yield error(name, _("a link whose target is gone"), _("put the file itself there, or delete the link"))
    elif path.parent != place:
        yield warning(name, _("a link to a folder, which is not followed"), _("put its photos into the class folder"))


def _hidden(path: Path, place: Path) -> bool:
    return any(step.startswith(".") for step in path.relative_to(place).parts)
