"""The command that writes the record for others."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

import click

from edge import config as configuration
from edge.errors import EXIT_FAULT, UsageError
from edge.language import _, _n
from edge.model.labels import Label, Role
from edge.review import when
from edge.review.export.camtrap import Package, refuse_incomplete, write_package
from edge.review.export.dataset import Taken, write_dataset
from edge.review.export.pictures import FurtherPhotos
from edge.review.export.stick import FOLDER, Copied, copy_photos, refuse_too_small
from edge.review.export.target import Folder
from edge.review.export.whole import whole_file, whole_folder
from edge.review.listing import lines
from edge.settings import Config
from edge.store.filter import Filter, conditions
from edge.store.reading import Row, Sightings

Form = Literal["csv", "jsonl", "camtrap-dp", "dataset"]


def export_command(labels: Callable[[], Mapping[str, Label]]) -> click.Command:
    """`gardenwatch export`; `labels` gives scientific names, where a form needs them."""

    @click.command("export")
    @click.option("--format", "form", type=click.Choice(get_args(Form)))
    @click.option("--out", type=click.Path(path_type=Path), help="The file, or for the last two a folder.")
    @click.option("--to", type=click.Path(path_type=Path), help="Instead: a stick, for photos and table, read back.")
    @click.option("--data", type=click.Path(path_type=Path), default=Config().data, show_default=True)
    @click.option("--config", "file", type=click.Path(path_type=Path), help="Where site and contributor are written.")
    @click.option("--since", help="From this time on: 2026-05-01, 2026-05-01T14:30, today, yesterday, 2h, 3d.")
    @click.option("--until", help="Before this time; a day is meant with all its hours.")
    @click.option("--label", help="Only this label key; a person's verdict goes before the machine's label.")
    @click.option("--role", type=click.Choice(get_args(Role)), help="Only this role.")
    @click.option("--unjudged", is_flag=True, help="Into a dataset also what nobody judged, under the machine's label.")
    @click.pass_context
    def export(
        context: click.Context,
        form: Form | None,
        out: Path | None,
        to: Path | None,
        data: Path,
        file: Path | None,
        since: str | None,
        until: str | None,
        label: str | None,
        role: str | None,
        unjudged: bool,
    ) -> None:
        """Write sightings as a table (csv, jsonl), a Camera Trap Data Package, or a dataset to train on.

        The file or folder appears under its name only when it is whole. With --to, photos and a table go into the
        folder gardenwatch on a stick; each photo is read back, and a second time only what is new is copied.
        """
        if (to is None) != (form is not None and out is not None) or (to and (form or out)):
            found = _("something else")
            raise UsageError(_("--format and --out, or --to alone"), found, _("type one of the two"))
        if unjudged and form != "dataset":
            raise UsageError(_("--unjudged with --format dataset"), f"--format {form}", _("leave --unjudged out"))
        settings = configuration.read(file) if file else Config()
        with Sightings(data) as record:
            now = record.at_site(datetime.now(UTC))
            wanted = Filter(
                since=when.since(since, now) if since else None,
                until=when.until(until, now) if until else None,
                label=label,
                role=role,
            )
            count = record.count(wanted)
            if to is not None:
                context.exit(_to_stick(data, record, wanted, count, to))
            assert out is not None
            if form == "dataset":
                export_dataset(data, record, _told(record.rows(wanted), count), out, unjudged)
            elif form == "camtrap-dp":
                names = labels()
                refuse_incomplete(settings.site, names, record.labels(wanted))
                runs = {run.id: run for run in record.runs()}
                if not runs:
                    raise UsageError(_("a record of at least one run"), _("none"), _("watch first"))
                package = Package(settings.site, names, runs, settings.store.photo_margin)
                click.echo(_n("{count} sighting", "{count} sightings", count).format(count=count))
                rows = _told(record.rows(wanted), count)
                with whole_folder(out) as folder:
                    _exhaust(write_package(data, record, rows, Folder(folder), package))
            else:
                click.echo(_n("{count} sighting", "{count} sightings", count).format(count=count))
                export_table(_told(record.rows(wanted), count), "csv" if form == "csv" else "jsonl", out)
        click.echo(_("written: {path}").format(path=out))

    return export


def _to_stick(data: Path, record: Sightings, wanted: Filter, count: int, stick: Path) -> int:
    """Returns the exit status: 1 where a photo could not be copied whole."""
    if not stick.is_dir():
        found = _("no folder {path}").format(path=stick)
        raise UsageError(_("a stick that is mounted"), found, _("plug it in, and look up its folder"))
    conditions_of, values = conditions(wanted)
    size = record.ask(lambda db: db.execute(_SIZE.format(wanted=conditions_of), values).fetchone()[0])
    folder, copied = stick / FOLDER, Copied()
    if not folder.exists():
        refuse_too_small(stick, size)
    folder.mkdir(exist_ok=True)
    _exhaust(copy_photos(data, record, _told(record.rows(wanted), count), folder, copied))
    export_table(record.rows(wanted), "csv", folder / "sightings.csv")
    said = _("copied and read back: {new}; there before: {there}; sightings without a photo: {without}; {path}")
    click.echo(said.format(new=copied.new, there=copied.there, without=copied.without, path=folder))
    if folder.stat().st_dev == data.stat().st_dev:
        click.echo(_("note: that is the disk of the record itself; if you meant a stick, mount it there first"))
    for name in copied.bad:
        click.echo(_("{path}: could not be copied whole; try again, or take another stick").format(path=name))
    return EXIT_FAULT if copied.bad else 0


_SIZE = """
WITH wanted AS MATERIALIZED (SELECT id FROM current {wanted})
SELECT coalesce((SELECT sum(bytes) FROM photos WHERE sighting_id IN wanted), 0)
  + coalesce((SELECT sum(bytes) FROM further_photos WHERE sighting_id IN wanted), 0)
"""


def export_table(rows: Iterable[Row], form: Literal["csv", "jsonl"], out: Path) -> None:
    """A file that is there when it is whole. Raises OSError."""
    with whole_file(out) as part, open(part, "w", encoding="utf-8", newline="\n") as text:
        for line in lines(rows, form):
            text.write(line + "\n")


def export_dataset(data: Path, record: FurtherPhotos, rows: Iterable[Row], out: Path, unjudged: bool) -> None:
    """A folder that is there when it is whole; says what is in it. Raises UsageError where nothing would be."""
    taken = Taken()
    with whole_folder(out) as folder:
        _exhaust(write_dataset(data, record, rows, Folder(folder), taken, unjudged))
        if not +taken.classes:
            found = ", ".join(f"{_left_out(reason)} ({count})" for reason, count in taken.left_out.items())
            todo = _("judge some with `gardenwatch verdict`, or give --unjudged")
            raise UsageError(_("sightings with a photo and a verdict"), found or _("no sightings"), todo)
    for label, count in sorted(taken.classes.items()):
        click.echo(f"{label}: {count}")
    for reason, count in sorted(taken.left_out.items()):
        click.echo(_("left out: {reason} ({count})").format(reason=_left_out(reason), count=count))


def _left_out(reason: str) -> str:
    return {
        "not_judged": _("nobody judged it"),
        "unknown": _("judged as unknown"),
        "no_photo": _("it has no photo"),
        "photo_gone": _("its photo is not there any more"),
        "no_class_name": _("its label cannot be the name of a folder"),
    }[reason]


def _told(rows: Iterator[Row], count: int) -> Iterator[Row]:
    """The rows, with a progress bar on the terminal."""
    with click.progressbar(rows, length=count, file=sys.stderr) as bar:
        yield from bar


def _exhaust(rows: Iterator[Row]) -> None:
    for _row in rows:
        pass
