"""Tells which reviewed photos a set has already, and which of its labels they correct."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from training.language import _
from training.merge.incoming import Incoming
from training.places import Places


@dataclass(slots=True)
class Compared:
    """Photos that are new; corrections by path in the set; how many are there already; the others with the reason.

    `copies` are (path in the set, photo) with the same bytes, whatever became of the photo, for they say what belongs
    to a photo of the set; `sightings` are those that its manifest does not know yet, by path.
    """

    new: list[Incoming] = field(default_factory=list)
    corrected: dict[str, Incoming] = field(default_factory=dict)
    already: int = 0
    left_out: dict[str, str] = field(default_factory=dict)
    copies: list[tuple[str, Incoming]] = field(default_factory=list)
    sightings: dict[str, str] = field(default_factory=dict)


def compare(
    places: Places,
    digests: Mapping[str, str],
    manifest: Mapping[str, dict[str, str]],
    photos: Sequence[tuple[Incoming, str]],
    unusable: Container[str] = (),
) -> Compared:
    """By their bytes: `digests` are those of the set's photos by path, and each photo comes with its own.

    Of the `unusable` ones, by name, nothing counts but what they are copies of.

    A label is corrected only by a person's later word, so that merging an old folder again undoes no `fix`.
    """
    by_digest: dict[str, list[str]] = {}
    for name, digest in digests.items():
        if name in places.photos:
            by_digest.setdefault(digest, []).append(name)
    done = Compared()
    first: dict[str, Incoming] = {}
    for photo, digest in photos:
        names = by_digest.get(digest, [])
        done.copies += [(name, photo) for name in names]
        unknown = [name for name in names if photo.sighting and not manifest.get(name, {}).get("sighting_id")]
        done.sightings |= dict.fromkeys(unknown, photo.sighting) | done.sightings
        if photo.name in unusable:
            continue
        if photo.label not in places.classes:
            done.left_out[photo.name] = _("class {name} is not in the set").format(name=photo.label)
        elif not names:
            same = first.setdefault(digest, photo)
            if same is photo:
                done.new.append(photo)
            elif same.label != photo.label:
                done.left_out[photo.name] = _("the same as {name}, of another class").format(name=same.name)
        else:
            _copy(done, places, manifest, names[-1], photo)
    return done


def _copy(done: Compared, places: Places, manifest: Mapping[str, dict[str, str]], name: str, photo: Incoming) -> None:
    label = places.photos[name].label
    if label == photo.label:
        done.already += 1
    elif places.split[name] == "test":
        text = _("in the test split as {label}; correct that with `gardenwatch-train fix`")
        done.left_out[photo.name] = text.format(label=label)
    elif _judged_at(photo.row) > _judged_at(manifest.get(name, {})):
        done.corrected[name] = photo
    else:
        done.left_out[photo.name] = _("in the set as {label}, and not judged since").format(label=label)


def _judged_at(row: dict[str, str]) -> float:
    try:
        return datetime.fromisoformat(row.get("judged_at") or "").timestamp()
    except ValueError:
        return 0.0
