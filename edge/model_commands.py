"""The commands that give the watcher another model, and take it back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from tabulate import tabulate

from edge import config
from edge.actions.rules import rules_of
from edge.errors import ConfigError, UsageError
from edge.installed import Choice, InstalledModels, model_file
from edge.language import _, current
from edge.model.card import read_card, size_of
from edge.model.classifier import Classifier
from edge.model.contract import ModelCard
from edge.model.errors import ModelError
from edge.settings import Config

SERVICE_CONFIG = Path("/etc/gardenwatch/gardenwatch.yaml")
"""Of deploy/install.sh."""

_config = click.option("--config", "file", type=click.Path(path_type=Path), help="Configuration file (YAML).")
_data = click.option("--data", type=click.Path(path_type=Path), help="Folder of the database and the photos.")


@click.group("model")
def model() -> None:
    """Install another model file, look at it, take it back.

    Without --config or --data, the service's configuration is meant where there is one (see deploy/README.md).
    """


@model.command("install")
@click.argument("model_path", metavar="FILE", type=click.Path(path_type=Path))
@_config
@_data
@click.pass_obj
def install(choice: str | None, model_path: Path, file: Path | None, data: Path | None) -> None:
    """Let FILE watch from the next start on.

    It is copied into the data folder, read back and tried first: contract, self-test, the rules of the configuration.
    The model before is kept.
    """
    settings = _settings(choice, file, data)
    size_of(model_path)
    card = _checked(settings, model_path)
    models = InstalledModels(settings.data)
    _expect_folder(settings)
    if not models.install(model_path, lambda copy: _checked(settings, copy)):
        click.echo(_("{id} is installed already").format(id=card.model_id))
        return
    tested = _("self-test passed") if card.self_test else _("no self-test in the file")
    text = _("installed: {id}, {count} classes, {tested}")
    click.echo(text.format(id=card.model_id, count=len(card.labels), tested=tested))
    click.echo(_("back to the model before: gardenwatch model rollback"))
    _tell_when()


@model.command("rollback")
@_config
@_data
@click.pass_obj
def rollback(choice: str | None, file: Path | None, data: Path | None) -> None:
    """Let the model before watch again, from the next start on; a second time goes forward again."""
    settings = _settings(choice, file, data)
    _expect_folder(settings)
    InstalledModels(settings.data).roll_back(lambda path: _checked(settings, path))
    card = read_card(model_file(settings))
    click.echo(_("back to {id}, {count} classes").format(id=card.model_id, count=len(card.labels)))
    _tell_when()


@model.command("list")
@_config
@_data
@click.pass_obj
def list_(choice: str | None, file: Path | None, data: Path | None) -> None:
    """Print which model watches, which one was before, and the bundled one."""
    settings = _settings(choice, file, data)
    models = InstalledModels(settings.data)
    chosen = models.choice() or Choice()
    rows = [] if settings.model.path is None else [_row(_("model.path of the configuration"), settings.model.path)]
    rows.append(_row(_("present") if not rows else _("installed"), models.path(chosen.present)))
    if models.choice() is not None:
        rows.append(_row(_("the one before"), models.path(chosen.before)))
    if None not in (chosen.present, chosen.before):
        rows.append(_row(_("bundled"), models.path(None)))
    heads = [_("which"), _("model"), _("classes"), _("size"), _("since"), _("file")]
    click.echo(tabulate(rows, heads, disable_numparse=True))


@model.command("show")
@click.argument("model_path", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@_config
@_data
@click.pass_obj
def show(choice: str | None, model_path: Path | None, file: Path | None, data: Path | None) -> None:
    """Print what FILE, or the model that watches, says of itself, and try it."""
    settings = _settings(choice, file, data)
    path = model_path or model_file(settings)
    card = Classifier.open(path).card
    facts = [
        (_("file"), f"{path} ({size_of(path) / 1e6:.1f} MB)"),
        (_("model"), card.model_id),
        (_("self-test"), _("passed") if card.self_test else _("none in the file")),
        (_("unknown below"), f"{card.unknown_below:.2f}"),
        (_("strange below"), f"{card.strange_below:.2f}"),
        *((_("measured: {name}").format(name=name), str(value)) for name, value in _figures(card.metrics)),
        *((_("made with: {name}").format(name=name), str(value)) for name, value in _figures(card.provenance)),
    ]
    click.echo(tabulate(facts, tablefmt="plain", disable_numparse=True))
    rows = [[label.key, label.name(current()), label.scientific_name, _(label.role)] for label in card.labels]
    click.echo()
    click.echo(tabulate(rows, [_("class"), _("name"), _("scientific name"), _("role")], disable_numparse=True))


def _settings(choice: str | None, file: Path | None, data: Path | None) -> Config:
    """Says which configuration is meant where none was named."""
    if file is None and data is None and SERVICE_CONFIG.is_file():
        file = SERVICE_CONFIG
        click.echo(_("configuration: {file}").format(file=file), err=True)
    return config.chosen(choice or "auto", file, data=data)


def _expect_folder(settings: Config) -> None:
    """Raises ConfigError where the configuration names a model itself, UsageError where there is no data folder."""
    if settings.model.path is not None:
        todo = _("remove that line from the configuration, then type this again")
        raise ConfigError(_("no model.path in the configuration"), f"model.path: {settings.model.path}", todo)
    if not settings.data.is_dir():
        todo = _("name the watcher's folder with --data or --config, or start the watcher once")
        raise UsageError(_("a data folder ({path})").format(path=settings.data), _("no such folder"), todo)


def _checked(settings: Config, path: Path) -> ModelCard:
    """Everything that the next start would refuse is refused now. Raises ModelError, ConfigError."""
    card = Classifier.open(path, settings.model.threads, settings.model.roles).card
    rules_of(settings, card.labels, lambda wall: wall)
    return card


def _row(which: str, path: Path) -> list[str]:
    """One that cannot be read is listed, too."""
    try:
        size, since = size_of(path), f"{datetime.fromtimestamp(path.stat().st_mtime):%Y-%m-%d %H:%M}"
        card = read_card(path)
    except ModelError as error:
        _expected, found, _todo = error.in_words(_)
        return [which, _("broken: {found}").format(found=found), "", "", "", str(path)]
    return [which, card.model_id, str(len(card.labels)), f"{size / 1e6:.1f} MB", since, str(path)]


def _figures(data: dict[str, object]) -> list[tuple[str, object]]:
    """Single values; tables stay in the file."""
    return [(name, value) for name, value in data.items() if isinstance(value, (str, int, float))]


def _tell_when() -> None:
    click.echo(
        _("it watches from the next start on: sudo systemctl restart gardenwatch gardenwatch-review, or run it again")
    )
