"""An export as a stream of bytes: nothing of it lies on the disk, and a season needs no more memory than a day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

from edge.errors import UsageError
from edge.language import _
from edge.model.labels import Label
from edge.review.export.camtrap import Package, refuse_incomplete, write_package
from edge.review.export.dataset import Taken, write_dataset
from edge.review.export.target import Target, Zip
from edge.review.listing import lines
from edge.settings import SiteSettings
from edge.store.album import Album
from edge.store.filter import Filter, conditions
from edge.store.reading import Row

Form = Literal["csv", "jsonl", "camtrap-dp", "dataset"]
ENDINGS: Mapping[Form, str] = {"csv": "csv", "jsonl": "jsonl", "camtrap-dp": "zip", "dataset": "zip"}
AT_ONCE = 200
"""Rows asked for together: between two such questions the database is let go, however slowly the bytes are taken."""
MOST_VISITS = 20_000
"""Of a ZIP: its list of files, 1 kB for a visit with its photos, stands in memory until the end."""
BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes UTF-8 for something else."""
Note = Callable[[], None]


def every(album: Album, wanted: Filter) -> Iterator[Row]:
    """All that are wanted, newest first. What comes meanwhile is not among them."""
    page = album.page(wanted, AT_ONCE)
    yield from page.rows
    while page.next is not None:
        page = album.page(wanted, AT_ONCE, page.next)
        yield from page.rows


def table(rows: Iterable[Row], form: Literal["csv", "jsonl"], done: Note) -> Iterator[bytes]:
    """Line by line; `done` is told of each row."""
    waiting = [BYTE_ORDER_MARK] if form == "csv" else []
    for line in lines(_noted(rows, done), form):
        waiting.append(line + "\n")
        if len(waiting) == AT_ONCE:
            yield "".join(waiting).encode()
            waiting.clear()
    yield "".join(waiting).encode()


def package(data: Path, album: Album, rows: Iterable[Row], common: Package, done: Note) -> Iterator[bytes]:
    """A Camera Trap Data Package as a ZIP."""
    return _zip(lambda target: write_package(data, album, rows, target, common), done)


def dataset(data: Path, album: Album, rows: Iterable[Row], unjudged: bool, done: Note) -> Iterator[bytes]:
    """A raw data set as a ZIP."""
    return _zip(lambda target: write_dataset(data, album, rows, target, Taken(), unjudged), done)


def common_of(album: Album, wanted: Filter, site: SiteSettings, labels: Mapping[str, Label], margin: float) -> Package:
    """What a package says once for all. Raises Incomplete naming what the standard requires and nobody has given."""
    refuse_incomplete(site, labels, album.labels(wanted))
    return Package(site, labels, {run.id: run for run in album.runs()}, margin)


def refuse_too_many(album: Album, wanted: Filter) -> None:
    """Raises UsageError where a ZIP would hold nothing, or too much."""
    conditions_of, values = conditions(wanted)
    query = f"SELECT count(*) FROM (SELECT 1 FROM current {conditions_of} LIMIT {MOST_VISITS + 1})"
    count = album.ask(lambda db: db.execute(query, values).fetchone()[0])
    if count > MOST_VISITS:
        todo = _("choose fewer days, or type `gardenwatch export` on the device")
        raise UsageError(_("at most {count} visits at once").format(count=MOST_VISITS), _("more"), todo)
    if count == 0:
        raise UsageError(_("at least one sighting"), _("none"), _("choose other days or animals"))


def _zip(write: Callable[[Target], Iterator[Row]], done: Note) -> Iterator[bytes]:
    target = Zip()
    for _row in write(target):
        done()
        if content := target.taken():
            yield content
    target.close()
    yield target.taken()


def _noted(rows: Iterable[Row], done: Note) -> Iterator[Row]:
    for row in rows:
        yield row
        done()
