"""Visits as the decision would tell of them, and runs to keep them in."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import numpy as np

from edge.model.labels import Role
from edge.records import Box, Change, ChangeKind, Image, Moment, Receipt, Shot, Sighting
from edge.settings import RetentionSettings, StoreSettings
from edge.store.run import Clock, Run

START = datetime(2026, 5, 1, 6, 0, tzinfo=UTC)
# Most tests need no reserve, and writing one takes time; their photos are few, and all are to stay.
SETTINGS = StoreSettings(reserve_mb=0, retention=RetentionSettings(free_mb=0))
SMALL_RESERVE = SETTINGS.model_copy(update={"reserve_mb": 1})
"""One megabyte is enough for the rows of a test."""


def moment(second: float, source: Literal["live", "file"] = "live") -> Moment:
    """So many seconds after the start of the tale; a live source's ticks begin at 1000."""
    wall = START + timedelta(seconds=second)
    return Moment(wall, 1000 + second, None) if source == "live" else Moment(wall, second, second)


def run(
    clock: Clock = "trusted", source: str = "garden", timezone: str | None = "Asia/Shanghai", boot_id: str = "boot-1"
) -> Run:
    return Run(source, "tiny-1", "cafe", boot_id, clock, timezone, 0, "gardenwatch test", moment(0))


def picture(shade: int = 90, size: int = 48) -> Image:
    image = np.full((size, size, 3), shade, np.uint8)
    image[size // 4 : size // 2, size // 4 : size // 2] = (20, 40, 200)
    return image


def sighting(
    second: float = 10.0,
    label: str = "slug",
    role: Role = "pest",
    confidence: float = 0.8,
    last: float | None = None,
    source: Literal["live", "file"] = "live",
    id: str | None = None,
) -> Sighting:
    return Sighting(
        id=id or uuid.uuid4().hex,
        first_seen=moment(second, source),
        last_seen=moment(second + 1 if last is None else last, source),
        decided=moment(second + 0.5, source),
        label=label,
        role=role,
        confidence=confidence,
        box=Box(100, 50, 40, 30),
        box_moment=moment(second + 0.5, source),
        receipt=Receipt(3, {label: confidence, "background": 1 - confidence}, "three looks agreed", {"margin": 0.4}),
    )


def change(kind: ChangeKind, of: Sighting, shade: int | None = None) -> Change:
    """With a picture of that shade, where one is given."""
    shot = None if shade is None else Shot(picture(shade), of.box, of.box_moment)
    return Change(kind, of, shot)


def visit(of: Sighting, shade: int = 90, further: int = 0) -> list[Change]:
    """A whole visit: opened with a picture, then closed, with so many further ones taken a second apart."""
    seconds = [(of.box_moment.wall - START).total_seconds() + 1 + n for n in range(further)]
    source: Literal["live", "file"] = "live" if of.box_moment.source_s is None else "file"
    shots = [  # cut with a margin of 14 on all sides
        Shot(picture(shade + 10 * n, 68)[:58].copy(), Box(110 + n, 50, 40, 30), moment(s, source))
        for n, s in enumerate(seconds)
    ]
    return [change("opened", of, shade), replace(change("closed", of), further=tuple(shots))]
