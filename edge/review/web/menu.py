"""What the bar of the page leads to."""

from __future__ import annotations

from edge.language import _
from edge.review.web.access import role


def views() -> list[tuple[str, str]]:
    """Endpoints with their names; nothing for a stranger."""
    if not role():
        return []
    return [("today.today", _("Today")), ("gallery.gallery", _("Gallery"))]
