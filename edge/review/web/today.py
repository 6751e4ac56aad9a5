"""The first view: is it watching, and what came today?"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from flask import Blueprint, render_template

from edge.language import _
from edge.review.reasons import blind_in_words, strain_in_words
from edge.review.web import live, pausing
from edge.review.web.collecting import MINUTES
from edge.review.web.garden import album, garden, now, record
from edge.review.web.silence import is_gone
from edge.review.web.words import span_in_words
from edge.store.album import Tally
from edge.store.counts import rest_of
from edge.store.effort import RESTS, WATCHED
from edge.store.filter import Filter
from edge.store.latest_run import LatestRun
from edge.store.past_faults import strains_between
from edge.store.reading import Row

SILENT = timedelta(seconds=150)
"""The watcher tells the record once a minute that it is alive; after two and a half it has missed two turns.

Where its process is seen to be gone, that is told sooner.
"""
DISK_LOW = 0.05

view = Blueprint("today", __name__)


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of how things are."""

    what: str
    said: str
    well: bool = True


@dataclass(frozen=True, slots=True)
class Visitors:
    """A class that came today, with its newest photo."""

    tally: Tally
    newest: Row


@view.get("/")
def today() -> str:
    """Of the site's day; on a day without visitors, the last day that had some."""
    at = now()
    run = album().latest_run()
    left = live.look()
    seen = left if left is not None and left.is_fresh else None  # an old picture is not the present one
    told = run is not None and run.ended is None and at - run.last_alive < SILENT
    watching = run is not None and run.ended is None and (seen is not None or (told and not is_gone(garden().data)))
    pause_s = pausing.left_s()
    last = next(iter(album().page(Filter(), 1).rows), None)
    start = datetime.combine(at.date(), time(), at.tzinfo)
    visitors = _visitors(start, start + timedelta(days=1))
    shown = start
    if not visitors and last is not None:
        shown = datetime.combine(last.first_seen.date(), time(), at.tzinfo)
        visitors = _visitors(shown, shown + timedelta(days=1))
    return render_template(
        "today.html",
        now=at,
        run=run,
        watching=watching,
        rest=blind_in_words(seen.rest) if seen and seen.rest else "",
        facts=[*_now(seen), *_facts(run, shown, at)],
        live=seen if watching else None,
        minutes=MINUTES,
        pause_minutes=pausing.MINUTES,
        pause_s=pause_s,
        paused=pause_s > 0 and (seen is None or seen.rest != ""),
        labels=garden().labels,
        last=last,
        shown=shown,
        visitors=visitors,
        most=max((one.tally.count for one in visitors), default=1),
        total=sum(one.tally.count for one in visitors),
    )


def _visitors(since: datetime, until: datetime) -> list[Visitors]:
    found = []
    for tally in album().tally(since, until):
        wanted = Filter(since=since, until=until, label=tally.label)
        found += [Visitors(tally, row) for row in album().page(wanted, 1).rows]
    return found


def _now(seen: live.Live | None) -> list[Fact]:
    """What the watcher itself says."""
    if seen is None:
        return []
    facts = []
    if not seen.rest:
        facts.append(Fact(_("last frame"), _("now") if seen.camera == "open" else _("lost"), seen.camera == "open"))
    if seen.scene != "seen":
        facts.append(Fact(_("scene"), blind_in_words(seen.scene), False))
    if seen.board != "off":
        states = {"ready": _("ready"), "connecting": _("being looked for"), "backoff": _("being looked for")}
        lamp = _("on") if seen.lamp else _("off")
        board = states.get(seen.board, _("needs a person; see the log"))
        said = _("{lamp} · board: {state}").format(lamp=lamp, state=board)
        facts.append(Fact(_("LED"), said, seen.board == "ready"))
    if seen.store != "ok":
        facts.append(Fact(_("record"), _("cannot be written; see the log"), False))
    facts.append(Fact(_("here now"), f"{seen.here_now}"))
    return facts


def _facts(run: LatestRun | None, shown: datetime, at: datetime) -> list[Fact]:
    if run is None:
        return []
    effort = album().effort(shown, shown + timedelta(days=1))
    watched = effort.pop(WATCHED, 0.0)
    just_begun = run.ended is None and at - run.started < SILENT  # nothing is told before the first minute is over
    facts = [Fact(_("watched"), span_in_words(watched), watched > 0 or just_begun)]
    if rest_s := rest_of(effort):
        facts.append(Fact(_("not watched on purpose"), span_in_words(rest_s)))
    effort = {kind: seconds for kind, seconds in effort.items() if kind not in RESTS}
    if effort:
        reason, seconds = max(effort.items(), key=lambda item: item[1])
        facts.append(
            Fact(
                _("could not see"),
                f"{span_in_words(sum(effort.values()))} · {blind_in_words(reason)}",
                seconds < watched,
            )
        )
    for kind, seconds in record().ask(lambda db: strains_between(db, shown, shown + timedelta(days=1))).items():
        facts.append(Fact(_("computer"), f"{strain_in_words(kind)} ({span_in_words(seconds)})", False))
    disk = shutil.disk_usage(garden().data)
    text = _("{free:.1f} GB free of {total:.0f}").format(free=disk.free / 1e9, total=disk.total / 1e9)
    facts.append(Fact(_("disk"), text, disk.free > DISK_LOW * disk.total))
    facts.append(Fact(_("clock"), _clock(run.clock), run.clock != "untrusted"))
    facts.append(Fact(_("model"), run.model_id))
    facts.append(Fact(_("camera"), run.source))
    return facts


def _clock(clock: str) -> str:
    return {
        "trusted": _("right"),
        "untrusted": _("not set since the device was switched on; times may be wrong"),
        "corrected": _("corrected"),
        "file": _("of the film"),
    }.get(clock, clock)
