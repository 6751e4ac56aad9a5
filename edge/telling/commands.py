"""The commands that try out messages, look into the outbox, and write or send the digest."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from tabulate import tabulate

from edge import config
from edge.assets import DEFAULT_MODEL
from edge.errors import EXIT_FAULT, UsageError
from edge.language import _, spaced
from edge.model.card import read_card
from edge.review import when
from edge.review.export.whole import whole_file
from edge.review.report.page import Period, page
from edge.settings import Config
from edge.store import outbox as box
from edge.store.read_only import open_database
from edge.store.reading import Sightings
from edge.telling.digest import digest as digest_of
from edge.telling.digest import span_of
from edge.telling.message import Message, Picture, picture
from edge.telling.notice import same
from edge.telling.opening import broker_of, people_of

_config = click.option("--config", "file", type=click.Path(path_type=Path), help="Configuration file (YAML).")
_data = click.option("--data", type=click.Path(path_type=Path), help="Folder of the database and the photos.")


@click.group("notify")
def notify() -> None:
    """Try out messages to people and the broker."""


@notify.command("test")
@_config
@click.option("--to", help="Only this name of notify.to, or mqtt.")
@click.pass_obj
def test(choice: str | None, file: Path | None, to: str | None) -> int:
    """Send a test message to everybody of notify.to and connect to the broker, at once; says what went wrong."""
    settings = config.chosen(choice or "auto", file)
    known = [*settings.notify.to, *(["mqtt"] if settings.mqtt.host is not None else [])]
    if not known or (to is not None and to not in known):
        expected = _("somebody to tell: notify.to or mqtt.host in the configuration")
        raise UsageError(expected, to or _("nobody"), _("name the file with --config"))
    failed = False
    for name in known if to is None else [to]:
        why = _try_broker(settings) if name == "mqtt" else _try(settings, name)
        click.echo(f"✗ {name}: {why}" if why else f"✓ {name}: " + _("sent"))
        failed |= bool(why)
    return EXIT_FAULT if failed else 0


@click.command("outbox")
@_config
@_data
@click.pass_obj
def outbox(choice: str | None, file: Path | None, data: Path | None) -> None:
    """What waits to be told, what failed and why, and what was sent or given up so far."""
    settings = config.chosen(choice or "auto", file, data=data)
    with closing(open_database(settings.data)) as db:
        queues, outcomes = box.queues(db), box.outcomes(db)
    if not queues:
        click.echo(_("nothing waits"))
    else:
        head = (_("channel"), _("waiting"), _("oldest"), _("attempts"), _("last failure"))
        rows = [(name, count, _when(since), tries, why) for name, count, since, tries, why in queues]
        click.echo(tabulate(rows, head, disable_numparse=True))
    if outcomes:
        words = {
            "sent": _("sent"),
            "too_many": _("given up: too many waited"),
            "too_old": _("given up: waited too long"),
            "gone": _("given up: nobody to tell, or nothing to tell of"),
        }
        click.echo()
        past = [(name, words[what], count, _when(at)) for name, what, count, at in outcomes]
        click.echo(tabulate(past, (_("channel"), _("outcome"), _("count"), _("last"))))


@click.command("digest")
@_config
@_data
@click.option("--date", "day", help="The one due on that day: 2026-05-01, today, yesterday; today if left out.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the day as one page, as `report` does.")
@click.option("--send", is_flag=True, help="Send it now to whom the configuration names.")
@click.pass_obj
def digest(
    choice: str | None, file: Path | None, data: Path | None, day: str | None, out: Path | None, send: bool
) -> int:
    """Show the day in a few lines: visits, watching, faults; or write it as a page, or send it."""
    settings = config.chosen(choice or "auto", file, data=data)
    names = {label.key: label for label in read_card(settings.model.path or DEFAULT_MODEL).labels}
    with Sightings(settings.data) as record:
        now = record.at_site(datetime.now(UTC))
        wanted = when.since(day, now).date() if day else now.date()
        span = span_of(wanted, settings.digest.at, now)
        message = digest_of(record, settings.data, span, names, settings.site.name, settings.digest.photos)
        if out is not None:
            counts = record.counts(*span)
            period = Period(record, settings.data, counts, names, settings.site.name, settings.digest.photos)
            with whole_file(out) as part, open(part, "w", encoding="utf-8", newline="\n") as text:
                text.writelines(page(period))
            click.echo(_("written: {path}").format(path=out))
    if send:
        return _send(settings, message, wanted)
    if out is None:
        click.echo(message.title)
        click.echo(message.text)
    return 0


def _send(settings: Config, message: Message, day: date) -> int:
    """At once, and beside the one that the watcher sends by itself."""
    names = settings.digest.to or settings.notify.to
    if not names:
        raise UsageError(_("somebody to tell: notify.to in the configuration"), _("nobody"), _("name somebody"))
    failed = False
    for name in names:
        why = people_of(settings, name, {}).send(message, f"{day}-{name}")
        click.echo(f"✗ {name}: {why}" if why else f"✓ {name}: " + _("sent"))
        failed |= bool(why)
    return EXIT_FAULT if failed else 0


def _try(settings: Config, name: str) -> str:
    where = settings.site.name or _("the garden")
    lines = (spaced(_("This is a test: messages from {where} arrive here.").format(where=where)),)
    id = f"test-{int(time.time())}"
    message = Message(_("Gardenwatch: a test"), lines, tuple(_drawn()) if settings.notify.photos else (), same(id))
    return people_of(settings, name, {}).send(message, id)


def _drawn() -> Iterator[Picture]:
    """A bee, as in the demo garden."""
    from edge.camera.garden.photos import draw_photos  # late: OpenCV takes long to load

    with TemporaryDirectory(prefix="gardenwatch-") as folder:
        draw_photos(Path(folder) / "drawn", 1, 7)
        for file in Path(folder).glob("drawn/images/bee/*.jpg"):
            if (shown := picture(file, "photo.jpg", _("a drawn bee"))) is not None:
                yield shown


def _try_broker(settings: Config) -> str:
    return broker_of(settings, {}).try_out()


def _when(at: float | None) -> str:
    """On this computer's clock; `-` for what nobody knows."""
    return f"{datetime.fromtimestamp(at).astimezone():%Y-%m-%d %H:%M}" if at else "-"
