"""Checks a set from its class list down to single photos."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from training import journal
from training.check.copies import check_copies
from training.check.fault import Fault, error
from training.check.folders import check_folders
from training.check.lists import check_lists
from training.check.names import check_names
from training.check.photos import check_other_files, check_photos, read_all
from training.check.scene import Scene, look_at
from training.check.xedu import check_xedu
from training.language import _


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at, and what is wrong with it."""

    scene: Scene
    faults: list[Fault]
    xedu: list[Fault]
    """What BaseDT and MMEdu would refuse or misread; it may say the same as `faults`."""


def check(root: Path) -> Checked:
    """Changes nothing. Raises UsageError where there is no set."""
    scene = look_at(root)
    facts, unreadable = read_all(scene)
    faults = [
        *_interrupted(root),
        *check_folders(scene), *check_names(scene), *check_lists(scene), *unreadable, *check_photos(facts),
        *check_other_files(scene), *check_copies(scene, facts),
    ]  # fmt: skip
    return Checked(scene, faults, list(check_xedu(scene, facts)))


def _interrupted(root: Path) -> list[Fault]:
    """A change by `fix` or `merge` that was cut off, and not finished since."""
    kind = journal.unfinished(root)
    if kind is None:
        return []
    todo = _("type `gardenwatch-train {kind} {path} --undo`, or the command again to finish it")
    return [error(journal.FOLDER, _("a change that was interrupted"), todo.format(kind=kind or "fix", path=root))]
