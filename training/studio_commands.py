"""The command that opens the studio."""

from __future__ import annotations

from pathlib import Path

import click

from training.group import FOLDER, group
from training.language import _


@group.command(
    help=_("Train, try and understand on a page in the browser, without writing code. Only on this computer.")
)
@click.option("--out", type=FOLDER, default=Path("studio"), show_default=True, help=_("Folder for sets, runs, models."))
@click.option("--port", type=click.IntRange(0, 65535), default=7860, show_default=True, help=_("0 takes a free one."))
@click.option("--no-browser", is_flag=True, help=_("Do not open the browser."))
def studio(out: Path, port: int, no_browser: bool) -> None:
    """Ctrl-C ends the page; a training goes on."""
    from training.studio.serve import serve

    language = "zh-CN" if _("en") != "en" else "en"
    serve(
        out,
        port,
        language,
        lambda address: click.echo(_("the studio: {address}  (Ctrl-C ends it)").format(address=address)),
        not no_browser,
    )
