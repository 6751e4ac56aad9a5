"""The command with which a person says what was seen."""

from __future__ import annotations

import getpass
import sqlite3
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import click

from edge.errors import StoreFault, UsageError
from edge.language import _, current
from edge.model.labels import UNKNOWN, Label, Role
from edge.settings import Config
from edge.store.reading import Sightings
from edge.store.verdicts import Verdict, append_verdicts


def verdict_command(labels: Callable[[], Mapping[str, Label]]) -> click.Command:
    """`gardenwatch verdict`; `labels` are those a person may give without saying their role."""

    @click.command("verdict")
    @click.argument("sighting")
    @click.argument("label", required=False)
    @click.option("--undo", is_flag=True, help="Take the earlier verdict back; the machine's label counts again.")
    @click.option("--role", type=click.Choice(get_args(Role)), help="Role of a label that the model does not know.")
    @click.option("--by", metavar="NAME", help="Who says so; your user name if left out.")
    @click.option("--data", type=click.Path(path_type=Path), default=Config().data, show_default=True)
    def verdict(sighting: str, label: str | None, undo: bool, role: Role | None, by: str | None, data: Path) -> None:
        """Say what SIGHTING (its id, or the beginning of it) was: a LABEL key, unknown, or background for no animal.

        Verdicts are appended with name and time; the latest counts.
        """
        if undo == bool(label):
            raise UsageError(_("a label, or --undo"), _("both") if undo else _("neither"), _("type one of them"))
        known = labels()
        if label is not None:
            role = role or role_of(label, known)
        with Sightings(data) as record:
            id = record.find(sighting)
        said = Verdict(id, label, role if label else None, by or getpass.getuser(), datetime.now(UTC))
        try:
            append_verdicts(data, [said])
        except (OSError, sqlite3.Error) as error:
            todo = _("look at the disk and the rights of this user, then try again; nothing was changed")
            raise StoreFault(_("a record that can be written in {path}").format(path=data), str(error), todo) from error
        name = known[label].name(current()) if label and label in known else label
        text = _("{id}: judged as {label} by {name}") if label else _("{id}: the verdict was taken back by {name}")
        click.echo(text.format(id=id, label=name, name=said.judged_by))

    return verdict


def role_of(label: str, known: Mapping[str, Label]) -> Role:
    """The role that the model gives that label. Raises UsageError for one it does not know."""
    if label == UNKNOWN:
        return "neutral"
    if label in known:
        return known[label].role
    if label == "background":
        return "background"
    raise UsageError(
        _("a label of the model ({labels}), unknown, or background").format(labels=", ".join(known)),
        repr(label),
        _("choose one of these, or say what it is with --role"),
    )
