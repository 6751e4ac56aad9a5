"""Checks for photos that lie in a set more than once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from training.check.fault import Fault, error, warning
from training.check.scene import File, Scene
from training.duplicates import near_duplicates
from training.language import _
from training.picture_facts import Facts


def check_copies(scene: Scene, facts: dict[str, Facts]) -> Iterator[Fault]:
    """Copies in two parts of the split, in two classes, or side by side; then those that are only alike."""
    files = [file for file in scene.pictures if file.path in facts]
    same: dict[str, list[File]] = defaultdict(list)
    for file in files:
        same[facts[file.path].digest].append(file)
    for first, *others in same.values():
        for other in others:
            yield _copy(first, other)
    near = defaultdict(list)
    for a, b in near_duplicates([facts[file.path].signature for file in files]):
        if facts[files[a].path].digest != facts[files[b].path].digest:
            near[files[b].path].append(files[a])
    for file in files:
        for other in near[file.path]:
            yield from _alike(other, file)


def _copy(first: File, other: File) -> Fault:
    found = _("the same as {name}").format(name=first.path)
    if first.label != other.label:
        return error(other.path, found, _("one photo in two classes: keep the right one"))
    if first.part != other.part:
        todo = _("a photo that is trained on cannot test: prepare the set again, which keeps copies together")
        return error(other.path, found, todo)
    return warning(other.path, found, _("keep one of them"))


def _alike(first: File, other: File) -> Iterator[Fault]:
    found = _("nearly the same as {name}").format(name=first.path)
    if first.part != other.part:
        todo = _("what is trained on flatters the test: prepare the set again, which keeps such photos together")
        yield warning(other.path, found, todo)
    elif first.label != other.label:
        yield warning(other.path, found, _("look which class is right"))
