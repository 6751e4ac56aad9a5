"""Writes the suspects of a set as a page to look at and a table to fill in."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from training.duplicates import groups_of, near_duplicates
from training.embeddings import look
from training.errors import UsageError
from training.fix.answers import Row, read_rows, write_rows
from training.fix.contact_sheet import EXAMPLES, suspects_page
from training.fix.suspects import find_suspects
from training.language import _
from training.manifest import read_manifest, same_group
from training.page import write_page
from training.places import read_places

PAGE, TABLE = "suspects.html", "suspects.csv"


@dataclass(frozen=True, slots=True)
class Suggested:
    """Where page and table are, how many photos were looked at, the suspects, those not judged with the reason."""

    page: Path
    table: Path
    photos: int
    rows: list[Row]
    not_judged: dict[str, str]


def suggest(root: Path, out: Path, weights: str, force: bool = False) -> Suggested:
    """Raises UsageError where `out` has a table with answers and `force` is not given; never changes the set."""
    refuse_to_lose_answers(out / TABLE, force)
    places = read_places(root)
    names = list(places.photos)
    seen = look(list(places.photos.values()), weights)
    kept = [names[index] for index in seen.kept]
    labels = [places.classes.index(places.photos[name].label) for name in kept]
    pairs = near_duplicates(seen.signatures) + same_group(kept, read_manifest(root))
    found = find_suspects(seen.embeddings, labels, groups_of(len(kept), pairs))
    rows = [
        Row(number, kept[s.index], places.classes[labels[s.index]], places.classes[s.proposed], s.suspicion)
        for number, s in enumerate(found.suspects, 1)
    ]
    not_judged = {names[index]: reason for index, reason in seen.left_out.items()}
    not_judged |= {kept[index]: _("no other photos of its class to compare with") for index in found.alone}
    suspected = {row.photo for row in rows}
    examples: dict[str, list[str]] = defaultdict(list)
    for index in found.surest:
        label = places.classes[labels[index]]
        if kept[index] not in suspected and len(examples[label]) < EXAMPLES:
            examples[label].append(kept[index])
    in_order = {label: examples[label] for label in places.classes if label in examples}
    write_page(out / PAGE, suspects_page(root, rows, in_order, len(kept), not_judged))
    write_rows(out / TABLE, rows)
    return Suggested(out / PAGE, out / TABLE, len(kept), rows, not_judged)


def refuse_to_lose_answers(table: Path, force: bool) -> None:
    """Answers are a person's work. Raises UsageError where the table has some."""
    if table.is_file() and not force and any(row.move for _line, row in read_rows(table)):
        todo = _("apply them with --apply, go on with --interactive, or give --force to lose them")
        raise UsageError(_("a table without answers"), _("answers in {path}").format(path=table), todo)
