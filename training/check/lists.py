"""Checks the lines of val.txt, test.txt and manifest.csv."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from training.check.fault import Fault, error, warning
from training.check.folders import text_faults
from training.check.scene import Scene
from training.language import _
from training.layout import read_text
from training.manifest import COLUMNS
from training.names import class_name
from training.pictures import is_picture
from training.table import BrokenTable, rows_of

TELLING = ("class", "group", "sighting_id", "block")
"""Columns that decide which class a photo has, and which others it stays with."""


def check_lists(scene: Scene) -> Iterator[Fault]:
    """Each wrong line by its number."""
    for part in ("val", "test"):
        listed = scene.root / f"{part}.txt"
        if part in scene.parts and listed.is_file():
            yield from text_faults(listed)
            yield from _list(scene, part, listed)
    if (scene.root / "manifest.csv").is_file():
        yield from _manifest(scene, scene.root / "manifest.csv")


def _list(scene: Scene, part: str, listed: Path) -> Iterator[Fault]:
    folder = scene.parts[part]
    seen: dict[str, int] = {}
    wrong = _("correct the line, or delete the file: it is then made from the folders")
    for number, line in enumerate(read_text(listed).splitlines(), 1):
        place = f"{listed.name}:{number}"
        written, _space, index = line.strip().rpartition(" ")
        name = written.replace("\\", "/")
        if not line.strip():
            continue
        if "\\" in written:
            yield warning(place, _("a backslash"), _("write / instead: only Windows knows the other"))
        if not written or not index.isdecimal():
            found = _("{line}, where `class/file index` should be").format(line=line.strip())
            yield error(place, found, wrong)
        elif not (folder / name).is_file():
            yield error(place, _("no photo {name} in {folder}").format(name=name, folder=folder.name), wrong)
        elif name in seen:
            text = _("{name} for the second time, after line {line}")
            yield warning(place, text.format(name=name, line=seen[name]), _("keep each photo once"))
        elif not is_picture(folder / name):
            yield warning(place, _("{name} is no photo").format(name=name), _("take the line and the file out"))
        elif int(index) >= len(scene.names):
            text = _("index {index}, but the last class is {last}")
            yield error(place, text.format(index=index, last=len(scene.names) - 1), wrong)
        elif class_name(scene.names[int(index)]) != class_name(name.split("/")[0]):
            text = _("index {index} is {label}, but the photo lies in {folder}")
            values = {"index": index, "label": scene.names[int(index)], "folder": name.split("/")[0]}
            yield error(place, text.format(**values), wrong)
        seen.setdefault(name, number)
    todo = _("add a line for it, or delete {name}: it is then made from the folders").format(name=listed.name)
    for file in scene.pictures:
        if file.part == part and file.path.split("/", 1)[1] not in seen:
            yield warning(file.path, _("not in {name}, and so never used").format(name=listed.name), todo)


def _manifest(scene: Scene, path: Path) -> Iterator[Fault]:
    yield from text_faults(path)
    try:
        rows = rows_of(read_text(path), COLUMNS)
    except BrokenTable as broken:
        yield error(f"manifest.csv:{broken.line}", broken.fault, broken.todo)
        return
    if "path" not in (rows.fieldnames or ()):
        found = _("no column `path` in the first line")
        yield error("manifest.csv:1", found, _("restore the first line, or delete the file"))
        return
    labels = {file.path: file.label for file in scene.pictures}
    seen: dict[str, tuple[int, dict[str, str]]] = {}
    for row in rows:
        name, place = (row["path"] or "").replace("\\", "/"), f"manifest.csv:{rows.line_num}"
        label = row.get("class")
        line, before = seen.get(name) or (0, row)
        seen[name] = rows.line_num, row
        if name not in labels:
            yield warning(place, _("no photo {name}").format(name=name), _("take the line out"))
        elif line:
            yield _second(place, name, line, [key for key in TELLING if row.get(key) != before.get(key)])
        elif label and class_name(label) != class_name(labels[name]):
            found = _("class {label}, but the photo lies in {folder}").format(label=label, folder=labels[name])
            yield error(place, found, _("correct the line, or move the photo with `gardenwatch-train fix`"))


def _second(place: str, name: str, line: int, differing: list[str]) -> Fault:
    found = _("{name} for the second time, after line {line}").format(name=name, line=line)
    if not differing:
        return warning(place, found, _("keep each photo once"))
    found += " " + _("(with another {columns})").format(columns=", ".join(differing))
    return error(place, found, _("keep the right line: of these, only the last one counts"))
