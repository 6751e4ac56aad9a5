"""The command `gardenwatch`."""

from __future__ import annotations

import logging
import os
import sys
from datetime import datetime
from pathlib import Path

import click

from edge import build, config, doctor, language
from edge.camera.commands import draw
from edge.classify import classify
from edge.config import ConfigFaults
from edge.errors import EXIT_CONFIG, EXIT_FAULT, GardenwatchError
from edge.language import _
from edge.model.classifier import read_card
from edge.model.errors import ModelError
from edge.model.labels import Label
from edge.review.commands import sightings_command
from edge.settings import Config


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gardenwatch")
@click.option("--language", "choice", type=click.Choice(["auto", "en", "zh-CN"]), default="auto", show_default=True)
@click.option("--verbose", "-v", is_flag=True, help="Log every detail.")
def cli(choice: str, verbose: bool) -> None:
    """Watches a garden: finds, names and records animals, and lights a lamp at a pest."""
    language.use(choice)
    stamp = "" if "JOURNAL_STREAM" in os.environ else "%(asctime)s "  # the journal has its own time
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.INFO, format=f"{stamp}%(levelname)s %(name)s %(message)s"
    )


_config = click.option("--config", "file", type=click.Path(path_type=Path), help="Configuration file (YAML).")
_data = click.option("--data", type=click.Path(path_type=Path), help="Folder of the database and the photos.")
_source = click.option("--source", help="Camera number, device, address, video file, folder of pictures, or demo.")
_model = click.option("--model", type=click.Path(path_type=Path), help="Model file; the bundled one if left out.")


@cli.command()
@_config
@_source
@_data
@_model
@click.option("--dry-run", is_flag=True, help="Touch no board: only tell when the lamp would go on and off.")
@click.option("--realtime", is_flag=True, help="Pace a file as it was filmed.")
@click.option("--start", metavar="TIME", help="When a file was filmed, such as 2026-05-01T08:00+08:00.")
def run(
    file: Path | None,
    source: str | None,
    data: Path | None,
    model: Path | None,
    dry_run: bool,
    realtime: bool,
    start: str | None,
) -> int:
    """Watch until the end of a file, Ctrl-C, or SIGTERM."""
    settings = _settings(file, source, data, model)
    return build.run(settings, build.RunOptions(dry_run, realtime, _moment(start)), click.echo)


@cli.command("doctor")
@_config
@_source
@_data
@_model
def check_up(file: Path | None, source: str | None, data: Path | None, model: Path | None) -> int:
    """Look at everything the daemon needs; exit status 1 if something needed is broken."""
    settings = _settings(file, source, data, model)
    broken = False
    for finding in doctor.findings(settings, camera_needed=bool(file or source)):
        click.echo(str(finding))
        broken |= finding.state == "broken"
    return EXIT_FAULT if broken else 0


@cli.group("config")
def config_group() -> None:
    """Check and show the configuration."""


@config_group.command("check")
@click.argument("file", type=click.Path(path_type=Path))
def config_check(file: Path) -> None:
    """Name every fault of FILE at once."""
    config.read(file)
    click.echo(_("{file}: no faults").format(file=file))


@config_group.command("show")
@_config
def config_show(file: Path | None) -> None:
    """Print every setting with its present value."""
    click.echo(config.show(_settings(file)), nl=False)


def _names() -> dict[str, Label]:
    """The bundled model's labels by key; another model's own labels are shown as their keys."""
    return {label.key: label for label in read_card(build.DEFAULT_MODEL).labels}


cli.add_command(classify)
cli.add_command(draw)
cli.add_command(sightings_command(_names))


def main() -> None:
    """Runs the command; errors that a person can mend become one message and their exit status."""
    try:
        status = cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except click.Abort:
        status = EXIT_FAULT
    except ConfigFaults as error:
        click.echo(str(error), err=True)
        status = error.exit_code
    except (GardenwatchError, ModelError) as error:
        text = _("error: expected {expected}; found {found}; {todo}")
        click.echo(text.format(expected=error.expected, found=error.found, todo=error.todo), err=True)
        status = error.exit_code if isinstance(error, GardenwatchError) else EXIT_CONFIG
    sys.exit(status if isinstance(status, int) else 0)


def _settings(
    file: Path | None, source: str | None = None, data: Path | None = None, model: Path | None = None
) -> Config:
    """The file's settings, with what was typed laid over them."""
    settings = config.read(file) if file else Config()
    if source is not None:
        settings = settings.model_copy(update={"camera": settings.camera.model_copy(update={"source": source})})
    if model is not None:
        settings = settings.model_copy(update={"model": settings.model.model_copy(update={"path": model})})
    if data is not None:
        settings = settings.model_copy(update={"data": data})
    return settings


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(
            f"expected a time like 2026-05-01T08:00+08:00; found {text!r}", param_hint="--start"
        ) from error
    return moment if moment.tzinfo else moment.astimezone()
