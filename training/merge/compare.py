"""Tells which reviewed photos a set has already, and which of its labels they correct."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field

from training.language import _
from training.merge.incoming import Incoming
from training.merge.judged import NEVER, judged_at, judgement, unread
from training.places import Places


@dataclass(slots=True)
class Compared:
    """Photos that are new; corrections by path in the set; how many are there already; the others with the reason.

    `copies` are (path in the set, photo) with the same bytes, whatever became of the photo, for they say what belongs
    to a photo of the set. What its manifest does not know yet, by path: `sightings`, and in `confirmed` who said last
    that the class is right, and when.
    """

    new: list[Incoming] = field(default_factory=list)
    corrected: dict[str, Incoming] = field(default_factory=dict)
    already: int = 0
    left_out: dict[str, str] = field(default_factory=dict)
    copies: list[tuple[str, Incoming]] = field(default_factory=list)
    sightings: dict[str, str] = field(default_factory=dict)
    confirmed: dict[str, dict[str, str]] = field(default_factory=dict)


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
    usable: dict[str, list[Incoming]] = {}
    for photo, digest in photos:
        names = by_digest.get(digest, [])
        done.copies += [(name, photo) for name in names]
        unknown = [name for name in names if photo.sighting and not manifest.get(name, {}).get("sighting_id")]
        done.sightings |= dict.fromkeys(unknown, photo.sighting) | done.sightings
        if photo.name not in unusable:
            usable.setdefault(digest, []).append(photo)
    for digest, same in usable.items():
        said, contradicting = _last_word(same)
        done.left_out |= contradicting
        if said and said[0].label not in places.classes:
            done.left_out |= {p.name: _("class {name} is not in the set").format(name=p.label) for p in said}
        elif said and digest in by_digest:
            _copy(done, places, manifest, by_digest[digest], said)
        else:
            done.new += said[:1]
    return done


def _last_word(same: Sequence[Incoming]) -> tuple[list[Incoming], dict[str, str]]:
    """Of photos with the same bytes those of the class that was said last, the last first, and why the others are out.

    All are out where nobody can tell which word is the last.
    """
    moments = {photo.name: judged_at(photo.row) for photo in same}
    said = sorted(same, key=lambda photo: -(moments[photo.name] or NEVER))
    label, last = said[0].label, moments[said[0].name]
    others = [photo for photo in said if photo.label != label]
    if not others:
        return said, {}
    if not last or None in moments.values() or any(moments[photo.name] == last for photo in others):
        text = _("the same as {name}, of another class; which was judged later cannot be told")
        reasons = {}
        for photo in same:
            told = [text.format(name=next(other.name for other in same if other.label != photo.label))]
            told += [unread(photo.row)] if moments[photo.name] is None else []
            reasons[photo.name] = "; ".join(told)
        return [], reasons
    reason = _("the same as {name}, of another class and judged later").format(name=said[0].name)
    return [photo for photo in said if photo.label == label], {photo.name: reason for photo in others}


def _copy(
    done: Compared,
    places: Places,
    manifest: Mapping[str, dict[str, str]],
    names: Sequence[str],
    said: Sequence[Incoming],
) -> None:
    """What one word says of every copy in the set, where the last word on any of them counts."""
    photo, now = said[0], judged_at(said[0].row)
    before = {name: judged_at(manifest.get(name, {})) for name in names}
    reasons = []
    for name in names:
        label, since = places.photos[name].label, before[name]
        if label == photo.label:
            if now and since is not None and now > since:
                done.confirmed[name] = judgement(photo.row)
            continue
        reason = _why_it_stays(name, places, photo, now, before, manifest)
        if reason:
            reasons.append(reason)
        else:
            done.corrected[name] = photo
    if reasons:
        done.left_out |= {one.name: "; ".join(reasons) for one in said}
    elif not any(name in done.corrected for name in names):
        done.already += len(said)


def _why_it_stays(
    name: str,
    places: Places,
    photo: Incoming,
    now: float | None,
    before: Mapping[str, float | None],
    manifest: Mapping[str, dict[str, str]],
) -> str | None:
    label = places.photos[name].label
    if places.split[name] == "test":
        text = _("{name} stays {label} in the test split; correct that with `gardenwatch-train fix`")
        return text.format(name=name, label=label)
    unclear = [photo.row] if now is None else [manifest[one] for one, moment in before.items() if moment is None]
    if now is None or unclear:
        return "; ".join([_("in the set as {label}").format(label=label), unread(unclear[0])])
    if now <= max(moment for moment in before.values() if moment is not None):
        return _("in the set as {label}, and not judged since").format(label=label)
    return None
