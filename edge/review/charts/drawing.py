"""Columns and bars as SVG that a screen reader can tell, too."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from edge.language import _
from edge.review.charts.scale import number_text, ticks

WIDTH, HEIGHT = 640, 272
"""Of a column chart, in the units of its viewBox."""
LEFT, RIGHT, TOP, BOTTOM = 52, 8, 40, 30
"""Room for the numbers of the axis, nothing, its unit, the names below."""
NAME_WIDTH, COUNT_WIDTH, ROW, BAR = 170, 70, 26, 16
"""Of a bar chart: the names on the left, the counts on the right, a row's height, its bar's."""
WIDEST = 56
"""Of a column with the room about it: the one day of a first try is no wall."""
LABEL_WIDTH = 48
"""A name under a column needs so much; names that have no room are left out."""


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of a chart."""

    name: str
    style: str
    """Class of its colour: pest, beneficial, neutral, rate, watched, dark, blind."""
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """What stands under a column, and what is told of it."""

    name: str
    told: str
    """Shown where the pointer rests, read out by a screen reader."""
    range: tuple[float, float] | None = None
    """Where the true value lies, drawn as a line."""


def columns(
    id: str, title: str, told: str, unit: str, across: Sequence[Column], series: Sequence[Series], whole: bool = True
) -> str:
    """Stacked columns. `id` must be unique on its page, `told` says in a sentence what there is to see."""
    sums = [sum(one.values[number] for one in series) for number in range(len(across))]
    highest = max([*sums, *(column.range[1] for column in across if column.range)], default=0)
    marks = ticks(highest, whole=whole)
    scale = (HEIGHT - TOP - BOTTOM) / marks[-1]
    width = min((WIDTH - LEFT - RIGHT) / max(len(across), 1), WIDEST)
    parts = [f'<text class="faint" x="0" y="18">{escape(unit)}</text>']
    if highest == 0:
        nothing = escape(_("nothing to show"))
        parts.append(f'<text class="faint" x="{WIDTH / 2}" y="{HEIGHT / 2}" text-anchor="middle">{nothing}</text>')
    for mark in marks:
        y = HEIGHT - BOTTOM - mark * scale
        parts.append(f'<line class="{"grid" if mark else "axis"}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{number_text(mark)}</text>')
    every = max(1, math.ceil(LABEL_WIDTH / width))
    for number, column in enumerate(across):
        x = LEFT + number * width
        parts.append(_column(column, [(one.style, one.values[number]) for one in series], x, width, scale))
        if number % every == 0:
            minor = ' class="minor"' if number // every % 2 else ""
            middle = x + width / 2
            parts.append(
                f'<text{minor} x="{middle:.1f}" y="{HEIGHT - 8}" text-anchor="middle">{escape(column.name)}</text>'
            )
    return _svg(id, title, told, HEIGHT, parts)


def _column(column: Column, parts: Sequence[tuple[str, float]], x: float, width: float, scale: float) -> str:
    gap = min(width * 0.15, 3)
    bottom, drawn = float(HEIGHT - BOTTOM), []
    for style, value in parts:
        if value > 0:
            height = value * scale
            bottom -= height
            box = f'x="{x + gap:.2f}" y="{bottom:.2f}" width="{width - 2 * gap:.2f}" height="{height:.2f}"'
            drawn.append(f'<rect class="{style}" {box}/>')
    if column.range:
        low, high = (HEIGHT - BOTTOM - end * scale for end in column.range)
        middle = x + width / 2
        drawn.append(f'<line class="range" x1="{middle:.2f}" x2="{middle:.2f}" y1="{low:.2f}" y2="{high:.2f}"/>')
    all_of_it = f'<rect x="{x:.2f}" y="{TOP}" width="{width:.2f}" height="{HEIGHT - TOP - BOTTOM}" fill="transparent"/>'
    return f"<g><title>{escape(column.told)}</title>{all_of_it}{''.join(drawn)}</g>"


def bars(id: str, title: str, told: str, rows: Sequence[tuple[str, str, float]]) -> str:
    """One bar a row: name, class of its colour, value."""
    highest = max((value for _name, _style, value in rows), default=0) or 1
    room = WIDTH - NAME_WIDTH - COUNT_WIDTH
    parts = []
    for number, (name, style, value) in enumerate(rows):
        top = number * ROW
        width, middle = room * value / highest, top + ROW / 2 + 5
        box = f'x="{NAME_WIDTH}" y="{top + (ROW - BAR) / 2}" width="{width:.2f}" height="{BAR}"'
        parts.append(
            f"<g><title>{escape(name)}: {number_text(value)}</title>"
            f'<text x="{NAME_WIDTH - 8}" y="{middle}" text-anchor="end">{escape(name)}</text>'
            f'<rect class="{style}" {box}/>'
            f'<text x="{NAME_WIDTH + width + 6:.1f}" y="{middle}">{number_text(value)}</text></g>'
        )
    return _svg(id, title, told, max(len(rows), 1) * ROW, parts)


def legend(series: Sequence[tuple[str, str]]) -> str:
    """Names and classes of colours, as a list."""
    sign = '<svg viewBox="0 0 8 8" aria-hidden="true"><rect class="{style}" width="8" height="8" rx="1"/></svg>'
    items = (f"<li>{sign.format(style=style)}{escape(name)}</li>" for name, style in series)
    return f'<ul class="legend">{"".join(items)}</ul>'


def _svg(id: str, title: str, told: str, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="{id}-title {id}-told">'
        f'<title id="{id}-title">{escape(title)}</title><desc id="{id}-told">{escape(told)}</desc>'
        f"{''.join(parts)}</svg>"
    )
