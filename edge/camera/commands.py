"""Commands that need nothing but the camera part."""

from __future__ import annotations

from pathlib import Path

import click

from edge.camera.garden.photos import CLASSES, draw_photos
from edge.errors import GardenwatchError, UsageError
from edge.language import _


@click.command("draw")
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--per-class", type=click.IntRange(1), default=60, show_default=True, help="Photos of each class.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Other seeds draw other photos.")
def draw(out: Path, per_class: int, seed: int) -> None:
    """Draw a raw data set of garden animals, to try training without any photo."""
    try:
        draw_photos(out, per_class, seed)
    except OSError as error:
        mistyped = isinstance(error, PermissionError | NotADirectoryError)
        raise (UsageError if mistyped else GardenwatchError)(
            _("a folder to write the drawn photos in"),
            f"{out}: {error.strerror}",
            _("choose a folder with room that this user may write in"),
        ) from error
    message = _("drew {count} photos of {classes} into {folder}")
    click.echo(message.format(count=per_class * len(CLASSES), classes=", ".join(CLASSES), folder=out))
