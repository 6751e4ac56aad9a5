"""Tells which reviewed photos a set has already, and which of its labels they correct."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from training.language import _
from training.merge.incoming import Incoming
from training.places import Places


@dataclass(slots=True)
class Compared:
    """Photos that are new; corrections by path in the set; how many are there already; the others with the reason."""

    new: list[Incoming] = field(default_factory=list)
    corrected: dict[str, Incoming] = field(default_factory=dict)
    already: int = 0
    left_out: dict[str, str] = field(default_factory=dict)


def compare(
    places: Places,
    digests: Mapping[str, str],
    manifest: Mapping[str, dict[str, str]],
    photos: Sequence[tuple[Incoming, str]],
) -> Compared:
    """By their bytes: `digests` are those of the set's photos by path, and each photo comes with its own.

    A label is corrected only by a person's later word, so that merging an old folder again undoes no `fix`.
    """
    by_digest = {digest: name for name, digest in digests.items() if name in places.photos}
    done = Compared()
    first: dict[str, Incoming] = {}
    for photo, digest in photos:
        name = by_digest.get(digest)
        if name is None:
            same = first.setdefault(digest, photo)
            if same is photo:
                done.new.append(photo)
            elif same.label != photo.label:
                done.left_out[photo.name] = _("the same as {name}, of another class").format(name=same.name)
            continue
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
    return done


def _judged_at(row: dict[str, str]) -> float:
    try:
        return datetime.fromisoformat(row.get("judged_at") or "").timestamp()
    except ValueError:
        return 0.0
