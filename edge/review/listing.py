"""Sightings as lines of text: a table to read, CSV for a spreadsheet, JSON for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from tabulate import tabulate

from edge.language import _, _n, current
from edge.model.labels import UNKNOWN, Label
from edge.store.reading import Row

Format = Literal["table", "csv", "jsonl"]


def lines(
    rows: Iterable[Row], form: Format, labels: Mapping[str, Label] | None = None, limit: int | None = None
) -> Iterator[str]:
    """The listing, line by line, without line ends. CSV and JSON stream; a table needs all its rows at once.

    `labels` gives a table the names of label keys in the language in use; a key without a name stands for itself.
    A table that was cut at `limit` rows says so.
    """
    if form == "jsonl":
        return (json.dumps(fields(row)) for row in rows)
    if form == "csv":
        return _csv(rows)
    return iter(_table(list(rows), labels or {}, limit).splitlines())


def fields(row: Row) -> dict[str, Any]:
    """What a JSON line holds; times are ISO 8601 with the site's offset."""
    return {
        "id": row.id,
        "source": row.source,
        "first_seen": row.first_seen.isoformat(timespec="milliseconds"),
        "last_seen": row.last_seen.isoformat(timespec="milliseconds"),
        "first_seen_s": _rounded(row.first_seen_s),
        "last_seen_s": _rounded(row.last_seen_s),
        "decided_s": _rounded(row.decided_s),
        "label": row.label,
        "role": row.role,
        "confidence": round(row.confidence, 4),
        "box": list(row.box),
        "box_s": _rounded(row.box_s),
        "photo": row.photo,
        "photo_missing": row.photo_missing,
        "model_id": row.model_id,
        "verdict": row.verdict,
        "closed": row.closed,
        "clock": row.clock,
    }


def _rounded(seconds: float | None) -> float | None:
    """Milliseconds: finer than any camera's frames."""
    return None if seconds is None else round(seconds, 3)


def _csv(rows: Iterable[Row]) -> Iterator[str]:
    """The JSON's fields as columns, the box as four of them; without rows the head alone."""
    yield _csv_line(_COLUMNS)
    for row in rows:
        values = fields(row)
        values |= dict(zip(_BOX_COLUMNS, values["box"], strict=True))
        yield _csv_line(values[name] for name in _COLUMNS)


_BOX_COLUMNS = ("box_x", "box_y", "box_w", "box_h")
_COLUMNS = (
    *("id", "source", "first_seen", "last_seen", "first_seen_s", "last_seen_s", "decided_s"),
    *("label", "role", "confidence", *_BOX_COLUMNS, "box_s", "photo", "photo_missing"),
    *("model_id", "verdict", "closed", "clock"),
)


def _csv_line(values: Iterable[Any]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(values)
    return line.getvalue()


def _table(rows: list[Row], labels: Mapping[str, Label], limit: int | None) -> str:
    if not rows:
        return _("No sightings.")
    head = [_("first seen"), _("seconds"), _("animal"), _("role"), _("sure"), _("judged"), _("source"), _("photo")]
    body = [_cells(row, labels) for row in rows]
    table = tabulate(body, head, tablefmt="simple", disable_numparse=True, colalign=_ALIGN)
    notes = [_n("{count} sighting, newest first", "{count} sightings, newest first", len(rows)).format(count=len(rows))]
    if len(rows) == limit:
        notes.append(_("there may be more; --limit shows them"))
    if any(row.clock == "untrusted" for row in rows):
        notes.append(_("? the clock was not trusted then"))
    return "\n".join([table, "", *notes])


_ALIGN = ("left", "right", "left", "left", "right", "left", "left", "left")


def _cells(row: Row, labels: Mapping[str, Label]) -> list[str]:
    doubt = "?" if row.clock == "untrusted" else ""
    seconds = row.last_seen.timestamp() - row.first_seen.timestamp()  # local times differ by an hour once a year
    return [
        f"{row.first_seen:%Y-%m-%d %H:%M:%S}{doubt}",
        f"{seconds:.1f}" if row.closed else f"{seconds:.1f}…",
        _name(row.label, labels),
        roles()[row.role],
        f"{row.confidence:.0%}",
        _name(row.verdict, labels) if row.verdict else "",
        row.source,
        row.photo or why_no_photo(row.photo_missing),
    ]


def _name(key: str, labels: Mapping[str, Label]) -> str:
    if key == UNKNOWN:
        return _("unknown")
    return labels[key].name(current()) if key in labels else key


def roles() -> dict[str, str]:
    """Names of roles in the language in use."""
    return {
        "pest": _("pest"),
        "beneficial": _("beneficial"),
        "neutral": _("neutral"),
        "background": _("background"),
    }


def why_no_photo(missing: str | None) -> str:
    """In place of the photo, in a few words."""
    why = why_missing(missing)
    return _("none: {why}").format(why=why) if why else _("none")


def why_missing(missing: str | None) -> str:
    """Empty where nobody knows."""
    return {
        "disk_full": _("the disk was full"),
        "disk_slow": _("the disk was too slow"),
        "disk_failing": _("the disk could not be written"),
        "broken": _("the picture was broken"),
        "withheld": _("withheld for privacy"),
        "deleted": _("deleted"),
        "expired": _("expired"),
    }.get(missing or "", "")
