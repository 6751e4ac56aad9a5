"""The command that deletes a photo for good."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import click

from edge.errors import StoreFault, UsageError
from edge.language import _
from edge.settings import Config
from edge.store.deletion import delete_photo
from edge.store.reading import Sightings


@click.command("delete")
@click.argument("sighting")
@click.option("--photo", is_flag=True, help="The photo; the sighting stays as a count.")
@click.option("--data", type=click.Path(path_type=Path), default=Config().data, show_default=True)
def delete(sighting: str, photo: bool, data: Path) -> None:
    """Delete the photo of SIGHTING (its id, or the beginning of it) for good.

    The sighting stays, and says that its photo was deleted. An id that `explain` gave of something that was not
    counted may be given, too. Copies in exports and backups stay where they are.
    """
    if not photo:
        raise UsageError("--photo", _("nothing"), _("type it; a sighting itself is never deleted"))
    id = _whole_id(data, sighting)
    try:
        deleted = delete_photo(data, id)
    except (OSError, sqlite3.Error) as error:
        todo = _("look at the disk and the rights of this user, then try again")
        raise StoreFault(_("a record that can be written in {path}").format(path=data), str(error), todo) from error
    text = _("{id}: the photo is deleted") if deleted else _("{id}: there is no photo")
    click.echo(text.format(id=id))


def _whole_id(data: Path, beginning: str) -> str:
    with Sightings(data) as record:
        rejected = [one.id for one in record.rejections() if beginning and one.id.startswith(beginning.lower())]
        return rejected[0] if len(rejected) == 1 else record.find(beginning)
