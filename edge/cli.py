"""The command `gardenwatch`.

The configuration, cameras, pictures and the model are imported inside the commands: the doctor must run where a library
is broken, and no command waits for what it does not use.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
from pathlib import Path
from typing import TextIO

import click

from edge import language
from edge.errors import EXIT_CONFIG, EXIT_FAULT, ConfigFaults, GardenwatchError
from edge.language import _, _n
from edge.model.errors import ModelError

LATE = {
    "classify": "edge.classify",
    "collect": "edge.collect.commands",
    "delete": "edge.review.deleting",
    "digest": "edge.telling.commands",
    "draw": "edge.camera.commands",
    "explain": "edge.sightings",
    "export": "edge.sightings",
    "hub": "edge.hub.commands",
    "lamp": "edge.lamp",
    "model": "edge.model_commands",
    "notify": "edge.telling.commands",
    "outbox": "edge.telling.commands",
    "pause": "edge.times.commands",
    "rebuild": "edge.review.care",
    "retention": "edge.sightings",
    "resume": "edge.times.commands",
    "review": "edge.review.web.commands",
    "report": "edge.sightings",
    "rules": "edge.actions.commands",
    "sightings": "edge.sightings",
    "still": "edge.still",
    "tune": "edge.tune",
    "verdict": "edge.sightings",
    "verify": "edge.review.care",
}
"""Commands that are defined beside their part: name → module."""


class Commands(click.Group):
    """Imports a command's module only when it is asked for."""

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted([*super().list_commands(context), *LATE])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in LATE:
            return super().get_command(context, name)
        command: click.Command = getattr(importlib.import_module(LATE[name]), name)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gardenwatch")
@click.option("--language", "choice", type=click.Choice(["auto", "en", "zh-CN"]), default="auto", show_default=True)
@click.option("--verbose", "-v", is_flag=True, help="Log every detail.")
@click.pass_context
def cli(context: click.Context, choice: str, verbose: bool) -> None:
    """Watches a garden: finds, names and records animals, and lights a lamp at a pest."""
    context.obj = choice
    language.use(choice)
    stamp = "" if _journal_listens() else "%(asctime)s "  # the journal has its own time
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
@click.option("--dry-run", is_flag=True, help="Touch no board, tell nobody: only say what would be done.")
@click.option("--realtime", is_flag=True, help="Pace a file as it was filmed.")
@click.option("--start", metavar="TIME", help="When a file was filmed, such as 2026-05-01T08:00+08:00.")
@click.pass_obj
def run(
    choice: str,
    file: Path | None,
    source: str | None,
    data: Path | None,
    model: Path | None,
    dry_run: bool,
    realtime: bool,
    start: str | None,
) -> int:
    """Watch until the end of a file, Ctrl-C, or SIGTERM."""
    from edge import memory

    memory.start_lightly()
    from edge import build, config
    from edge.review import when

    settings = config.chosen(choice, file, source, data, model)
    return build.run(settings, build.RunOptions(dry_run, realtime, when.filmed(start)), _say)


@cli.command("doctor")
@_config
@_source
@_data
@_model
@click.option("--at-start", is_flag=True, help="Leave the outcome for the service's status, and blink it at power-on.")
@click.pass_obj
def check_up(
    choice: str, file: Path | None, source: str | None, data: Path | None, model: Path | None, at_start: bool
) -> int:
    """Look at everything the daemon needs; exit status 1 if something needed is broken."""
    from edge import config, doctor, first_look

    settings = config.chosen(choice, file, source, data, model)
    findings = []
    for finding in doctor.findings(settings, camera_needed=bool(file or source)):
        click.echo(str(finding))
        findings.append(finding)
    if at_start and first_look.keep(settings.data, findings):
        first_look.blink(settings, findings)
    return EXIT_FAULT if any(finding.state == "broken" for finding in findings) else 0


@cli.group("config")
def config_group() -> None:
    """Check and show the configuration."""


@config_group.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def config_check(choice: str, file: Path) -> None:
    """Name every fault of FILE, and of its masks, at once."""
    from edge import config
    from edge.masks import MaskFile

    if choice == "auto":
        language.use_of(file)
    settings = config.read(file)
    if (masks := MaskFile(settings.masks).read()).masks:
        click.echo(
            _n("{file}: no faults, {count} mask", "{file}: no faults, {count} masks", len(masks.masks)).format(
                file=settings.masks, count=len(masks.masks)
            )
        )
    click.echo(_("{file}: no faults").format(file=file))


@config_group.command("show")
@_config
@click.pass_obj
def config_show(choice: str, file: Path | None) -> None:
    """Print every setting with its present value; passwords in the camera's address are left out."""
    from edge import config

    click.echo(config.show(config.chosen(choice, file)), nl=False)


def main() -> None:
    """Runs the command; errors that a person can mend become one message and their exit status."""
    for stream in (sys.stdout, sys.stderr):
        _speak_any_character(stream)
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
    except GardenwatchError as error:
        status = _complain(error.expected, error.found, error.todo, error.exit_code)
    except ModelError as error:
        status = _complain(*error.in_words(_), EXIT_CONFIG)
    except ImportError as error:
        status = _complain(_("working libraries"), str(error), _("run `gardenwatch doctor`"), EXIT_FAULT)
    except OSError as error:
        found = f"{error.filename or ''}: {error.strerror or error}".removeprefix(": ")
        todo = _("check the path, its permissions and the disk")
        status = _complain(_("to read and write what the command needs"), found, todo, EXIT_FAULT)
    sys.exit(status if isinstance(status, int) else 0)


def _complain(expected: str, found: str, todo: str, status: int) -> int:
    text = _("error: expected {expected}; found {found}; {todo}")
    click.echo(text.format(expected=expected, found=found, todo=todo), err=True)
    return status


def _say(line: str) -> None:
    """Tells the terminal; one that is gone must not end the watching."""
    try:
        click.echo(line)
    except (OSError, ValueError) as error:
        logging.getLogger(__name__).debug("nobody listens error=%s", error)


def _speak_any_character(stream: TextIO) -> None:
    """A character that the terminal lacks becomes a question mark; into files and pipes goes UTF-8."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is None:
        return
    reconfigure(errors="replace")
    if not stream.isatty() and "PYTHONIOENCODING" not in os.environ:
        reconfigure(encoding="utf-8")


def _journal_listens() -> bool:
    """Whether standard error goes to the journal: its device and inode are in JOURNAL_STREAM (systemd.exec(5))."""
    if "JOURNAL_STREAM" not in os.environ:
        return False
    stat = os.fstat(2)
    return os.environ["JOURNAL_STREAM"] == f"{stat.st_dev}:{stat.st_ino}"
