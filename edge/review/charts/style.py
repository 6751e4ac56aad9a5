"""How charts look: classes for colours that fit light, dark and printed pages."""

from __future__ import annotations

# Okabe and Ito's colours, which the colour-blind can tell apart (https://jfly.uni-koeln.de/color/), darkened for white
# paper or lightened for a dark page until each has a contrast of 3 to the ground, as WCAG 1.4.11 asks of graphics.
STYLE = """
:root { --pest: #c65102; --beneficial: #00805c; --neutral: #4477aa; --watched: #00805c; --dark: #70757d;
  --blind: #b3589a; --rate: #6a4fb3; }
@media (prefers-color-scheme: dark) { :root { --pest: #ff9a4d; --beneficial: #2fc79a; --neutral: #7fb2e5;
  --watched: #2fc79a; --dark: #868c96; --blind: #dd8cc6; --rate: #a894f0; } }
.chart { display: block; width: 100%; height: auto; overflow: visible; font: 13px system-ui, sans-serif; }
.chart text { fill: currentColor; }
.chart .axis { stroke: currentColor; stroke-opacity: .55; }
.chart .grid { stroke: currentColor; stroke-opacity: .15; }
.chart .range { stroke: currentColor; stroke-width: 1.5; stroke-opacity: .8; }
.chart .faint { fill-opacity: .65; }
.pest { fill: var(--pest); } .beneficial { fill: var(--beneficial); } .neutral { fill: var(--neutral); }
.watched { fill: var(--watched); } .dark { fill: var(--dark); } .blind { fill: var(--blind); }
.rate { fill: var(--rate); }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; margin: .25rem 0; }
.legend svg { width: .8em; height: .8em; margin-right: .4em; }
@media (max-width: 36rem) { .chart { font-size: 19px; } .chart .minor { display: none; } }
@media print { :root { --pest: #c65102; --beneficial: #00805c; --neutral: #4477aa; --watched: #00805c;
  --dark: #70757d; --blind: #b3589a; --rate: #6a4fb3; } }
"""
"""For a `<style>` or a stylesheet; the drawings themselves have no style attributes, which a strict CSP refuses."""
