"""Round numbers for an axis."""

from __future__ import annotations

import math

STEPS = (1, 2, 5, 10)


def ticks(highest: float, most: int = 5, whole: bool = True) -> list[float]:
    """From 0 to at least `highest` in at most `most` steps of 1, 2 or 5 times a power of ten.

    `whole` allows whole numbers only, as counts need.
    """
    if highest <= 0:
        return [0.0, 1.0]
    rough = highest / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(one * power for one in STEPS if one * power >= rough * (1 - 1e-9))
    if whole:
        step = max(1.0, step)
    return [number * step for number in range(math.ceil(highest / step - 1e-9) + 1)]


def number_text(value: float) -> str:
    """Short and without needless zeros; thousands are set apart by a thin space (ISO 80000-1)."""
    if value >= 1000:
        return f"{value:,.0f}".replace(",", "\u202f")
    if value >= 100 or value == int(value):
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.2g}"
