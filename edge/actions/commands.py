"""The command that tries rules out without waiting for animals."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import click

from edge import build, config
from edge.actions.acting import Actions
from edge.actions.replay import replay
from edge.actions.rules import rules_of
from edge.actions.trial import Trial
from edge.board.fake import FakeBoard
from edge.errors import UsageError
from edge.installed import model_file
from edge.language import _, current
from edge.model.card import read_card
from edge.model.labels import UNKNOWN, Label
from edge.records import Moment, Sighting
from edge.review import when
from edge.review.listing import roles
from edge.settings import Config
from edge.store.filter import Filter
from edge.store.reading import Sightings


@click.group("rules")
def rules() -> None:
    """Try out what happens when something is seen."""


@rules.command("test")
@click.option("--replay", "data", type=click.Path(path_type=Path), help="A data folder: what was recorded there.")
@click.option("--clip", help="A video file, a folder of pictures, or demo: watched as in the garden.")
@click.option("--config", "file", type=click.Path(path_type=Path), help="Configuration file (YAML) with the rules.")
@click.option("--model", type=click.Path(path_type=Path), help="Model file; the bundled one if left out.")
@click.option("--since", help="Replay from this time on: 2026-05-01, yesterday, 3d.")
@click.option("--until", help="Replay before this time; a day is meant with all its hours.")
@click.option("--start", metavar="TIME", help="When the clip was filmed, such as 2026-05-01T08:00+08:00.")
@click.pass_obj
def test(
    choice: str | None,
    data: Path | None,
    clip: str | None,
    file: Path | None,
    model: Path | None,
    since: str | None,
    until: str | None,
    start: str | None,
) -> int:
    """Print what would have happened: which rule fired, which was held back, and why.

    No board is touched, nothing is recorded. A replay takes each visit with its last label.
    """
    settings = config.chosen(choice or "auto", file, clip, model=model)
    if (data is None) == (clip is None):
        found = _("neither") if data is None else _("both")
        raise UsageError(_("--replay DIR or --clip FILE"), found, _("give one"))
    if not settings.rules:
        todo = _("write rules into the configuration, and name it with --config")
        raise UsageError(_("rules in the configuration"), _("none"), todo)
    trial = Trial(settings.rules)
    status = 0
    if data is None:
        status = _watch(settings, trial, start)
    else:
        _replay(settings, trial, data, since, until)
    click.echo()
    for line in trial.summary():
        click.echo(line)
    return status


def _watch(settings: Config, trial: Trial, start: str | None) -> int:
    """The very watcher, with a record that is thrown away."""
    if not build.is_file(settings.camera):
        raise UsageError(_("a video file, a folder of pictures, or demo"), str(settings.camera.source), _("name one"))
    options = build.RunOptions(dry_run=True, start=when.filmed(start), trial=trial)
    with tempfile.TemporaryDirectory(prefix="gardenwatch-") as folder:
        return build.run(settings.model_copy(update={"data": Path(folder)}), options, click.echo)


def _replay(settings: Config, trial: Trial, data: Path, since: str | None, until: str | None) -> None:
    with Sightings(data) as record:
        today = record.at_site(datetime.now(UTC))
        span = (when.since(since, today) if since else None, when.until(until, today) if until else None)
        now: list[Moment] = []

        def say(text: str) -> None:
            click.echo(f"{record.at_site(now[-1].wall):%Y-%m-%d %H:%M:%S}  {text}")

        def at(moment: Moment, text: str) -> None:
            now[:] = [moment]
            say(text)

        board = FakeBoard(
            on_change=lambda change: (
                say(
                    f"{'●' if change.on else '○'} "
                    + (_("{pin} on") if change.on else _("{pin} off")).format(pin=change.pin)
                )
                if change.pin != settings.led.pin
                else None
            ),
            name=settings.board.name,
        )
        known = [
            *read_card(model_file(settings)).labels,
            *(Label(key, key, key) for key in record.labels()),
        ]
        names = {label.key: label.name(current()) for label in reversed(known)} | {UNKNOWN: _("unknown animal")}

        def called(one: Sighting) -> str:
            return f"{names.get(one.label, one.label)} ({roles().get(one.role, '-')}) {one.confidence:.0%}"

        judge = rules_of(settings, known, record.at_site)
        actions = Actions(board, settings.led, judge, trial.told_to(lambda text: say(f"→ {text}")))
        visits = replay(record.rows(Filter(*span)), actions, called, at)
    click.echo(_("visits: {count}").format(count=visits))
