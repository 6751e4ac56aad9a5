"""Merges reviewed photos into a split set, as one change that can be taken back."""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from training import journal
from training.check.photos import read_all
from training.check.scene import look_at
from training.errors import TrainingError, UsageError
from training.language import _
from training.layout import is_prepared
from training.merge.change import change_of
from training.merge.compare import Compared, compare
from training.merge.incoming import Incoming, read_reviewed, said_in
from training.merge.sides import Joining, sort_out
from training.pictures import UnreadablePicture
from training.places import Places, read_places
from training.plain_copy import plain_bytes

NewClasses = Literal["refuse", "add", "leave-out"]


@dataclass(frozen=True, slots=True)
class Merged:
    """What came: photos per side and class; photos of the set whose class was corrected; those that it had before;
    those left out with the reason; new classes; whether a manifest said what belongs together; pairs that look alike,
    but differ in their class; of how many photos of the set the sighting or the judgement was noted."""

    added: dict[str, Counter[str]]
    corrected: dict[str, str]
    already: int
    left_out: dict[str, str]
    new_classes: tuple[str, ...]
    has_manifest: bool
    in_two_classes: list[tuple[str, str]] = field(default_factory=list)
    noted: int = 0


def merge(root: Path, reviewed: Path, new_classes: NewClasses = "refuse") -> Merged:
    """Photos of `reviewed` join training and validation of `root`; its test split stays byte for byte what it was.

    A second time, nothing is left to do. Raises UsageError or TrainingError before anything is changed.
    """
    _refuse_what_is_no_pair(root, reviewed)
    places = read_places(root)
    found = read_reviewed(reviewed)
    usable = [photo for photo in found.photos if photo.name not in found.left_out]
    wider = replace(places, classes=places.classes + _new_classes(places, usable, new_classes))
    known, _unreadable = read_all(look_at(root))
    manifest = said_in(root)
    with tempfile.TemporaryDirectory(prefix="gardenwatch") as folder:
        copies, with_digest, unreadable = _plain_copies(Path(folder), found.photos)
        digests = {name: facts.digest for name, facts in known.items()}
        compared = compare(wider, digests, manifest, with_digest, found.left_out | unreadable)
        sorted_out = sort_out(wider, known, manifest, found.photos, compared)
        joined = sorted_out.joining
        added_classes = _classes_that_come(places, joined, compared)
        places = replace(places, classes=places.classes + added_classes)
        _refuse_classes_without_training_photos(places, joined, compared)
        noted = compared.sightings.keys() | compared.confirmed.keys()
        if joined or compared.corrected or noted:
            journal.apply(root, change_of(places, joined, compared, copies, added_classes))
    return Merged(
        added={side: Counter(one.photo.label for one in joined if one.side == side) for side in ("train", "val")},
        corrected={name: photo.label for name, photo in compared.corrected.items()},
        already=compared.already,
        left_out=found.left_out | unreadable | compared.left_out | sorted_out.left_out,
        new_classes=added_classes,
        has_manifest=found.has_manifest,
        in_two_classes=sorted_out.in_two_classes,
        noted=len(noted),
    )


def _refuse_what_is_no_pair(root: Path, reviewed: Path) -> None:
    if not is_prepared(root):
        todo = _("run `gardenwatch-train prepare` first, and give the folder that it wrote")
        expected = _("a prepared set with a training_set folder")
        raise UsageError(expected, _("none in {path}").format(path=root), todo)
    if reviewed.resolve() == root.resolve():
        todo = _("give the folder that `gardenwatch export --format dataset` wrote")
        raise UsageError(_("reviewed photos in another folder than the set"), str(reviewed), todo)


def _new_classes(places: Places, photos: Sequence[Incoming], choice: NewClasses) -> tuple[str, ...]:
    counts = Counter(photo.label for photo in photos if photo.label not in places.classes)
    if counts and choice == "refuse":
        names = ", ".join(f"{name} ({count})" for name, count in counts.items())
        expected = _("only classes of the set: {names}").format(names=", ".join(places.classes))
        todo = _("give --new-classes add or --new-classes leave-out, or rename their folders")
        raise TrainingError(expected, _("photos of {names}").format(names=names), todo)
    return tuple(sorted(counts)) if choice == "add" else ()


def _classes_that_come(places: Places, joined: Sequence[Joining], compared: Compared) -> tuple[str, ...]:
    labels = {one.photo.label for one in joined} | {photo.label for photo in compared.corrected.values()}
    return tuple(sorted(labels.difference(places.classes)))


def _refuse_classes_without_training_photos(places: Places, joined: Sequence[Joining], compared: Compared) -> None:
    """Such a set can be read no more, and so not be mended by another merge either."""
    trained = {one.photo.label for one in joined if one.side == "train"}
    for name, photo in places.photos.items():
        if places.split[name] == "train":
            trained.add(compared.corrected.get(name, photo).label)
    missing = ", ".join(name for name in places.classes if name not in trained)
    if missing:
        found = _("none of {names} after this merge").format(names=missing)
        todo = _("add others of it, or give --new-classes leave-out where it is new; nothing was changed")
        raise TrainingError(_("photos of each class to train on"), found, todo)


def _plain_copies(
    folder: Path, photos: Sequence[Incoming]
) -> tuple[dict[str, Path], list[tuple[Incoming, str]], dict[str, str]]:
    """The file to copy for each photo by name, each photo with the digest of what is copied, and why some are not."""
    copies, with_digest, unreadable = {}, [], {}
    for number, photo in enumerate(photos):
        try:
            data = plain_bytes(photo.path)
        except UnreadablePicture as error:
            unreadable[photo.name] = str(error)
            continue
        digest = hashlib.sha256(data).hexdigest()
        copies[photo.name] = photo.path
        if digest != photo.facts.digest:
            copies[photo.name] = folder / str(number)
            copies[photo.name].write_bytes(data)
        with_digest.append((photo, digest))
    return copies, with_digest, unreadable
