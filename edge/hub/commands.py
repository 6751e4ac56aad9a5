"""The command of the hub."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from edge import language
from edge.errors import ConfigError, UsageError
from edge.language import _
from edge.telling.opening import need

if TYPE_CHECKING:
    from edge.hub.settings import HubSettings


@click.group("hub", invoke_without_command=True)
@click.option("--config", "file", type=click.Path(path_type=Path), required=True, help="The hub's own file (YAML).")
@click.pass_context
def hub(context: click.Context, file: Path) -> None:
    """Store what many gardens tell a broker, in PostgreSQL; until Ctrl-C or SIGTERM."""
    settings = chosen(context.obj or "auto", file)
    context.obj = settings
    if context.invoked_subcommand is None:
        from edge.hub.running import run

        run(settings)


@hub.command("review")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="0: a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to be reached at; 0.0.0.0: the network.")
@click.option("--name", "names", multiple=True, help="A further name that browsers call this computer by.")
@click.pass_obj
def review(settings: HubSettings, port: int, host: str, names: tuple[str, ...]) -> None:
    """Look at all gardens in a browser; until Ctrl-C or SIGTERM. Passwords are those of `hub-data`."""
    from edge.assets import DEFAULT_MODEL
    from edge.hub.page import hub_app
    from edge.model.card import read_card
    from edge.review.web import passwords
    from edge.review.web.commands import LOCAL, answer

    settings.data.mkdir(parents=True, exist_ok=True)
    kept, outside = passwords.read(settings.data), host not in LOCAL
    if outside and (kept is None or not kept.teacher):
        raise UsageError(
            _("a password, where others can reach the page"),
            _("none"),
            _("type `gardenwatch review set-password --data {folder}` first").format(folder=settings.data),
        )
    labels = {label.key: label for label in read_card(settings.model or DEFAULT_MODEL).labels}
    own = frozenset(name.lower() for name in names)
    answer(hub_app(settings, labels, outside, own, kept.secret if kept else None), host, port)


@hub.command("export")
@click.option("--format", "form", type=click.Choice(("csv", "jsonl", "dataset")), required=True)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The file, or for a dataset a folder.")
@click.option("--garden", help="Only this device's.")
@click.option("--label", help="Only this label key; a person's verdict goes before the machine's label.")
@click.option("--unjudged", is_flag=True, help="Into a dataset also what nobody judged, under the machine's label.")
@click.pass_obj
def export(settings: HubSettings, form: str, out: Path, garden: str | None, label: str | None, unjudged: bool) -> None:
    """Write all gardens' sightings as a table, or as a dataset to train on; with what people said on the hub."""
    from edge.hub.album import HubAlbum
    from edge.review.export.commands import export_dataset, export_table
    from edge.store.filter import Filter

    if unjudged and form != "dataset":
        raise UsageError(_("--unjudged with --format dataset"), f"--format {form}", _("leave --unjudged out"))
    with closing(HubAlbum(settings.database, garden)) as album:
        rows = album.rows(Filter(label=label))
        if form == "dataset":
            export_dataset(settings.data, album, rows, out, unjudged)
        else:
            export_table(rows, "csv" if form == "csv" else "jsonl", out)
    click.echo(_("written: {path}").format(path=out))


def chosen(choice: str, file: Path) -> HubSettings:
    """The file's settings; from here on in their language. Raises ConfigError."""
    need("psycopg", "hub", "hub")
    need("paho.mqtt", "hub", "hub")
    from edge.hub import settings as hub_settings  # late: only a hub has the libraries

    if choice == "auto":
        language.use_of(file)
    settings = hub_settings.read(file)
    if choice == "auto":
        language.use(settings.language)
    if settings.broker.host is None:
        raise ConfigError(_("broker: {host: …} in the hub's file"), _("none"), _("name the broker of the gardens"))
    return settings
