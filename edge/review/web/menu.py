"""What the bar of the page leads to."""

from __future__ import annotations

from flask import current_app

from edge.language import _
from edge.review.web.access import may_judge, role


def views() -> list[tuple[str, str]]:
    """Endpoints with their names; nothing for a stranger."""
    if not role():
        return []
    own = "call.call" in current_app.view_functions
    mine = [("call.call", _("Your call"))] if own and may_judge() else []
    first = _("Today") if own else _("Gardens")
    return [("today.today", first), ("gallery.gallery", _("Gallery")), *mine, ("charts.charts", _("Charts"))]
