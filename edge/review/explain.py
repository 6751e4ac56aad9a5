"""The command that tells why something was counted, or was not."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from edge.errors import UsageError
from edge.language import _
from edge.model.labels import Label
from edge.review import when
from edge.review.export.whole import whole_file
from edge.review.reasons import blind_in_words
from edge.review.story import NEAR, Story, around, of_rejection, of_sighting
from edge.review.story_page import as_page, as_text
from edge.settings import Config
from edge.store.effort import RESTS, WATCHED
from edge.store.filter import Filter
from edge.store.reading import Sightings

_ID = re.compile(r"(?=.*[a-f]|\d{5,})[0-9a-f]{3,32}", re.IGNORECASE)
"""An id or its beginning; 2026 or 14:30 is none."""
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")


def explain_command(labels: Callable[[], Mapping[str, Label]]) -> click.Command:
    """`gardenwatch explain`; `labels` gives the names of label keys."""

    @click.command("explain")
    @click.argument("what", metavar="ID|TIME")
    @click.option("--data", type=click.Path(path_type=Path), default=Config().data, show_default=True)
    @click.option("--html", type=click.Path(path_type=Path), help="Write a page with the photos into this file.")
    def explain(what: str, data: Path, html: Path | None) -> None:
        """Tell in plain words why something was counted, or was not.

        ID is a sighting's id or the beginning of it, TIME a time such as 14:30:05 of the last day that was watched, or
        2026-05-01T14:30:05: then all that was seen about that time is told, and whether the camera could see.
        """
        with Sightings(data) as record:
            notes: list[str] = []
            if _ID.fullmatch(what):
                stories = [_of_id(record, what.lower(), data, labels())]
            else:
                instant = _instant(record, what)
                stories = around(record, instant, data, labels())
                notes = [*_effort(record, instant), *_said_of_none(stories, instant)]
        if html is None:
            click.echo("\n\n".join([*notes, *(as_text(story) for story in stories)]))
            return
        with whole_file(html) as part:
            part.write_text(as_page(_("Why? {what}").format(what=what), notes, stories), "utf-8")
        click.echo(_("written: {path}").format(path=html))

    return explain


def _of_id(record: Sightings, beginning: str, data: Path, labels: Mapping[str, Label]) -> Story:
    rejections = [one for one in record.rejections() if one.id.startswith(beginning)]
    if len(rejections) == 1:
        return of_rejection(rejections[0], labels)
    return of_sighting(record, record.one(record.find(beginning)), data, labels)


def _instant(record: Sightings, text: str) -> datetime:
    """Raises UsageError for what is no time, or where nothing was watched."""
    runs = record.runs()
    if not runs:
        raise UsageError(_("a record of at least one run"), _("none"), _("watch first"))
    clock = _CLOCK.fullmatch(text.strip())
    if clock is None:
        return when.since(text, record.at_site(datetime.now(UTC)))
    last = max(run.ended for run in runs)
    latest = next(iter(record.rows(Filter(limit=1))), None)
    last = max(last, latest.last_seen) if latest else last
    hour, minute, second = (int(part or 0) for part in clock.groups())
    try:
        return last.replace(hour=hour, minute=minute, second=second, microsecond=0)
    except ValueError as error:
        raise UsageError(_("a time such as 14:30 or 14:30:05"), repr(text), _("type one of these forms")) from error


def _effort(record: Sightings, instant: datetime) -> list[str]:
    """Whether anything could be seen then."""
    seconds = record.effort(instant - NEAR, instant + NEAR)
    if not seconds:
        return [_("Nobody watched at {time:%Y-%m-%d %H:%M:%S}: the watcher did not run.").format(time=instant)]
    watched = seconds.pop(WATCHED, 0.0)
    rests = [(kind, seconds.pop(kind)) for kind in sorted(RESTS & seconds.keys())]
    notes = [_("In that quarter of an hour {seconds:.0f} s were watched.").format(seconds=watched)]
    text = _("For {seconds:.0f} s nothing could be seen: {reason}.")
    notes += [text.format(seconds=s, reason=blind_in_words(kind)) for kind, s in sorted(seconds.items())]
    text = _("For {seconds:.0f} s nobody watched: {reason}.")
    return notes + [text.format(seconds=s, reason=blind_in_words(kind)) for kind, s in rests]


def _said_of_none(stories: list[Story], instant: datetime) -> list[str]:
    if not stories:
        return [_("Nothing that moved was followed.")]
    away = max(stories[0].first_seen - instant, instant - stories[0].last_seen)
    if away <= NEAR:
        return []
    text = _("Nothing that moved was followed then; this came next to it, {away} away:")
    return [text.format(away=timedelta(seconds=round(away.total_seconds())))]
