"""The page over all gardens: those of the device's views that look or judge, with an overview."""

from __future__ import annotations

from flask import Flask

from edge.hub import overview
from edge.hub.album import HubAlbum
from edge.hub.settings import HubSettings
from edge.model.labels import Label
from edge.review.web import access, charts, gallery, judging, photos, sighting, words
from edge.review.web.access import RIGHTS, Needed
from edge.review.web.app import create_app
from edge.review.web.garden import Garden

VIEWS = (access, overview, gallery, sighting, judging, charts, photos, words)
_SHARED = ("access.", "today.", "gallery.", "sighting.", "judging.", "charts.", "photos.", "words.", "static")
HUB_RIGHTS: dict[str, Needed] = {
    **{endpoint: needed for endpoint, needed in RIGHTS.items() if endpoint.startswith(_SHARED)},
    "today.healthz": "anybody",
}


def hub_app(
    settings: HubSettings,
    labels: dict[str, Label],
    reached_from_outside: bool = False,
    names: frozenset[str] = frozenset(),
    secret: str | None = None,
) -> Flask:
    """As a WSGI application. Nothing on it changes anything, but what people say of a sighting."""
    garden = Garden(
        settings.data,
        labels,
        settings.data / "masks.yaml",
        photo_margin=0.35,
        reached_from_outside=reached_from_outside,
        open=lambda name: HubAlbum(settings.database, name),
        names=settings.names,
    )
    return create_app(garden, names, secret, views=tuple(module.view for module in VIEWS), rights=HUB_RIGHTS)
