"""Writes the suspects of a set as a page to look at and a table to fill in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from training.duplicates import groups_of, near_duplicates
from training.embeddings import look
from training.errors import TrainingError, UsageError
from training.fix.answers import NO, TABLE, YES, Row, read_rows, write_rows
from training.fix.contact_sheet import suspects_page
from training.fix.suspects import find_suspects
from training.language import _
from training.manifest import read_manifest, same_group
from training.page import write_page
from training.places import Places, read_places

PAGE = "suspects.html"


@dataclass(frozen=True, slots=True)
class Suggested:
    """Where page and table are, how many photos were judged, the suspects, those not judged with the reason."""

    page: Path
    table: Path
    photos: int
    rows: list[Row]
    not_judged: dict[str, str]


def suggest(root: Path, out: Path, weights: str, force: bool = False) -> Suggested:
    """Never changes the set. What a person said no to before is not asked again, and stays in the table.

    Raises UsageError where the table has a yes that was not applied, which `force` forgets like all answers, and
    TrainingError where no photo can be judged.
    """
    places = read_places(root)
    refused = {} if force else _refused(out / TABLE, places)
    out.mkdir(parents=True, exist_ok=True)  # where that cannot be, it is better known before a minute of looking
    names = list(places.photos)
    seen = look(list(places.photos.values()), weights)
    kept = [names[index] for index in seen.kept]
    labels = [places.photos[name].label for name in kept]
    numbers = [places.classes.index(label) for label in labels]
    pairs = near_duplicates(seen.signatures) + same_group(kept, read_manifest(root))
    found = find_suspects(seen.embeddings, numbers, groups_of(len(kept), pairs))
    suspects = [s for s in found.suspects if refused.get(kept[s.index]) is None]
    rows = [
        Row(number, kept[s.index], labels[s.index], places.classes[s.proposed], s.suspicion)
        for number, s in enumerate(suspects, 1)
    ]
    not_judged = {names[index]: reason for index, reason in seen.left_out.items()}
    not_judged |= {kept[index]: _("no other photos of its class to compare with") for index in found.alone}
    judged = len(names) - len(not_judged)
    if not judged:
        raise _none_judged(not_judged)
    surest: dict[str, list[str]] = {name: [] for name in places.classes}
    for index in found.surest:
        surest[labels[index]].append(kept[index])
    write_page(out / PAGE, suspects_page(root, rows, surest, judged, not_judged))
    write_rows(out / TABLE, [*rows, *(replace(row, number=len(rows) + i) for i, row in enumerate(refused.values(), 1))])
    return Suggested(out / PAGE, out / TABLE, judged, rows, not_judged)


def _none_judged(reasons: dict[str, str]) -> TrainingError:
    name, reason = next(iter(reasons.items()))
    found = _("none, such as {name} ({reason})").format(name=name, reason=reason)
    todo = _("`gardenwatch-train check` names what is wrong with each; mend that, or add photos")
    return TrainingError(_("photos that can be judged"), found, todo)


def _refused(table: Path, places: Places) -> dict[str, Row]:
    """The rows with a no by photo, where the photo is still what it was. Answers are a person's work."""
    if not table.is_file():
        return {}
    labels = {name: photo.label for name, photo in places.photos.items()}
    rows = [row for _line, row in read_rows(table) if row.photo in labels]
    if any(row.move in YES and labels[row.photo] != row.proposed for row in rows):
        todo = _("apply them with --apply, go on with --interactive, or give --force to lose them")
        raise UsageError(_("a table without open answers"), _("answers in {path}").format(path=table), todo)
    return {row.photo: row for row in rows if row.move in NO - {""} and row.given == labels[row.photo]}
