"""The commands that look after the record: verify and rebuild."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

import click

from edge.errors import EXIT_FAULT, StoreFault
from edge.language import _, _n, listed
from edge.settings import Config
from edge.store import rebuild as anew
from edge.store.verify import FOLDERS, Fault
from edge.store.verify import verify as steps

_data = click.option("--data", type=click.Path(path_type=Path), default=Config().data, show_default=True)


@click.command("verify")
@_data
@click.pass_context
def verify(context: click.Context, data: Path) -> None:
    """Compare each photo with its row, and verdicts with their journal; nothing is changed.

    Exit status 1 if they disagree. May be run while the garden is watched.
    """
    photos, found = 0, list[Fault]()
    with click.progressbar(steps(data), length=FOLDERS + 1, label=_("photos"), file=sys.stderr) as bar:
        for step in bar:
            photos = step.photos
            found += step.faults
    for fault in found:
        click.echo(_in_words(fault))
    read = _n("{count} photo read", "{count} photos read", photos).format(count=photos)
    faults = _n("{count} fault", "{count} faults", len(found)).format(count=len(found))
    click.echo(listed([read, faults]))
    if found:
        context.exit(EXIT_FAULT)


def _in_words(fault: Fault) -> str:
    texts = {
        "database": _("the database is damaged ({what}); stop `gardenwatch run`, then type `gardenwatch rebuild`"),
        "photo_gone": _("{what}: a row names it, but it is not there; copy it back from a backup"),
        "photo_changed": _("{what}: changed since it was written; copy it back from a backup"),
        "photo_without_row": _("{what}: no row names it; `gardenwatch rebuild` takes it in"),
        "verdict_lost": _("verdict {what} is in the journal only; `gardenwatch rebuild` takes it in"),
        "verdict_unreadable": _("{what}: not a verdict, such as a line torn by a power cut; it is passed over"),
    }
    return texts[fault.kind].format(what=fault.what)


@click.command("rebuild")
@_data
def rebuild(data: Path) -> None:
    """Make the database anew from the photos and the journal of verdicts.

    The present database is set aside, never overwritten. Not while the garden is watched.
    """
    click.echo(_("reading the photos ..."), err=True)
    try:
        report = anew.rebuild(data)
    except sqlite3.Error as error:
        todo = _("look at the disk, then try again; the photos are as they were")
        raise StoreFault(_("a database that can be written in {path}").format(path=data), str(error), todo) from error
    sightings = _n("{count} sighting", "{count} sightings", report.sightings).format(count=report.sightings)
    verdicts = _n("{count} verdict", "{count} verdicts", report.verdicts).format(count=report.verdicts)
    click.echo(_("brought back: {sightings} and {verdicts}").format(sightings=sightings, verdicts=verdicts))
    if report.set_aside:
        click.echo(_("the earlier database is now {path}").format(path=report.set_aside))
    for name in report.unreadable:
        click.echo(_("{name}: carries no record that can be read; left where it is").format(name=name))
    if report.unreadable_verdicts:
        text = _n(
            "{count} line of the journal of verdicts cannot be read",
            "{count} lines of the journal of verdicts cannot be read",
            report.unreadable_verdicts,
        )
        click.echo(text.format(count=report.unreadable_verdicts))
    if report.orphan_verdicts:
        click.echo(
            _n(
                "{count} verdict on a sighting that is not there; kept",
                "{count} verdicts on sightings that are not there; kept",
                report.orphan_verdicts,
            ).format(count=report.orphan_verdicts)
        )
    click.echo(_("not brought back: {what}").format(what="; ".join(_(reason) for reason in report.not_restored)))
