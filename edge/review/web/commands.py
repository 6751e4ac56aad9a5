"""The command that serves the page."""

from __future__ import annotations

import logging
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click
from waitress.server import create_server

from edge import config
from edge.errors import UsageError
from edge.installed import model_file
from edge.language import _
from edge.model.card import read_card
from edge.model.labels import Label
from edge.review.web import passwords
from edge.review.web.access import LONGEST
from edge.settings import Config

if TYPE_CHECKING:
    from flask import Flask

HERE = "127.0.0.1"
LOCAL = frozenset({HERE, "localhost", "::1"})
log = logging.getLogger(__name__)

THREADS = 4
"""Requests answered at once; an answer takes milliseconds, so a class of thirty waits for nothing."""
LONGEST_WAIT_S = 30
"""A browser that sends nothing for so long is let go."""
CONNECTIONS = 200


@click.group("review", invoke_without_command=True)
@click.option("--config", "file", type=click.Path(path_type=Path), help="Configuration file (YAML).")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the database and the photos.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: a free one.")
@click.option("--host", default=HERE, show_default=True, help="Address to be reached at; 0.0.0.0: from the network.")
@click.option("--name", "names", multiple=True, help="A further name that browsers call this computer by.")
@click.pass_context
def review(
    context: click.Context, file: Path | None, data: Path | None, port: int, host: str, names: tuple[str, ...]
) -> None:
    """Look at what was seen in a browser, and say what it was; until Ctrl-C or SIGTERM."""
    settings = config.chosen(context.obj or "auto", file, data=data)
    if context.invoked_subcommand is None:
        serve(settings, host, port, frozenset(name.lower() for name in names))


@review.command("set-password")
@click.option("--config", "file", type=click.Path(path_type=Path), help="Configuration file (YAML).")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the database and the photos.")
@click.option("--role", type=click.Choice(get_args(passwords.Who)), default="teacher", show_default=True)
def set_password(file: Path | None, data: Path | None, role: passwords.Who) -> None:
    """Ask for the password that teachers (or viewers) log in with; the first line of standard input, if piped."""
    settings = config.chosen("auto", file, data=data)
    _check_folder(settings.data)
    if sys.stdin.isatty():
        password = click.prompt(_("New password"), hide_input=True, confirmation_prompt=_("The same again"))
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if not passwords.SHORTEST <= len(password) <= LONGEST:
        found = _("one of {count}").format(count=len(password))
        raise UsageError(
            _("a password of at least {count} letters").format(count=passwords.SHORTEST),
            found,
            _("choose a longer one"),
        )
    passwords.write(settings.data, role, password)
    click.echo(_("the password of role {role} is set; who was logged in so has to log in again").format(role=role))


def serve(settings: Config, host: str, port: int, names: frozenset[str] = frozenset()) -> None:
    """Raises GardenwatchError where there is no record, the port is taken, or strangers could come in."""
    from edge.review.web.app import create_app  # 0.2 s, which the help need not wait for
    from edge.review.web.garden import Garden

    _check_folder(settings.data)
    kept = passwords.read(settings.data)
    if host not in LOCAL and (kept is None or not kept.teacher):
        raise UsageError(
            _("a password, where others can reach the page"),
            _("none"),
            _("type `gardenwatch review set-password` first"),
        )
    garden = Garden(
        settings.data,
        _labels(settings),
        settings.masks,
        settings.store.photo_margin,
        settings.site,
        reached_from_outside=host not in LOCAL,
    )
    answer(create_app(garden, names, kept.secret if kept else None), host, port)


def answer(app: Flask, host: str, port: int) -> None:
    """Until Ctrl-C or SIGTERM. Raises UsageError where the port is taken."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it warns of every few pictures asked for at once
    try:
        server = create_server(
            app,
            host=host,
            port=port,
            threads=THREADS,
            channel_timeout=LONGEST_WAIT_S,
            connection_limit=CONNECTIONS,
            max_request_body_size=4 * app.config["MAX_CONTENT_LENGTH"],  # beyond it, no page says why
            ident=None,
        )
    except OSError as error:
        raise UsageError(_("a free port"), f"{port}: {error.strerror}", _("choose another with --port")) from error
    signal.signal(signal.SIGTERM, _stop)
    click.echo(
        _("open {address} in a browser; Ctrl-C ends it").format(
            address=f"http://{host}:{getattr(server, 'effective_port', port)}/"
        )
    )
    try:
        server.run()
    except (KeyboardInterrupt, SystemExit):
        log.info("page ended")
    finally:
        server.close()


def _check_folder(data: Path) -> None:
    """A record may still come: after an upgrade or on a new device the page may start before the watcher, and says so.

    Raises UsageError where there is no folder at all.
    """
    if not data.is_dir():
        todo = _("name the folder of `gardenwatch run` with --data, or run it first")
        raise UsageError(_("a data folder with sightings ({path})").format(path=data), _("no such folder"), todo)


def _stop(*_: object) -> None:
    raise SystemExit(0)


def _labels(settings: Config) -> dict[str, Label]:
    """Of the model that watches; roles as the configuration says."""

    card, roles = read_card(model_file(settings)), settings.model.roles
    return {label.key: replace(label, role=roles.get(label.key, label.role)) for label in card.labels}
