"""Visits per watched hour, with the range that chance leaves."""

from __future__ import annotations

import math

from edge.store.counts import Slot

LEAST_S = 1800.0
"""Under half an hour of watching a single visit would make a towering rate."""
Z_95 = 1.96
"""Standard deviations to either side that hold 95 % of a normal distribution."""


def per_hour(slot: Slot) -> float | None:
    """None where too little was watched."""
    return slot.count * 3600 / slot.watched_s if slot.watched_s >= LEAST_S else None


def per_hour_range(slot: Slot) -> tuple[float, float] | None:
    """In which the true rate lies with 95 % certainty, if visits are independent of each other."""
    if slot.watched_s < LEAST_S:
        return None
    low, high = poisson_range(slot.count)
    return low * 3600 / slot.watched_s, high * 3600 / slot.watched_s


def poisson_range(count: int) -> tuple[float, float]:
    """Byar's approximation of the exact 95 % interval of a Poisson mean (Breslow, Day 1987, Statistical Methods in
    Cancer Research II, p. 69); within 2 % of it from one event on. At none the exact upper end, ln 40."""
    if count == 0:
        return 0.0, math.log(40)
    more = count + 1
    low = count * (1 - 1 / (9 * count) - Z_95 / (3 * math.sqrt(count))) ** 3
    return low, more * (1 - 1 / (9 * more) + Z_95 / (3 * math.sqrt(more))) ** 3


def wilson_range(right: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % score interval of a share (Wilson 1927, JASA 22:209); (0, 1) of none."""
    if of == 0:
        return 0.0, 1.0
    share, z2 = right / of, Z_95**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z_95 / (1 + z2 / of) * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)
