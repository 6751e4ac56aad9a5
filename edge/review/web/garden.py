"""What the page is about: a data folder, the names of its animals, and who may do what."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from flask import Flask, current_app, g, request

from edge.boot import boot_id
from edge.model.labels import Label
from edge.review.albums import AnyAlbum
from edge.settings import SiteSettings
from edge.store.album import Album

DEVICE = re.compile(r"[A-Za-z0-9_-]{1,80}")
EXTENSION = "gardenwatch"


@dataclass(frozen=True, slots=True)
class Garden:
    """Fixed while the page is served."""

    data: Path
    labels: Mapping[str, Label]
    """What the machine can name, by key."""
    masks: Path
    """The file of masks that the watcher reads."""
    photo_margin: float
    """Margin around the animal with which photos were cut, as the configuration says."""
    site: SiteSettings = field(default_factory=SiteSettings)
    """Where it is, as far as the configuration says."""
    reached_from_outside: bool = False
    """Others than who sits at this computer can ask: without a password nobody is let in."""
    open: Callable[[str | None], AnyAlbum] | None = None
    """Opens another record than the data folder's, of one garden or all."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What people call a garden, by its device's name."""

    @property
    def has_many(self) -> bool:
        return self.open is not None


def plant(app: Flask, garden: Garden) -> None:
    """Makes it known to all that the app does; the record is closed after each request."""
    app.extensions[EXTENSION] = garden
    app.teardown_request(_close)


def garden() -> Garden:
    """That of the app which answers now."""
    return cast(Garden, current_app.extensions[EXTENSION])


def album() -> AnyAlbum:
    """The record, opened once in a request. Raises GardenwatchError where there is none, or it cannot be read."""
    if "album" not in g:
        opened = garden().open
        g.album = Album(garden().data) if opened is None else opened(chosen_garden() or None)
    return cast(AnyAlbum, g.album)


def chosen_garden() -> str:
    """The device's name in the address, where there are several gardens; empty: all of them."""
    name = request.args.get("garden", "")
    return name if garden().has_many and DEVICE.fullmatch(name) else ""


def garden_names() -> list[tuple[str, str]]:
    """Of several gardens: device and what people call it."""
    if not garden().has_many:
        return []
    return [(one.name, garden().names.get(one.name, one.name)) for one in album().gardens()]


def record() -> Album:
    """The data folder's own, for views that only a device has."""
    opened = album()
    assert isinstance(opened, Album)
    return opened


def now() -> datetime:
    """In the site's zone; told by the corrected clock where the system's is not right."""
    run = album().latest_run()
    if run is not None and run.tick_zero_at is not None and not run.set_since and run.boot_id == boot_id():
        return album().at_site(datetime.fromtimestamp(run.tick_zero_at + time.monotonic(), UTC))
    return album().at_site(datetime.now(UTC))


def _close(_error: BaseException | None) -> None:
    opened = g.pop("album", None)
    if opened is not None:
        opened.close()
