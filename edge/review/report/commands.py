"""The command that writes a period on one page."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from edge import config as configuration
from edge import language
from edge.errors import UsageError
from edge.language import _
from edge.model.labels import Label
from edge.review import when
from edge.review.export.whole import whole_file
from edge.review.report.page import Period, page
from edge.store.reading import Sightings

PHOTOS = 24
"""Half a megabyte; two printed pages of them."""


def report_command(labels: Callable[[], Mapping[str, Label]]) -> click.Command:
    """`gardenwatch report`; `labels` gives the names of label keys."""

    @click.command("report")
    @click.option("--out", type=click.Path(path_type=Path), default="report.html", show_default=True)
    @click.option("--data", type=click.Path(path_type=Path), help="Folder of the database and the photos.")
    @click.option(
        "--config", "file", type=click.Path(path_type=Path), help="Where data and the site's name are written."
    )
    @click.option("--since", help="From this time on: 2026-05-01, 2026-05-01T14:30, today, yesterday, 2h, 3d.")
    @click.option("--until", help="Before this time; a day is meant with all its hours.")
    @click.option("--photos", type=click.IntRange(0, 200), default=PHOTOS, show_default=True, help="At most so many.")
    @click.option("--lang", type=click.Choice(["en", "zh", "zh-CN"]), help="The page's language.")
    @click.pass_obj
    def report(
        choice: str | None,
        out: Path,
        data: Path | None,
        file: Path | None,
        since: str | None,
        until: str | None,
        photos: int,
        lang: str | None,
    ) -> None:
        """Write visits, charts, photos, watching and faults of a period as one HTML page, to read or to print.

        The page needs no network and no script, and appears under its name only when it is whole.
        """
        settings = configuration.chosen(lang or choice or "auto", file, data=data)
        if lang:
            language.use(lang)
        with Sightings(settings.data) as record:
            now = record.at_site(datetime.now(UTC))
            begin, end = (when.since(since, now) if since else None), (when.until(until, now) if until else None)
            if begin and end and begin >= end:
                raise UsageError(_("a time before --until"), f"--since {since}", _("turn them round"))
            counts = record.counts(begin, end)
            period = Period(record, settings.data, counts, labels(), settings.site.name, photos)
            with (
                whole_file(out) as part,
                open(part, "w", encoding="utf-8", newline="\n") as text,
                click.progressbar(page(period), length=period.parts, file=sys.stderr, label=_("report")) as pieces,
            ):
                for piece in pieces:
                    text.write(piece)
        click.echo(_("written: {path}").format(path=out))

    return report
