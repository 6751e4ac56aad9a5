"""Draws what a page shows beside bars: a confusion matrix and a reliability diagram, as HTML and SVG."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from training.calibration import Bin
from training.language import _
from training.metrics import Figures
from training.page import Html

SIDE = 240
"""Of the diagram's square, in its own units; it scales with the page."""


def confusion_table(figures: Figures, names: Sequence[str]) -> Html:
    """True classes as rows, answers as columns; the deeper the colour, the larger the part of the row."""
    head = "".join(f'<th class="turned"><span>{escape(name)}</span></th>' for name in names)
    rows = []
    for i, name in enumerate(names):
        total = max(int(figures.confusion[i].sum()), 1)
        cells = "".join(_cell(int(count), int(count) / total, i == j) for j, count in enumerate(figures.confusion[i]))
        rows.append(f"<tr><th>{escape(name)}</th>{cells}</tr>")
    corner = escape(_("true class ↓, answer →"))
    return Html(
        f'<div class="wide"><table class="confusion"><thead><tr><th>{corner}</th>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _cell(count: int, share: float, is_right: bool) -> str:
    if not count:
        return "<td></td>"
    colour = "58 125 68" if is_right else "179 84 30"
    # a single mistake must be seen, too
    return f'<td style="background:rgb({colour} / {min(0.15 + 0.75 * share, 0.9):.2f})">{count}</td>'


def reliability_diagram(bins: Sequence[Bin]) -> Html:
    """A dot per bin, as large as it has answers: on the line, what is said is what comes true."""
    most = max((one.answers for one in bins), default=1)
    dots = []
    for one in bins:
        x, y = one.confidence * SIDE, (1 - one.right) * SIDE
        radius = 3 + 9 * (one.answers / most) ** 0.5
        told = _("said {said:.0%}, right {right:.0%} of {count}").format(
            said=one.confidence, right=one.right, count=one.answers
        )
        dots.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"><title>{escape(told)}</title></circle>')
    ticks = "".join(
        f'<text x="{SIDE * t / 4}" y="{SIDE + 18}" text-anchor="middle">{25 * t}</text>'
        f'<text x="-8" y="{SIDE * (1 - t / 4) + 4}" text-anchor="end">{25 * t}</text>'
        f'<path d="M{SIDE * t / 4} 0V{SIDE}M0 {SIDE * t / 4}H{SIDE}"/>'
        for t in range(5)
    )
    across, up = escape(_("how sure it is, %")), escape(_("how often it is right, %"))
    return Html(
        f'<svg class="diagram" viewBox="-52 -14 310 302" role="img" aria-label="{across}; {up}">{ticks}'
        f'<path class="even" d="M0 {SIDE}L{SIDE} 0"/>{"".join(dots)}'
        f'<text x="{SIDE / 2}" y="{SIDE + 40}" text-anchor="middle">{across}</text>'
        f'<text transform="translate(-38 {SIDE / 2}) rotate(-90)" text-anchor="middle">{up}</text></svg>'
    )
