"""Checks classes.txt against the folders, and whether there are enough photos."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

from training.check.fault import Fault, error, warning
from training.check.scene import Scene
from training.language import _, _n
from training.layout import FOLDERS, read_text

FEW = 10
"""A class of less learns by heart; the course's own sets have 20 and more."""
LOPSIDED = 10
"""A class this many times smaller than the largest is hardly ever named."""
PARTS = {"raw": "images", "train": "training_set", "val": "val_set", "test": "test_set"}


def check_folders(scene: Scene) -> Iterator[Fault]:
    """Classes, folders, numbers."""
    yield from _class_list(scene)
    if len(scene.names) == 1:
        todo = _('add a second class; "background" with empty scenes is a good one')
        yield error("classes.txt", _("one class only"), todo)
    for part, place in scene.parts.items():
        yield from _folders(scene, part, scene.name(place))
    yield from _numbers(scene)
    if scene.first_part == "train":
        yield from _parts(scene)


def text_faults(path: Path) -> Iterator[Fault]:
    """How a list was saved; MMEdu and BaseDT read it in the system's own way, which differs between computers."""
    data = path.read_bytes()
    if data.startswith(b"\xef\xbb\xbf"):
        yield warning(path.name, _("a byte order mark at the beginning"), _("save it as UTF-8 without BOM"))
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        line = data[: _first_bad(data)].count(b"\n") + 1
        yield warning(f"{path.name}:{line}", _("not UTF-8, read as GBK"), _("save it as UTF-8"))


def _first_bad(data: bytes) -> int:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as bad:
        return bad.start
    return 0


def _class_list(scene: Scene) -> Iterator[Fault]:
    listed = scene.root / "classes.txt"
    if scene.classes is None:
        names = ", ".join(scene.names)
        todo = _("write one class per line; until then they count as {names}").format(names=names)
        yield warning("classes.txt", _("missing"), todo)
        return
    yield from text_faults(listed)
    lines = [line.strip() for line in read_text(listed).splitlines()]
    if not any(lines):
        yield error("classes.txt", _("empty"), _("write one class per line"))
    written = [line for line in lines if line]
    if written and all(line.rpartition(" ")[0] in scene.names for line in written):
        yield warning("classes.txt:1", _("names with numbers behind them"), _("write the names alone"))
    for number, line in enumerate(lines, 1):
        place = f"classes.txt:{number}"
        if not line and any(lines[number:]):
            yield warning(place, _("an empty line"), _("take it out: the place of a line is the number of its class"))
        if line and line in lines[: number - 1]:
            text = _("{name} for the second time, after line {line}")
            found = text.format(name=line, line=lines.index(line) + 1)
            yield error(place, found, _("keep each class once"))


def _folders(scene: Scene, part: str, place: str) -> Iterator[Fault]:
    if scene.classes is None:
        return
    folders = scene.folders(part)
    for name in folders:
        if name not in scene.classes and scene.count(part, name):
            near = difflib.get_close_matches(name.casefold(), [c.casefold() for c in scene.classes], 1, 0.8)
            todo = _("add it to classes.txt, or move the folder away")
            found = _("a class folder that classes.txt lacks")
            if near:
                found += " " + _("(is it {name}?)").format(name=near[0])
            yield error(f"{place}/{name}", found, todo)
    for number, name in enumerate(scene.classes, 1):
        if name not in folders and part in ("raw", "train"):
            found = _("class {name} has no folder {place}/{name}").format(name=name, place=place)
            yield error(f"classes.txt:{number}", found, _("add the folder with photos, or take the line out"))


def _numbers(scene: Scene) -> Iterator[Fault]:
    part = scene.first_part
    place = scene.name(scene.parts[part])
    counts = {name: scene.count(part, name) for name in scene.names}
    most = max(counts.values(), default=0)
    for name, count in counts.items():
        where = f"{place}/{name}"
        if count == 0 and name in scene.folders(part):
            yield error(where, _("no photo"), _("add photos, or take the class out"))
        elif count == 1:
            yield warning(where, _("one photo"), _("add more: a class of one can be trained or tested, not both"))
        elif 1 < count < FEW:
            text = _n("{count} photo", "{count} photos", count).format(count=count)
            yield warning(where, text, _("add more: below 10 they are learned by heart"))
        elif 0 < count * LOPSIDED < most:
            text = _n(
                "{count} photo, and {most} of the largest class",
                "{count} photos, and {most} of the largest class",
                count,
            ).format(count=count, most=most)
            yield warning(where, text, _("add more, or the class is hardly ever named"))


def _parts(scene: Scene) -> Iterator[Fault]:
    spelled = scene.parts["train"].name
    if spelled != FOLDERS["train"][0]:
        yield warning(spelled, _("called training_set in the course"), _("rename the folder to training_set"))
    for part in ("val", "test"):
        if part not in scene.parts or not any(file.part == part for file in scene.pictures):
            make = error if part == "val" else warning
            todo = _("make the set with `gardenwatch-train prepare`")
            yield make(PARTS[part], _("no photos"), todo)
            continue
        for name in scene.names:
            if not scene.count(part, name):
                todo = _("prepare the set again with more photos: this class is not measured")
                yield warning(f"{PARTS[part]}/{name}", _("no photo"), todo)
