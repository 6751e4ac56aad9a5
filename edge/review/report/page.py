"""A report's page, part by part, so that it never stands in memory as a whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from html import escape
from itertools import islice
from pathlib import Path

from edge.language import _, current, spaced
from edge.model.labels import UNKNOWN, Label
from edge.review.charts.of_period import Chart, charts
from edge.review.charts.style import STYLE as CHART_STYLE
from edge.review.report import tables
from edge.review.report.thumbnail import thumbnail_address
from edge.review.story import name_of
from edge.store.counts import Counts
from edge.store.judged import best_photos, judged_between
from edge.store.past_faults import faults_between
from edge.store.reading import Row, Sightings

PER_LABEL = 4
"""Photos of one animal; more would show bees only."""


@dataclass(frozen=True, slots=True)
class Period:
    """What a report is of."""

    record: Sightings
    data: Path
    counts: Counts
    labels: Mapping[str, Label]
    site: str | None
    """The garden's name."""
    most_photos: int

    @property
    def parts(self) -> int:
        """How many parts `page` gives, at most."""
        return 6 + self.most_photos


def page(period: Period) -> Iterator[str]:
    """The HTML, piece by piece. Raises StoreError, StoreFault."""
    counts, record = period.counts, period.record
    judged = record.ask(lambda db: judged_between(db, counts.since, counts.until))
    found = record.ask(lambda db: faults_between(db, counts.since, counts.until))
    drawn = {chart.name: chart for chart in charts(counts, period.labels)}
    yield _head(period) + _headline(period)
    yield "".join(_figure(drawn[name]) for name in ("labels", "hours", "rates", "days") if name in drawn)
    yield "<section>" + _title(_("Photos"))
    yield from _photos(period)
    yield "</section>" + _section(
        _("Animals"),
        tables.animals(counts, judged, period.labels) + tables.models(judged),
        _(
            "What a person said counts before what the machine said. People choose what they judge, often what is "
            "doubtful; so the share that was right need not hold for all visits. Judged as unknown counts as neither "
            "right nor wrong."
        ),
    )
    effort = tables.effort(counts) if counts.seconds else tables.listed([_("Nothing was watched.")])
    yield _section(_("Watching"), effort + (_figure(drawn["effort"]) if drawn else ""))
    yield (
        _section(_("Faults"), tables.faults(counts, found))
        + _section(_("Left out"), tables.left_out(found))
        + "</main></body></html>\n"
    )


def _head(period: Period) -> str:
    title = (
        _("Gardenwatch: {site}").format(site=period.site) if period.site else _("Gardenwatch: visitors of the garden")
    )
    language = "zh-CN" if current().startswith("zh") else "en"
    # nothing is fetched, no script runs, whatever a label or a name holds
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{CHART_STYLE}{STYLE}</style></head>"
        f"<body><main><header><h1>{escape(title)}</h1><p>{escape(_span(period))}</p></header>"
    )


def _span(period: Period) -> str:
    since, until = period.counts.since, period.counts.until
    text = _("{since} to {until}").format(since=f"{since:%Y-%m-%d %H:%M}", until=f"{until:%Y-%m-%d %H:%M %z}")
    models = sorted({run.model_id for run in period.record.runs() if run.started < until and run.ended >= since})
    return text + (" · " + _("model: {models}").format(models=", ".join(models)) if models else "")


def _headline(period: Period) -> str:
    counts = period.counts
    hours = counts.watched_s / 3600
    pests = sum(one.count for one in counts.labels if one.role == "pest")
    helpers = sum(one.count for one in counts.labels if one.role == "beneficial")
    facts = [
        (f"{counts.visits}", _("visits")),
        (f"{sum(one.label != UNKNOWN for one in counts.labels)}", _("kinds of animals")),
        (f"{pests}", _("of pests")),
        (f"{helpers}", _("of beneficial animals")),
        (tables.duration(counts.watched_s), _("watched")),
        (f"{counts.visits / hours:.1f}" if hours >= 0.5 else "–", _("visits per watched hour")),
    ]
    items = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for value, name in facts)
    return f'<dl class="facts">{items}</dl>'


def _section(title: str, body: str, note: str = "") -> str:
    after = f'<p class="note">{escape(note)}</p>' if note else ""
    return f"<section>{_title(title)}{body}{after}</section>"


def _title(text: str) -> str:
    return f"<h2>{escape(text)}</h2>"


def _figure(chart: Chart) -> str:
    note = f'<p class="note">{escape(chart.note)}</p>' if chart.note else ""
    summary = escape(_("as a table"))
    table = tables.table(chart.table[0], chart.table[1:], numbers=range(1, len(chart.table[0])))
    return (
        f"<figure><figcaption>{_title(chart.title)}</figcaption>{chart.svg}{chart.legend}{note}"
        f"<details><summary>{summary}</summary>{table}</details></figure>"
    )


def _photos(period: Period) -> Iterator[str]:
    """Some of each animal, the most frequent first; the room is shared out fairly."""
    found, labels = False, period.counts.labels
    share, more = divmod(period.most_photos, max(len(labels), 1))
    yield '<div class="photos">'
    for number, one in enumerate(labels):
        most = min(PER_LABEL, share + (number < more))
        best = period.record.ask(partial(_best, period.counts, one.label, 2 * most)) if most else []
        addresses = ((id, thumbnail_address(period.data / path)) for id, path in best)
        for id, address in islice(((id, address) for id, address in addresses if address), most):
            found = True
            yield _photo(address, period.record.one(id), period.labels)
    yield "</div>"
    if not found:
        yield tables.listed([_("There are none.")])


def _best(counts: Counts, label: str, most: int, db: sqlite3.Connection) -> list[tuple[str, str]]:
    return list(best_photos(db, label, counts.since, counts.until, most))


def _photo(address: str, row: Row, labels: Mapping[str, Label]) -> str:
    name = name_of(row.truth, labels)
    who = (
        spaced(_("judged by {name}").format(name=row.judged_by))
        if row.verdict
        else _("{sure:.0%} sure").format(sure=row.confidence)
    )
    doubt = "?" if row.clock == "untrusted" else ""
    return (
        f'<figure><img alt="{escape(name)}" src="{address}"><figcaption><strong>{escape(name)}</strong>'
        f"<br>{row.first_seen:%Y-%m-%d %H:%M}{doubt}<br>{escape(who)}</figcaption></figure>"
    )


STYLE = """
:root { color-scheme: light dark; --line: #8886; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; }
main { max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { margin: .5rem 0 0; font-size: 1.7rem; line-height: 1.2; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
header p { margin: .25rem 0 1rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .75rem; margin: 0; }
.facts div { border: 1px solid var(--line); border-radius: .5rem; padding: .5rem .75rem; display: flex;
  flex-direction: column-reverse; justify-content: flex-end; }
.facts dd { margin: 0; font-size: 1.6rem; font-weight: 600; line-height: 1.2; } .facts dt { font-size: .85rem; }
figure { margin: 0; break-inside: avoid; }
.note { font-size: .9rem; max-width: 45rem; opacity: .85; }
.wide { overflow-x: auto; } .many table { min-width: 38rem; } details .many table { min-width: 24rem; }
figure .chart { max-width: 46rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .95rem; }
th, td { text-align: left; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { vertical-align: bottom; } tbody th { font-weight: 600; } tr { break-inside: avoid; }
th.n, td.n { text-align: right; } td { white-space: nowrap; } td:last-child { white-space: normal; }
.photos { display: grid; grid-template-columns: repeat(auto-fill, minmax(7rem, 1fr)); gap: .75rem; }
.photos img { width: 100%; aspect-ratio: 1; object-fit: cover; border-radius: .35rem; display: block; }
.photos figcaption { font-size: .85rem; line-height: 1.35; margin-top: .25rem; }
details { margin: .25rem 0; } summary { cursor: pointer; font-size: .9rem; }
@page { margin: 16mm; }
@media print { :root { color-scheme: light; } body { font-size: 10.5pt; } main { padding: 0; max-width: none; }
  details { display: none; } h2 { break-after: avoid; margin-top: 1.2rem; }
  .facts { grid-template-columns: repeat(6, 1fr); gap: .4rem; } .facts dd { font-size: 1.25rem; }
  .wide { overflow: visible; } .many table { min-width: 0; } .photos { grid-template-columns: repeat(5, 1fr); }
  figure .chart { max-height: 62mm; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
"""
