"""The command that tells whether a set of photos is as it should be."""

from __future__ import annotations

from pathlib import Path

import click

from training.group import FOLDER, group
from training.language import _, _n


@group.command(
    help=_(
        "Is the format of DATASET right? Names every fault with file and line, and what to do. "
        "DATASET is a folder of class folders or a prepared set; nothing is changed. Ends with 1 if there are errors."
    )
)
@click.argument("dataset", type=FOLDER)
@click.option("--xedu", is_flag=True, help=_("Also what BaseDT and MMEdu would refuse or read otherwise."))
def check(dataset: Path, xedu: bool) -> None:
    """Faults go to stdout: they are what was asked for."""
    from training.check.check import check as look
    from training.check.fault import told

    done = look(dataset)
    for line in told(done.faults):
        click.echo(line)
    if xedu:
        click.echo(_("BaseDT and MMEdu:"))
        for line in told(done.xedu) or [_("they take it as it is.")]:
            click.echo(line)
    errors = sum(fault.severity == "error" for fault in done.faults)
    warnings = len(done.faults) - errors
    text = _("{photos} photos of {classes} classes: {errors}, {warnings}")
    values = {
        "photos": len(done.scene.pictures),
        "classes": len(done.scene.names),
        "errors": _n("{count} error", "{count} errors", errors).format(count=errors),
        "warnings": _n("{count} warning", "{count} warnings", warnings).format(count=warnings),
    }
    click.echo(text.format(**values))
    if errors or (xedu and any(fault.severity == "error" for fault in done.xedu)):
        raise SystemExit(1)
    if not done.faults:
        click.echo(_("the format is right."))
