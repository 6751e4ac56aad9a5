"""The page on which a person sees the suspects, each with the class it has and the one it should rather have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from training.fix.answers import Row
from training.language import _, _n
from training.page import Html, element, figure, folded, heading, page, paragraph, sheet, table, thumbnail

MOST_FIGURES = 500
"""At 6 kB each the page stays below 4 MB; the surest come first, and the table has all."""
EXAMPLES = 4


def suspects_page(
    root: Path, rows: Sequence[Row], examples: dict[str, list[str]], photos: int, not_judged: dict[str, str]
) -> str:
    """`examples` are photos of each class, those that surely belong there first; `not_judged` says why by name."""
    name = root.resolve().name
    if not rows:
        text = _n(
            "The {count} photo lies where it seems to belong.",
            "All {count} photos lie where they seem to belong.",
            photos,
        )
        return page(_title(name), paragraph(text.format(count=photos)), *_not_judged(not_judged))
    shown = rows[:MOST_FIGURES]
    parts: list[object] = [
        paragraph(
            _("{count} of {photos} photos look more like another class than like their own.").format(
                count=len(rows), photos=photos
            ),
            _("The computer is often wrong: look at each, and move only what you are sure of."),
        ),
        paragraph(
            _(
                'Write y in the column "move" of suspects.csv where the proposal is right, '
                'or change "proposed" to the right class.'
            ),
            _("The number below a photo is its row."),
        ),
        folded(_("What most photos of each class look like"), *_examples(root, examples)),
        heading(_("Suspects, the surest first")),
        sheet([_figure(root, row) for row in shown], large=True),
    ]
    if len(rows) > len(shown):
        parts.append(paragraph(_("{count} more stand in the table only.").format(count=len(rows) - len(shown))))
    pairs = Counter((row.given, row.proposed) for row in rows).most_common()
    parts += [
        heading(_("From which class to which")),
        table([_("class"), _("proposed"), _("photos")], [[a, b, count] for (a, b), count in pairs]),
        *_not_judged(not_judged),
    ]
    return page(_title(name), *parts)


def _not_judged(reasons: dict[str, str]) -> list[Html]:
    return [heading(_("Not judged")), table([_("photo"), _("reason")], reasons.items())] if reasons else []


def _title(name: str) -> str:
    return _("Photos that may lie in the wrong class: {name}").format(name=name)


def _figure(root: Path, row: Row) -> Html:
    caption = [
        element("b", f"{row.number}"),
        f" {row.given} → ",
        element("b", row.proposed),
        f" {100 * row.suspicion:.0f}%",
        element("small", row.photo.rsplit("/", 1)[-1]),
    ]
    return figure(thumbnail(root / row.photo, 160), *caption)


def _examples(root: Path, examples: dict[str, list[str]]) -> list[Html]:
    parts = []
    for label, photos in examples.items():
        if not photos:
            continue
        parts += [element("h3", label), sheet([figure(thumbnail(root / photo)) for photo in photos[:EXAMPLES]])]
    return parts
