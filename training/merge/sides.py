"""Decides which photos may join a set, and on which side of its split.

What belongs together stays together: photos of one sighting, of one group, and near-duplicates. What belongs to a photo
of the test split stays out, or figures before and after could not be compared.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from training.duplicates import groups_of, near_duplicates
from training.language import _
from training.manifest import same_bytes, same_group
from training.merge.compare import Compared
from training.merge.incoming import Incoming
from training.picture_facts import Facts
from training.places import Places

Manifest = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Joining:
    """A photo that comes in: on that side, in that group of the set's manifest."""

    photo: Incoming
    side: str
    group: str


@dataclass(frozen=True, slots=True)
class SortedOut:
    """The new photos that join, and the reason for each other new one.

    `in_two_classes` are pairs that look alike, but differ in their class: a photo that joins, and before it one of the
    set, by its path, or another that joins.
    """

    joining: list[Joining]
    left_out: dict[str, str]
    in_two_classes: list[tuple[str, str]]


def sort_out(
    places: Places, known: dict[str, Facts], manifest: Manifest, photos: Sequence[Incoming], compared: Compared
) -> SortedOut:
    """`known` are the facts of the set's photos.

    Photos that the set has already tie the others of their sighting to it. A group without a tie to the set goes where
    its class lacks photos most, so that training and validation keep their proportion.
    """
    names = [name for name in places.photos if name in known]
    signatures = [known[name].signature for name in names] + [photo.facts.signature for photo in photos]
    alike = near_duplicates(signatures, since=len(names))
    groups = groups_of(len(names) + len(photos), alike + _ties(names, manifest, photos, compared))
    inside: dict[int, list[str]] = defaultdict(list)
    for index, name in enumerate(names):
        inside[groups[index]].append(name)
    new = {photo.name for photo in compared.new}
    coming: dict[int, list[Incoming]] = defaultdict(list)
    for index, photo in enumerate(photos):
        if photo.name in new:
            coming[groups[len(names) + index]].append(photo)
    counts = _counts(places)
    share = counts["val"].total() / max(1, counts["train"].total() + counts["val"].total())
    given = [int(g) for row in manifest.values() if (g := row.get("group") or "").isdecimal()]
    numbers = itertools.count(max(given, default=-1) + 1)
    joining: list[Joining] = []
    left_out: dict[str, str] = {}
    for group, members in coming.items():
        tied = inside[group]
        sides = {str(places.split[name]): name for name in reversed(tied)}
        reason = _why_not(sides)
        if reason:
            left_out |= {photo.name: reason for photo in members}
            continue
        labels = Counter(photo.label for photo in members)
        side = next(iter(sides), None) or _lacking(labels, counts, share)
        counts[side] += labels
        known_groups = [manifest.get(name, {}).get("group") or "" for name in tied]
        name_of_group = next(filter(None, known_groups), "") or str(next(numbers))
        joining += [Joining(photo, side, name_of_group) for photo in members]
    joining.sort(key=lambda one: one.photo.name)
    there = [(name, compared.corrected.get(name, places.photos[name]).label) for name in names]
    return SortedOut(joining, left_out, _in_two_classes(there, photos, joining, alike))


def _why_not(sides: dict[str, str]) -> str | None:
    """Why photos cannot join that belong to photos of the set; `sides` are those on which they lie, each with one."""
    if "test" in sides:
        return _("belongs to {name} of the test split").format(name=sides["test"])
    if len(sides) > 1:
        text = _("belongs to {train} of the training split and to {val} of the validation split")
        return text.format(train=sides["train"], val=sides["val"])
    return None


def _in_two_classes(
    there: list[tuple[str, str]],
    photos: Sequence[Incoming],
    joining: Sequence[Joining],
    alike: Sequence[tuple[int, int]],
) -> list[tuple[str, str]]:
    """Names of the pairs that lie in two classes of the set then; `there` are its photos, each with its class."""
    joins = {one.photo.name for one in joining}
    labelled = there + [(photo.name, photo.label if photo.name in joins else "") for photo in photos]
    pairs = [(labelled[a], labelled[b]) for a, b in alike]
    return [(name, other) for (name, a), (other, b) in pairs if a and b and a != b]


def _ties(
    names: list[str], manifest: Manifest, photos: Sequence[Incoming], compared: Compared
) -> list[tuple[int, int]]:
    """Pairs with at least one photo that comes in."""
    own = same_group([photo.name for photo in photos], {photo.name: photo.row for photo in photos})
    own += same_bytes([photo.facts.digest for photo in photos])
    pairs = [(len(names) + a, len(names) + b) for a, b in own]
    place = {name: index for index, name in enumerate(names)}
    place_of_photo = {photo.name: len(names) + index for index, photo in enumerate(photos)}
    pairs += [(place[name], place_of_photo[photo.name]) for name, photo in compared.copies]
    # Not by `group`: the numbers of two manifests have nothing to do with each other.
    sightings: dict[str, list[int]] = defaultdict(list)
    for index, name in enumerate(names):
        sightings[manifest.get(name, {}).get("sighting_id") or ""].append(index)
    pairs += [(i, place_of_photo[p.name]) for p in photos if p.sighting for i in sightings[p.sighting]]
    return pairs


def _counts(places: Places) -> dict[str, Counter[str]]:
    """How many photos of each class training and validation have."""
    counts = {side: Counter[str]() for side in ("train", "val")}
    for name, photo in places.photos.items():
        if places.split[name] in counts:
            counts[str(places.split[name])][photo.label] += 1
    return counts


def _lacking(labels: Counter[str], counts: dict[str, Counter[str]], share: float) -> str:
    """ "val" where half of these photos or more still fit into its `share` of their classes, else "train", and there
    the first ones of a class in any case."""
    if any(counts["train"][label] == 0 for label in labels):
        return "train"
    val = sum(counts["val"][label] for label in labels)
    total = val + sum(counts["train"][label] for label in labels) + labels.total()
    return "val" if val + labels.total() / 2 <= share * total else "train"
