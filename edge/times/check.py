"""Says when is watched, and what is missing for it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from edge import clock
from edge.boot import boot_id
from edge.errors import ConfigError
from edge.finding import Finding
from edge.language import _
from edge.records import Moment
from edge.settings import Config
from edge.times.hours import Hours
from edge.times.pause import read


def times(config: Config) -> Finding:
    """Of today, in the site's hours."""
    what = _("times of watching")
    try:
        hours = Hours(config.times.watch, config.site)
    except ConfigError as error:
        return Finding(what, "broken", error.found, error.todo)
    now = datetime.now(UTC)
    said = [_("day and night")]
    if config.times.watch:
        today = hours.on(hours.clock(now).date())
        spans = [f"{hours.clock(start):%H:%M}–{hours.clock(end):%H:%M}" for start, end in today]
        said = [_("today {spans}").format(spans=", ".join(spans) or _("never"))]
    if duty := config.times.duty:
        text = _("{watch:g} of every {every:g} minutes")
        said.append(text.format(watch=duty.watch_minutes, every=duty.every_minutes))
    pause = read(config.data)
    left_s = pause.left_s(Moment(now, time.monotonic(), None), boot_id()) if pause else 0.0
    if left_s:
        until = hours.clock(now + timedelta(seconds=left_s))
        said.append(_("paused until {time:%Y-%m-%d %H:%M}").format(time=until))
        return Finding(what, "warning", "; ".join(said), _("`gardenwatch resume` ends the pause"))
    if config.times.watch and clock.trust() == "untrusted":
        todo = _("connect to a network; until the clock has been set, it is watched at all hours")
        return Finding(what, "warning", "; ".join(said), todo)
    return Finding(what, "ok", "; ".join(said))
