"""The command that tells which photos will be deleted when room is needed."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import click
from tabulate import tabulate

from edge import config as configuration
from edge.language import _, _n
from edge.model.labels import Label
from edge.review.story import name_of
from edge.settings import RetentionSettings
from edge.store.expiry import RARE, TURNS, Candidate, all_candidates, oldest_kept
from edge.store.reading import Sightings
from edge.store.retention import room_kept_bytes

MB = 1024 * 1024
SHOWN = 10
"""Photos of each turn that are listed by name."""


def retention_command(labels: Callable[[], Mapping[str, Label]]) -> click.Command:
    """`gardenwatch retention`; `labels` gives the names of label keys."""

    @click.command("retention")
    @click.option("--preview", is_flag=True, required=True, help="Only tell: it is the watcher that deletes.")
    @click.option("--config", "file", type=click.Path(path_type=Path), help="Configuration file with the bounds.")
    @click.option("--data", type=click.Path(path_type=Path), help="Folder of the database and the photos.")
    @click.pass_obj
    def retention(choice: str | None, preview: bool, file: Path | None, data: Path | None) -> None:
        """Tell which photos go first when room is needed, which last, and which never."""
        settings = configuration.chosen(choice or "auto", file, data=data)
        bounds = settings.store.retention
        with Sightings(settings.data) as record:
            _tell_bounds(settings.data, bounds)
            before = oldest_kept(datetime.now(UTC), bounds.max_age_days)
            at_most = record.ask(lambda db: db.execute(_PHOTOS).fetchone()[0])
            with click.progressbar(record.ask(all_candidates), length=at_most, file=sys.stderr) as photos:
                found = _sums(photos, before.timestamp() if before else None)
            _tell_order(found, labels(), record)
            judged, size = record.ask(lambda db: db.execute(_JUDGED).fetchone())
        text = _n(
            "never: {count} photo that a person judged ({size:.1f} MB)",
            "never: {count} photos that a person judged ({size:.1f} MB)",
            judged,
        ).format(count=judged, size=size / MB)
        click.echo(f"{text}; {_when_only_these()}")

    return retention


_JUDGED = """
SELECT count(*), coalesce(sum(bytes), 0) FROM (SELECT sighting_id, bytes FROM photos WHERE path IS NOT NULL
  UNION ALL SELECT sighting_id, bytes FROM further_photos)
WHERE sighting_id IN (SELECT sighting_id FROM verdicts)
"""


_PHOTOS = "SELECT count(*) FROM photos WHERE path IS NOT NULL"


@dataclass(slots=True)
class _Sum:
    """What goes in one turn."""

    count: int = 0
    """Photos."""
    visits: int = 0
    bytes: int = 0
    first: list[Candidate] = field(default_factory=list)


def _sums(photos: Iterable[Candidate], before: float | None) -> dict[str, _Sum]:
    """By turn, with `age` for what is too old; in the order in which they go."""
    found = {turn: _Sum() for turn in ("age", *TURNS)}
    for one in photos:
        turn = found["age" if before is not None and one.taken_at < before else one.turn]
        turn.count += one.photos
        turn.visits += 1
        turn.bytes += one.bytes
        if len(turn.first) < SHOWN:
            turn.first.append(one)
    return found


def _tell_bounds(data: Path, bounds: RetentionSettings) -> None:
    free, kept = shutil.disk_usage(data).free, room_kept_bytes(data, bounds)
    text = _("free: {free:.0f} MB; under {kept:.0f} MB photos are deleted (store.retention.free_mb, at most a tenth)")
    click.echo(text.format(free=free / MB, kept=kept / MB))
    if bounds.max_age_days is None:
        click.echo(_("age: photos stay as long as there is room (store.retention.max_age_days)"))
    else:
        text = _n(
            "age: photos older than {days:.0f} day are deleted (store.retention.max_age_days)",
            "age: photos older than {days:.0f} days are deleted (store.retention.max_age_days)",
            round(bounds.max_age_days),
        )
        click.echo(text.format(days=bounds.max_age_days))


def _tell_order(found: Mapping[str, _Sum], labels: Mapping[str, Label], record: Sightings) -> None:
    words = {
        "age": _("now: too old"),
        "background": _("first: no animal after all"),
        "ordinary": _("then: all others"),
        "treasured": _("last: the first of an animal on its day, and the last {count} of an animal").format(count=RARE),
    }
    click.echo(_("When room is needed, photos go in this order, the oldest first; their sightings stay:"))
    for turn, total in found.items():
        if turn == "age" and not total.count:
            continue
        text = _n("{turn}: {count} photo ({size:.1f} MB)", "{turn}: {count} photos ({size:.1f} MB)", total.count)
        click.echo(text.format(turn=words[turn], count=total.count, size=total.bytes / MB))
        rows = []
        for one in total.first:
            seen = record.at_site(datetime.fromtimestamp(one.taken_at, UTC))
            rows.append((f"  {seen:%Y-%m-%d %H:%M}", name_of(one.label, labels), one.path))
        if rows:
            click.echo(tabulate(rows, tablefmt="plain", disable_numparse=True))
        if total.visits > len(rows):
            click.echo("  " + _("and {count} more").format(count=total.visits - len(rows)))


def _when_only_these() -> str:
    return _("when only these are left, new photos stop and counting goes on")
