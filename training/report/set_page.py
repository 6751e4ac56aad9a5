"""The page that `prepare` writes."""

from __future__ import annotations

import itertools
import statistics
from collections import Counter

from training.language import _, _n
from training.layout import SPLITS
from training.page import Html, bars, element, figure, folded, heading, page, paragraph, sheet, table, thumbnail
from training.report.findings import Findings

MOST_FIGURES = 600
"""Of 3 kB each: the page stays below 3 MB whatever the size of the set."""
MOST_GROUPS = 30
MOST_OF_A_GROUP = 8
MOST_LINES = 200
STEPS_PX = (64, 128, 256, 512, 1024, 2048)
LOPSIDED = 10
"""As `check` warns."""


def set_page(found: Findings) -> str:
    """Balance, split, sizes, copies, what was left out, and a contact sheet per class."""
    names = {"train": _("training"), "val": _("validation"), "test": _("test")}
    counts = {split: found.counts(split) for split in SPLITS}
    total = len(found.photos)
    rows = [[name, *(counts[s][name] for s in SPLITS), found.counts()[name]] for name in found.classes]
    rows.append([_("all"), *(counts[s].total() for s in SPLITS), total])
    return page(
        _("Data set: {name}").format(name=found.root.resolve().name),
        paragraph(
            _("{photos} photos of {classes} classes; {left_out} files left out.").format(
                photos=total, classes=len(found.classes), left_out=len(found.left_out)
            )
        ),
        heading(_("How many photos each class has")),
        bars([(name, found.counts()[name]) for name in found.classes]),
        *_balance(found),
        heading(_("Where they went")),
        table([_("class"), *(names[s] for s in SPLITS), _("all")], rows),
        heading(_("Photos that look alike")),
        *_alike(found),
        heading(_("Picture sizes")),
        *_sizes(found),
        heading(_("Left out")),
        *_left_out(found),
        heading(_("What the classes look like")),
        *_contact_sheets(found),
    )


def _balance(found: Findings) -> list[Html]:
    counts = found.counts()
    most = max(counts.values())
    few = [name for name in found.classes if counts[name] * LOPSIDED < most]
    if not few:
        return []
    text = _("Hardly any photos beside the largest class: {names}. Such classes are hardly ever named; add photos.")
    return [paragraph(text.format(names=", ".join(few)), css="bad")]


def _alike(found: Findings) -> list[Html]:
    groups = found.alike()
    if not groups:
        return [paragraph(_("None: no two photos show nearly the same."))]
    copies = sum(len({found.facts[i].digest for i in group}) < len(group) for group in groups)
    in_two = [group for group in groups if len({found.photos[i].label for i in group}) > 1]
    parts = [
        paragraph(
            _(
                "{photos} photos in {groups} groups. Groups with files that are the same byte for byte: {copies}."
            ).format(photos=sum(map(len, groups)), groups=len(groups), copies=copies),
            _("Each group lies on one side of the split."),
            _n(
                "Split one by one, {count} test photo would have had a twin in training.",
                "Split one by one, {count} test photos would have had a twin in training.",
                found.leaks,
            ).format(count=found.leaks),
        )
    ]
    if in_two:
        text = _("Groups in more than one class: {count}. They come first; look which class is right.")
        parts.append(paragraph(text.format(count=len(in_two)), css="bad"))
    shown = [*in_two, *(group for group in groups if group not in in_two)][:MOST_GROUPS]
    parts.append(element("div", *(_group(found, group) for group in shown), css="groups"))
    if len(groups) > len(shown):
        parts.append(
            paragraph(
                _n("and {count} more group", "and {count} more groups", len(groups) - len(shown)).format(
                    count=len(groups) - len(shown)
                )
            )
        )
    return parts


def _group(found: Findings, group: list[int]) -> Html:
    figures = [_figure(found, i, found.photos[i].label) for i in group[:MOST_OF_A_GROUP]]
    if len(group) > MOST_OF_A_GROUP:
        figures.append(element("small", _("and {count} more").format(count=len(group) - MOST_OF_A_GROUP)))
    return sheet(figures)


def _sizes(found: Findings) -> list[Html]:
    longest = [max(facts.file.width, facts.file.height) for facts in found.facts]
    steps = [0, *STEPS_PX]
    counted = Counter(max(step for step in steps if step <= px) for px in longest)
    names = {step: f"{step}-{after - 1} px" for step, after in itertools.pairwise(steps)}
    names[0] = _("below {px} px").format(px=STEPS_PX[0])
    names[STEPS_PX[-1]] = _("{px} px and more").format(px=STEPS_PX[-1])
    used = [step for step in steps if min(counted) <= step <= max(counted)]
    kinds = Counter(facts.file.format for facts in found.facts)
    odd = sum(not facts.file.is_plain for facts in found.facts)
    parts = [
        bars([(names[step], counted[step]) for step in used]),
        paragraph(
            _("Longer side; half of the photos have {px} pixels or more.").format(px=round(statistics.median(longest))),
            ", ".join(f"{kind}: {count}" for kind, count in kinds.most_common()),
        ),
    ]
    if odd:
        text = _n(
            "{count} photo was written anew, upright and with 8 bits, so that every tool sees the same.",
            "{count} photos were written anew, upright and with 8 bits, so that every tool sees the same.",
            odd,
        )
        parts.append(paragraph(text.format(count=odd)))
    return parts


def _left_out(found: Findings) -> list[Html]:
    if not found.left_out:
        return [paragraph(_("Nothing."))]
    lines = list(found.left_out.items())
    parts = [table([_("file"), _("reason")], lines[:MOST_LINES])]
    if len(lines) > MOST_LINES:
        parts.append(paragraph(_("and {count} more").format(count=len(lines) - MOST_LINES)))
    return parts


def _contact_sheets(found: Findings) -> list[Html]:
    each = max(4, (MOST_FIGURES - MOST_GROUPS * MOST_OF_A_GROUP) // len(found.classes))
    parts = []
    for name in found.classes:
        mine = [i for i, photo in enumerate(found.photos) if photo.label == name]
        shown = mine[:: max(1, -(-len(mine) // each))]  # from the whole class, not its first files only
        title = _("{name}: {shown} of {count}").format(name=name, shown=len(shown), count=len(mine))
        parts.append(folded(title, sheet(_figure(found, i, found.photos[i].path.name) for i in shown)))
    return parts


def _figure(found: Findings, index: int, caption: str) -> Html:
    return figure(thumbnail(found.photos[index].path), element("small", caption))
