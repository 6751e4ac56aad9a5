"""Stories as text for the terminal, or as one page with pictures."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from html import escape
from typing import Any

from edge.language import _, current
from edge.review.story import Story

WIDTH, HEIGHT, EDGE = 520, 160, 36
"""Of a plot, in the units of its SVG."""


def as_text(story: Story) -> str:
    """Some lines, without pictures."""
    lines = [
        f"{story.title}  {_span(story)}",
        f"  {story.outcome}",
        *(f"  {'✓' if met else '✗'} {text}" for met, text in story.steps),
    ]
    if story.votes:
        lines.append("  " + _("If it is an animal: {votes}").format(votes=_votes(story)))
    for guess in story.guesses:
        text = _("look after {at_s:.1f} s: {label} {probability:.0%}, an animal {animal:.0%}")
        lines.append("    " + text.format(**guess))
    if story.verdict:
        lines.append(f"  {story.verdict}")
    lines.append("  " + (_("photo: {path}").format(path=story.photo_path) if story.photo_path else f"id: {story.id}"))
    return "\n".join(lines)


def as_page(title: str, notes: Iterable[str], stories: Iterable[Story]) -> str:
    """One HTML file with everything in it."""
    language = "zh-CN" if current().startswith("zh") else "en"
    body = "".join(f"<p>{escape(note)}</p>" for note in notes) + "".join(_section(story) for story in stories)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><h1>{escape(title)}</h1>{body}</body></html>"
    )


STYLE = """
:root { color-scheme: light dark; --good: #1a7f37; --bad: #b42318; --line: #8886; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 1rem auto; padding: 0 1rem; }
section { border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; margin: 1rem 0; display: grid;
  grid-template-columns: minmax(10rem, 16rem) 1fr; gap: 1rem; }
section > div { min-width: 0; }
h2 { margin: 0; font-size: 1.2rem; }
img { width: 100%; image-rendering: auto; border-radius: .25rem; }
ul { list-style: none; padding: 0; }
.yes::before { content: "✓ "; color: var(--good); } .no::before { content: "✗ "; color: var(--bad); }
.no { font-weight: 600; } small { opacity: .75; } svg { max-width: 100%; height: auto; }
.looks { margin: .5rem 0; } figcaption { font-size: .86rem; }
@media (max-width: 36rem) { section { grid-template-columns: 1fr; } }
"""


def _section(story: Story) -> str:
    steps = "".join(f'<li class="{"yes" if met else "no"}">{escape(text)}</li>' for met, text in story.steps)
    likely = _("If it is an animal: {votes}").format(votes=_votes(story))
    votes = f"<p>{escape(likely)}</p>" if story.votes else ""
    verdict = f"<p><strong>{escape(story.verdict)}</strong></p>" if story.verdict else ""
    return (
        f"<section><div>{_photo(story)}</div><div><h2>{escape(story.title)}</h2><small>{escape(_span(story))}</small>"
        f"<p>{escape(story.outcome)}</p><ul>{steps}</ul>{votes}{plot(story.guesses)}{verdict}"
        f"<p><small>id {escape(story.id)}</small></p></div></section>"
    )


def _photo(story: Story) -> str:
    if story.photo is None:
        return "<p>" + escape(_("no photo")) + "</p>"
    data = base64.b64encode(story.photo).decode("ascii")
    return f'<img alt="{escape(story.title)}" src="data:image/jpeg;base64,{data}">'


def plot(guesses: tuple[dict[str, Any], ...]) -> str:
    """Each look as a dot: when, and how much of an animal it said; the dots' size is the look's weight. SVG."""
    if not guesses:
        return ""
    last_s = max(float(one["at_s"]) for one in guesses) or 1.0
    heaviest = max(float(one["weight"]) for one in guesses) or 1.0
    parts = []
    for one in guesses:
        x = EDGE + (WIDTH - 2 * EDGE) * float(one["at_s"]) / last_s
        y = HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * float(one["animal"])
        text = escape(f"{one['at_s']:.1f} s: {one['label']} {one['probability']:.0%}")
        size = 3 + 4 * float(one["weight"]) / heaviest
        dot = f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{size:.1f}" fill="#2f6fd0" fill-opacity=".7">'
        parts.append(f"{dot}<title>{text}</title></circle>")
    top, middle, bottom = EDGE, HEIGHT / 2, HEIGHT - EDGE
    lines = "".join(
        f'<line x1="{EDGE}" x2="{WIDTH - EDGE}" y1="{y}" y2="{y}" stroke="currentColor" stroke-opacity=".3"/>'
        f'<text x="0" y="{y + 6}" font-size="17" fill="currentColor">{name}</text>'
        for y, name in ((top, "100"), (middle, "50"), (bottom, "0"))
    )
    label = escape(_("how much of an animal each look said, in per cent, over {seconds:.0f} s").format(seconds=last_s))
    return (
        f'<figure class="looks"><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}" width="{WIDTH}">'
        f"{lines}{''.join(parts)}</svg><figcaption>{label}</figcaption></figure>"
    )


def _votes(story: Story) -> str:
    return ", ".join(f"{name} {share:.0%}" for name, share in story.votes if share >= 0.05)


def _span(story: Story) -> str:
    seconds = story.last_seen.timestamp() - story.first_seen.timestamp()  # local times differ by an hour once a year
    return f"{story.first_seen:%Y-%m-%d %H:%M:%S} – {story.last_seen:%H:%M:%S} ({seconds:.1f} s)"
