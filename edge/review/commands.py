"""The commands for looking at what was recorded."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import click

from edge.model.labels import Label, Role
from edge.review import when
from edge.review.listing import Format, lines
from edge.settings import Config
from edge.store.filter import Filter
from edge.store.reading import Sightings

# What fits on a few screens; a file or a program that wants all asks for csv or jsonl.
TABLE_LIMIT = 100


def sightings_command(labels: Callable[[], Mapping[str, Label]]) -> click.Command:
    """`gardenwatch sightings`; `labels` is asked for the names of label keys only where a table needs them."""

    @click.command("sightings")
    @click.option("--data", type=click.Path(path_type=Path), default=Config().data, show_default=True)
    @click.option("--since", help="From this time on: 2026-05-01, 2026-05-01T14:30, today, yesterday, 2h, 3d.")
    @click.option("--until", help="Before this time; a day is meant with all its hours.")
    @click.option("--label", help="Only this label key; a person's verdict goes before the machine's label.")
    @click.option(
        "--role", type=click.Choice(get_args(Role)), help="Only this role; background: what was found to be no animal."
    )
    @click.option("--min-confidence", type=click.FloatRange(0, 1), help="At least so sure.")
    @click.option("--limit", type=click.IntRange(1), help=f"Only the newest so many (a table: {TABLE_LIMIT}).")
    @click.option("--format", "form", type=click.Choice(get_args(Format)), default="table", show_default=True)
    def sightings(
        data: Path,
        since: str | None,
        until: str | None,
        label: str | None,
        role: str | None,
        min_confidence: float | None,
        limit: int | None,
        form: Format,
    ) -> None:
        """List what was seen, newest first."""
        with Sightings(data) as record:
            now = record.at_site(datetime.now(UTC))
            wanted = Filter(
                since=when.since(since, now) if since else None,
                until=when.until(until, now) if until else None,
                label=label,
                role=role,
                min_confidence=min_confidence,
                limit=limit or (TABLE_LIMIT if form == "table" else None),
            )
            names = labels() if form == "table" else None
            for line in lines(record.rows(wanted), form, names, wanted.limit):
                sys.stdout.write(line + "\n")

    return sightings
