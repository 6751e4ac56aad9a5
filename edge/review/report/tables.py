"""What a report tells as tables and lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from edge.language import _, _n
from edge.model.labels import UNKNOWN, Label
from edge.review.charts.rate import wilson_range
from edge.review.listing import roles, why_missing
from edge.review.reasons import blind_in_words, reason_in_words, strain_in_words
from edge.review.story import name_of
from edge.store.counts import Counts
from edge.store.effort import RESTS, WATCHED
from edge.store.judged import Judged
from edge.store.past_faults import PastFaults

MOST_INSTEAD = 3
"""So many confusions of a label are named; a long tail tells nobody anything."""
MOST_DAYS = 10
HARMLESS = ("dark", "learning", "light_changed", "opening")
"""Kinds of blind time that are no fault."""


def animals(counts: Counts, judged: Sequence[Judged], labels: Mapping[str, Label]) -> str:
    """Each label: what the machine said, what counts now, and how often people agreed."""
    now = {one.label: one.count for one in counts.labels}
    role_of = {one.label: one.role for one in counts.labels}
    rows = []
    keys = sorted({*now, *(one.label for one in judged)} - {"background"}, key=lambda key: (-now.get(key, 0), key))
    for key in keys:
        own = [one for one in judged if one.label == key]
        taken = sum(count for one in judged for label, count in _said(one).items() if label == key != one.label)
        given = sum(count for one in own for label, count in _said(one).items() if label != key)
        rows.append(
            (
                name_of(key, labels),
                roles().get(role_of.get(key, ""), ""),
                f"{now.get(key, 0) - taken + given}",
                f"{now.get(key, 0)}",
                f"{sum(sum(_said(one).values()) for one in own)}",
                _agreement(own) if key != UNKNOWN else "–",
                _instead(own, labels),
            )
        )
    head = (
        _("animal"),
        _("role"),
        _("machine said"),
        _("counts now"),
        _("judged by people"),
        _("machine was right (range: 95 %)"),
        _("people said instead"),
    )
    return table(head, rows, numbers=(2, 3, 4, 5))


def models(judged: Sequence[Judged]) -> str:
    """Where more than one model watched, how each did; else empty."""
    ids = sorted({one.model_id for one in judged})
    if len(ids) < 2:
        return ""
    named = [one for one in judged if one.label != UNKNOWN]
    rows = [(id, _agreement([one for one in named if one.model_id == id])) for id in ids]
    return table((_("model"), _("machine was right (range: 95 %)")), rows, numbers=(1,))


def _said(one: Judged) -> dict[str, int]:
    """How often people said what."""
    return one.instead | {one.label: one.right} | ({UNKNOWN: one.undecided} if one.label != UNKNOWN else {})


def _agreement(own: Sequence[Judged]) -> str:
    right, of = sum(one.right for one in own), sum(one.judged for one in own)
    if of == 0:
        return "–"
    low, high = wilson_range(right, of)
    text = _("{right} of {of}: {share:.0%} ({low:.0%} – {high:.0%})")
    return text.format(right=right, of=of, share=right / of, low=low, high=high)


def _instead(own: Sequence[Judged], labels: Mapping[str, Label]) -> str:
    total: dict[str, int] = {}
    for one in own:
        for label, count in one.instead.items():
            total[label] = total.get(label, 0) + count
    ordered = sorted(total.items(), key=lambda item: -item[1])[:MOST_INSTEAD]
    return ", ".join(f"{_no_animal_or(name_of(key, labels), key)} {count}" for key, count in ordered)


def _no_animal_or(name: str, key: str) -> str:
    return _("no animal") if key == "background" else name


def effort(counts: Counts) -> str:
    """Hours watched, and blind by reason, the longest first; of when nobody meant to watch there is no share."""
    seconds = counts.seconds
    rests = {kind: seconds.pop(kind) for kind in RESTS & seconds.keys()}
    whole = sum(seconds.values()) or 1.0
    ordered = [(WATCHED, seconds.pop(WATCHED, 0.0)), *sorted(seconds.items(), key=lambda item: -item[1])]
    rows = [
        (_("watched") if kind == WATCHED else blind_in_words(kind), duration(s), f"{s / whole:.1%}")
        for kind, s in ordered
    ]
    rows += [(blind_in_words(kind), duration(s), "–") for kind, s in sorted(rests.items(), key=lambda item: -item[1])]
    return table((_("what"), _("time"), _("share")), rows, numbers=(1, 2))


def duration(seconds: float) -> str:
    """Hours, or minutes where they are few."""
    if seconds >= 2 * 3600:
        return _("{hours:.1f} h").format(hours=seconds / 3600)
    return _("{minutes:.1f} min").format(minutes=seconds / 60)


def faults(counts: Counts, found: PastFaults) -> str:
    """What went wrong; says so where nothing did."""
    return listed(fault_sentences(counts, found) or [_("None that the record tells of.")])


def fault_sentences(counts: Counts, found: PastFaults) -> list[str]:
    """Empty where nothing went wrong."""
    said = []
    if found.crashes:
        text = _("{count}× the watching ended without a stop: the power was cut, or the program died.")
        said.append(text.format(count=found.crashes))
    for kind, seconds in sorted(counts.seconds.items(), key=lambda item: -item[1]):
        if kind not in (WATCHED, *HARMLESS, *RESTS) and seconds >= 60:
            text = _("For {time} nothing could be seen: {reason}.")
            said.append(text.format(time=duration(seconds), reason=blind_in_words(kind)))
    for kind, seconds in found.strains.items():
        said.append(strain_in_words(kind) + " " + _("(for {time})").format(time=duration(seconds)))
    idle = [day.isoformat() for day, slot in counts.days.items() if not slot.seconds]
    if idle and counts.seconds:
        more = _(", and {count} more").format(count=len(idle) - MOST_DAYS) if len(idle) > MOST_DAYS else ""
        said.append(_("The watcher did not run on {days}.").format(days=", ".join(idle[:MOST_DAYS]) + more))
    for reason in ("disk_full", "disk_slow", "disk_failing", "broken"):
        if count := found.photos_missing.get(reason):
            said.append(_("Visits without a photo: {count} ({why}).").format(count=count, why=why_missing(reason)))
    if found.untrusted:
        text = _("Visits recorded while nobody had set the clock, whose times may be wrong: {count}.")
        said.append(text.format(count=found.untrusted))
    return said


def left_out(found: PastFaults) -> str:
    """Photos that are gone on purpose, and what was not counted."""
    said = []
    for reason in ("withheld", "expired", "deleted"):
        if count := found.photos_missing.get(reason):
            said.append(_("Visits without a photo: {count} ({why}).").format(count=count, why=why_missing(reason)))
    if found.withheld:
        text = _n(
            "{count} time nothing was kept of something, because a person may have been there: only this count.",
            "{count} times nothing was kept of something, because a person may have been there: only this count.",
            found.withheld,
        )
        said.append(text.format(count=found.withheld))
    for reason, count in found.rejected.items():
        text = _n(
            "{count} time something moved and was not counted: {reason}.",
            "{count} times something moved and was not counted: {reason}.",
            count,
        )
        if reason != "withheld":
            said.append(text.format(count=count, reason=reason_in_words(reason)))
    return listed(said or [_("Nothing.")])


def table(head: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    """HTML; the first column names its row, columns of `numbers` are set right."""
    styles = ["n" if number in numbers else "" for number in range(len(head))]
    top = "".join(
        f'<th scope="col"{_style(style)}>{escape(name)}</th>' for name, style in zip(head, styles, strict=True)
    )
    body = []
    for row in rows:
        cells = [f"<td{_style(style)}>{escape(cell)}</td>" for cell, style in zip(row[1:], styles[1:], strict=True)]
        body.append(f'<tr><th scope="row">{escape(row[0])}</th>{"".join(cells)}</tr>')
    kind = 'class="wide"'
    if len(head) > 4:  # on a phone it is moved sideways: by the keyboard, too
        kind = f'class="wide many" tabindex="0" role="region" aria-label="{escape(head[0])}"'
    return f"<div {kind}><table><thead><tr>{top}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"


def _style(name: str) -> str:
    return f' class="{name}"' if name else ""


def listed(sentences: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences) + "</ul>"
