"""The commands that pause the watching, and let it go on."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from edge import config
from edge.errors import UsageError
from edge.language import _
from edge.times import pause as pauses
from edge.times.pause import LONGEST, USUAL, Pause

_SPAN = re.compile(r"(\d{1,4})(m|min|h|d)")
_UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days"}
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")

_config = click.option("--config", "file", type=click.Path(path_type=Path), help="Configuration file (YAML).")
_data = click.option("--data", type=click.Path(path_type=Path), help="Folder of the database and the photos.")


@click.command("pause")
@_config
@_data
@click.option("--for", "span", metavar="SPAN", help="How long, such as 30m, 2h or 1d; one hour if left out.")
@click.option("--until", metavar="TIME", help="Until then, such as 14:30 or 2026-05-01T08:00.")
@click.pass_obj
def pause(choice: str | None, file: Path | None, data: Path | None, span: str | None, until: str | None) -> None:
    """Let the watcher close the camera for a while: work in the bed, or a visit of the class.

    It follows within two seconds, also where it starts only later, and goes on by itself; after a week at most.
    What was there is closed and kept; the time counts as paused, neither as watched nor as blind.
    """
    settings = config.chosen(choice or "auto", file, data=data)
    if span and until:
        raise UsageError(_("--for or --until"), _("both"), _("leave one of them out"))
    wanted = Pause.until_time(_time(until)) if until else Pause.lasting(_span(span) if span else USUAL)
    if not settings.data.is_dir():
        raise UsageError(_("a data folder"), f"{settings.data}", _("name it with --data, or watch first"))
    pauses.ask(settings.data, wanted)
    click.echo(_("paused until {time:%Y-%m-%d %H:%M}").format(time=wanted.until.astimezone()))


@click.command("resume")
@_config
@_data
@click.pass_obj
def resume(choice: str | None, file: Path | None, data: Path | None) -> None:
    """End a pause: the watcher opens the camera again within two seconds."""
    settings = config.chosen(choice or "auto", file, data=data)
    click.echo(_("the watching goes on") if pauses.resume(settings.data) else _("there was no pause"))


def _span(text: str) -> timedelta:
    """Raises UsageError."""
    found = _SPAN.fullmatch(text.strip().lower())
    span = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else timedelta(0)
    if not timedelta(0) < span <= LONGEST:
        raise UsageError(_("a span up to 7d, such as 30m, 2h or 1d"), repr(text), _("type it in this form"))
    return span


def _time(text: str) -> datetime:
    """The next time when the clock says so. Raises UsageError."""
    now = datetime.now(UTC)
    try:
        if found := _CLOCK.fullmatch(text.strip()):
            local = now.astimezone().replace(
                hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0, tzinfo=None
            )
            wall = local.astimezone(UTC)
            wall = wall if wall > now else (local + timedelta(days=1)).astimezone(UTC)
        else:
            wall = datetime.fromisoformat(text.strip()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            _("a time such as 14:30 or 2026-05-01T08:00"), repr(text), _("type it in this form")
        ) from error
    if not now < wall <= now + LONGEST:
        raise UsageError(_("a time within the next seven days"), repr(text), _("choose an earlier one"))
    return wall
