"""The charts that a period has: visits by hour, by day, by animal and per watched hour, and the watching itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from edge.language import _, _n
from edge.model.labels import Label
from edge.review.charts.drawing import Column, Series, bars, columns, legend
from edge.review.charts.rate import LEAST_S, per_hour, per_hour_range
from edge.review.story import name_of
from edge.store.counts import Counts, Slot, blind_of, rest_of

ROLES = ("pest", "beneficial", "neutral")
MOST_LABELS = 20
MOST_COLUMNS = 92
"""Days of a quarter of a year still are columns that can be told apart; beyond it they are weeks, then months."""
DARK = "dark"


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart with what belongs to it."""

    name: str
    """hours, days, labels, rates or effort: an id for the page."""
    title: str
    svg: str
    legend: str
    """HTML; empty where there is one colour only."""
    note: str
    """What has to be known to read it; may be empty."""
    table: tuple[tuple[str, ...], ...]
    """The same as text, head first."""


def charts(counts: Counts, labels: Mapping[str, Label]) -> list[Chart]:
    """All of them; `labels` gives names of label keys. Empty where nothing was watched and nothing seen."""
    if not counts.visits and not counts.seconds:
        return []
    return [_by_hour(counts), _rates(counts), _by_day(counts), _by_label(counts, labels), _effort(counts)]


def _by_hour(counts: Counts) -> Chart:
    slots = [(f"{hour}", _("{hour}:00 to {next}:00").format(hour=hour, next=hour + 1)) for hour in range(24)]
    return _visits("hours", _("Visits by hour of day"), _("hour of day"), slots, counts.hours, "")


def _by_day(counts: Counts) -> Chart:
    spans = list(_spans(counts.days))
    title = {1: _("Visits by day"), 7: _("Visits by week")}.get(spans[0].days, _("Visits by month"))
    note = _("A week begins on Monday.") if spans[0].days == 7 else ""
    return _visits("days", title, _("from"), [(s.name, s.told) for s in spans], [s.slot for s in spans], note)


def _visits(
    name: str, title: str, head: str, slots: list[tuple[str, str]], values: list[Slot] | tuple[Slot, ...], note: str
) -> Chart:
    names = _role_names()
    series = [Series(names[role], role, tuple(slot.visits.get(role, 0) for slot in values)) for role in ROLES]
    across = [Column(short, _visits_at(told, slot.count)) for (short, told), slot in zip(slots, values, strict=True)]
    best = max(range(len(across)), key=lambda number: values[number].count)
    visits = sum(slot.count for slot in values)
    told = _n("{count} visit in all, at: {best}", "{count} visits in all; most of them at: {best}", visits)
    told = told.format(count=visits, best=across[best].told)
    body = (
        (told_, *(f"{slot.visits.get(role, 0)}" for role in ROLES), f"{slot.count}")
        for (_short, told_), slot in zip(slots, values, strict=True)
    )
    table = ((head, *(names[role] for role in ROLES), _("all")), *body)
    svg = columns(f"chart-{name}", title, told, _("visits"), across, series)
    return Chart(name, title, svg, legend([(one.name, one.style) for one in series]), note, table)


def _visits_at(when: str, count: int) -> str:
    return _n("{when}: {count} visit", "{when}: {count} visits", count).format(when=when, count=count)


def _rates(counts: Counts) -> Chart:
    """Effort-corrected: an hour that was watched on half the days only would else seem a quiet one."""
    across, values, table = [], [], []
    for hour, slot in enumerate(counts.hours):
        when = _("{hour}:00 to {next}:00").format(hour=hour, next=hour + 1)
        watched = _("{hours:.1f} h watched").format(hours=slot.watched_s / 3600)
        rate, span = per_hour(slot), per_hour_range(slot)
        if rate is None or span is None:
            told = _("{when}: too little watched ({watched})").format(when=when, watched=watched)
            across.append(Column(f"{hour}", told))
            table.append((when, watched, "–", "–"))
        else:
            told = _("{when}: {rate:.2f} visits per hour, range (95 %) {low:.2f} to {high:.2f} ({watched})").format(
                when=when, rate=rate, low=span[0], high=span[1], watched=watched
            )
            across.append(Column(f"{hour}", told, span))
            table.append((when, watched, f"{rate:.2f}", f"{span[0]:.2f} – {span[1]:.2f}"))
        values.append(rate or 0.0)
    title = _("Visits per watched hour")
    hours = counts.watched_s / 3600
    visits = counts.visits
    told = _n("{count} visit in {hours:.1f} watched hours", "{count} visits in {hours:.1f} watched hours", visits)
    told = told.format(count=visits, hours=hours)
    note = _(
        "Visits divided by the hours in which something could be seen, for each hour of the day. The line is the range "
        "in which the true rate lies with a certainty of 95 %, if visits are independent. Hours of the day watched for "
        "less than {minutes:.0f} minutes in all have no column."
    ).format(minutes=LEAST_S / 60)
    head = (_("hour of day"), _("watched"), _("visits per hour"), _("range (95 %)"))
    series = [Series(title, "rate", tuple(values))]
    svg = columns("chart-rates", title, told, _("visits per hour"), across, series, whole=False)
    return Chart("rates", title, svg, "", note, (head, *table))


def _by_label(counts: Counts, labels: Mapping[str, Label]) -> Chart:
    rows = [(name_of(one.label, labels), one.role, float(one.count)) for one in counts.labels[:MOST_LABELS]]
    rest = counts.labels[MOST_LABELS:]
    if rest:
        others = _n("{count} other", "{count} others", len(rest)).format(count=len(rest))
        rows.append((others, "neutral", float(sum(one.count for one in rest))))
    names, title = _role_names(), _("Visits by animal")
    told = ", ".join(f"{name}: {value:.0f}" for name, _role, value in rows) or _("none")
    table = tuple((name_of(one.label, labels), names.get(one.role, one.role), f"{one.count}") for one in counts.labels)
    head = (_("animal"), _("role"), _("visits"))
    svg = bars("chart-labels", title, told, rows)
    return Chart("labels", title, svg, legend([(names[role], role) for role in ROLES]), "", (head, *table))


def _effort(counts: Counts) -> Chart:
    spans = list(_spans(counts.days))
    seen: list[tuple[str, str, Callable[[Slot], float]]] = [
        (_("watched"), "watched", lambda slot: slot.watched_s),
        (_("dark"), "dark", lambda slot: slot.seconds.get(DARK, 0.0)),
        (_("blind for another reason"), "blind", lambda slot: slot.blind_s - slot.seconds.get(DARK, 0.0)),
    ]
    series = [Series(name, style, tuple(of(span.slot) / 3600 for span in spans)) for name, style, of in seen]
    across, table = [], []
    for number, span in enumerate(spans):
        parts = [_("{what} {hours:.1f} h").format(what=one.name, hours=one.values[number]) for one in series]
        across.append(Column(span.name, f"{span.told}: {', '.join(parts)}"))
        table.append((span.told, *(f"{one.values[number]:.1f}" for one in series)))
    title = _("Hours watched and blind")
    seconds = counts.seconds
    told = _("watched {watched:.1f} h, blind {blind:.1f} h").format(
        watched=counts.watched_s / 3600, blind=blind_of(seconds) / 3600
    )
    if rest_s := rest_of(seconds):  # no column: at night it would dwarf the others, and nothing was to be seen
        told += _("; not watched on purpose {rest:.1f} h").format(rest=rest_s / 3600)
    head = (_("from"), *(one.name for one in series))
    svg = columns("chart-effort", title, told, _("hours"), across, series, whole=False)
    return Chart("effort", title, svg, legend([(one.name, one.style) for one in series]), "", (head, *table))


@dataclass(slots=True)
class _Span:
    """A day, a week or a month as one column."""

    name: str
    told: str
    days: int
    slot: Slot


def _spans(days: Mapping[date, Slot]) -> Iterator[_Span]:
    """At most MOST_COLUMNS of them for a year and a half, months beyond that."""
    length = 1 if len(days) <= MOST_COLUMNS else 7 if len(days) <= 7 * MOST_COLUMNS else 31
    current: _Span | None = None
    for day, slot in days.items():
        begin = day if length == 1 else day - timedelta(days=day.weekday()) if length == 7 else day.replace(day=1)
        name = f"{begin:%Y-%m}" if length == 31 else f"{begin:%m-%d}"
        told = f"{begin:%Y-%m}" if length == 31 else begin.isoformat()
        if current is None or current.told != told:
            if current is not None:
                yield current
            current = _Span(name, told, length, Slot())
        for role, count in slot.visits.items():
            current.slot.visits[role] = current.slot.visits.get(role, 0) + count
        for kind, seconds in slot.seconds.items():
            current.slot.seconds[kind] = current.slot.seconds.get(kind, 0.0) + seconds
    if current is not None:
        yield current


def _role_names() -> dict[str, str]:
    return {"pest": _("pest"), "beneficial": _("beneficial"), "neutral": _("neutral")}
