"""The command of the hub."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from edge import language
from edge.errors import ConfigError
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


def chosen(choice: str, file: Path) -> HubSettings:
    """The file's settings; from here on in their language. Raises ConfigError."""
    need("psycopg", "hub", "hub")
    need("paho.mqtt", "hub", "hub")
    from edge.hub import settings as hub_settings  # late: only a hub has the libraries

    settings = hub_settings.read(file)
    if choice == "auto":
        language.use(settings.language)
    if settings.broker.host is None:
        raise ConfigError(_("broker: {host: …} in the hub's file"), _("none"), _("name the broker of the gardens"))
    return settings
