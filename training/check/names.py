"""Checks the names of class folders and photos, which other systems and tools may not keep."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from training.check.fault import Fault, error, warning
from training.check.scene import Scene, class_of
from training.language import _, _n
from training.layout import class_folders
from training.names import SIGNS, is_text
from training.sources import DEVICES

SHOWN = 3
"""So many show what is meant, in one line."""


def check_names(scene: Scene) -> Iterator[Fault]:
    """One fault for each kind: what is wrong with one name is often wrong with a thousand."""
    classes = [folder for place in scene.parts.values() for folder in class_folders(place)]
    listed = {scene.name(folder): class_of(folder.name, scene.classes) for folder in classes}
    names = _names(scene, listed)
    kinds: dict[Fault, list[str]] = defaultdict(list)
    for path, name in names.items():
        kind = _kind(name, listed.get(path))
        if kind:
            kinds[kind].append(path)
    twins = list(_twins(names))
    if twins:
        todo = _("rename one: to Windows and Macs they are one")
        kinds[warning("", _("a name that another differs from in capitals alone"), todo)] = twins
    for kind, (first, *others) in kinds.items():
        found = kind.found
        if others:
            text = _n("({count} more: {names})", "({count} more, such as {names})", len(others))
            found += " " + text.format(count=len(others), names=", ".join(others[:SHOWN]))
        yield replace(kind, place=first, found=found)


def _names(scene: Scene, listed: dict[str, str]) -> dict[str, str]:
    """Of each class folder, each picture, and each folder on the way to it, by path."""
    paths = dict.fromkeys(listed)
    for file in scene.pictures:
        steps = file.path.split("/")
        paths |= dict.fromkeys("/".join(steps[:depth]) for depth in range(1, len(steps) + 1))
    return {path: path.rpartition("/")[2] for path in paths}


def _kind(name: str, label: str | None) -> Fault | None:
    """What is wrong with a name, at no place yet; `label` is the class of a class folder."""
    if not is_text(name) and label is not None:
        return error("", _("a class folder whose name is not UTF-8"), _("rename the folder"))  # it is not read
    if not is_text(name):
        return warning("", _("a name that is not UTF-8"), _("rename it: no list can hold that name"))
    if "\\" in name or any(unicodedata.category(sign) == "Cc" for sign in name):
        todo = _("rename it: lists take the first for a slash, and the other for the end of a line")
        return warning("", _("a backslash or a control sign in the name"), todo)
    if label is not None and name != name.strip():
        todo = _("rename the folder: nobody sees the blank, and to BaseDT and MMEdu it is another class")
        return warning("", _("a blank at an end of the class's name"), todo)
    if label is not None and name != label:
        found = _("the same name as in classes.txt by its looks, but of other signs (accents apart, as on Macs)")
        todo = _("rename the folder as classes.txt writes it: BaseDT and MMEdu take them for two classes")
        return warning("", found, todo)
    if name.endswith((".", " ")) or not set(SIGNS).isdisjoint(name) or name.partition(".")[0].upper() in DEVICES:
        todo = _("rename it, or the set cannot be copied to such a computer")
        return warning("", _("a name that Windows cannot hold"), todo)
    return None


def _twins(names: dict[str, str]) -> Iterator[str]:
    seen: set[str] = set()
    for path in names:
        folder, _slash, name = path.rpartition("/")
        key = f"{folder}/{unicodedata.normalize('NFC', name).casefold()}"
        if key in seen:
            yield path
        seen.add(key)
