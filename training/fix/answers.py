"""The table of suspects that a person fills in."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from training.errors import TrainingError, UsageError
from training.journal import moved
from training.language import _
from training.places import Places, as_csv
from training.table import read_table

TABLE = "suspects.csv"
COLUMNS = ("number", "photo", "class", "proposed", "suspicion", "move")
YES = frozenset({"y", "yes", "1", "x", "true", "是"})
NO = frozenset({"n", "no", "0", "false", "否", ""})


@dataclass(frozen=True, slots=True)
class Row:
    """A suspect as it stands in the table; `move` is empty where nobody has answered yet."""

    number: int
    photo: str
    given: str
    proposed: str
    suspicion: float
    move: str = ""


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """UTF-8 with a byte order mark, without which Excel shows Chinese names as gibberish."""
    table = [
        dict(zip(COLUMNS, [str(r.number), r.photo, r.given, r.proposed, f"{r.suspicion:.3f}", r.move], strict=True))
        for r in rows
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    beside.write_text(as_csv(COLUMNS, table), encoding="utf-8-sig", newline="")
    beside.replace(path)


def read_rows(path: Path) -> list[tuple[int, Row]]:
    """Rows with their line, however a spreadsheet saved them. Raises UsageError or TrainingError."""
    if not path.is_file():
        todo = _("give the suspects.csv that `gardenwatch-train fix` wrote")
        raise UsageError(_("a table of answers"), _("nothing at {path}").format(path=path), todo)
    table = read_table(path, ("photo", "proposed", "move"))
    missing = [name for name in ("photo", "proposed", "move") if name not in (table.fieldnames or ())]
    if missing:
        expected = _("the columns {names} in {path}").format(names="photo, proposed, move", path=path)
        raise TrainingError(
            expected, ", ".join(table.fieldnames or ()) or _("none"), _("keep the first line as it was")
        )
    return [
        (table.line_num, _row(line, len_before + 1))
        for len_before, line in enumerate(table)
        if (line["photo"] or "").strip()
    ]


def _row(line: dict[str, str], place: int) -> Row:
    values = {name: (line.get(name) or "").strip() for name in COLUMNS}
    number = int(values["number"]) if values["number"].isdecimal() else place
    try:
        suspicion = float(values["suspicion"])
    except ValueError:
        suspicion = 0.0
    photo = values["photo"].replace("\\", "/")
    return Row(number, photo, values["class"], values["proposed"], suspicion, values["move"].lower())


def wanted_moves(path: Path, places: Places) -> tuple[list[tuple[str, str]], int]:
    """(photo, class) of each row with a yes, and how many of them were moved before.

    Raises TrainingError that names every line that cannot be done; then none of them may be done.
    """
    before = moved(places.root)
    wanted: dict[str, str] = {}
    rows = read_rows(path)
    done, faults = 0, _contradictions(rows)
    for line, row in rows:
        if row.move not in YES | NO:
            faults.append(_("line {line}: {text} in `move`").format(line=line, text=row.move))
        if row.move not in YES:
            continue
        if row.photo not in places.photos and (places.root / before.get(row.photo, "\0")).is_file():
            done += 1
            continue
        fault = _fault(row, places, wanted)
        if fault:
            faults.append(_("line {line}: {text}").format(line=line, text=fault))
        elif places.photos[row.photo].label != row.proposed:
            wanted[row.photo] = row.proposed
    if faults:
        found = "; ".join(faults[:5]) + ("; ..." if len(faults) > 5 else "")
        expected = _("y or n in `move`, photos and classes of the set in {path}").format(path=path)
        raise TrainingError(expected, found, _("correct these lines; nothing was moved"))
    return list(wanted.items()), done


def _contradictions(rows: Sequence[tuple[int, Row]]) -> list[str]:
    """Each line that says yes to a photo where an earlier one says no, or the other way round."""
    first: dict[str, tuple[int, bool]] = {}
    faults = []
    for line, row in rows:
        if row.move in YES | NO - {""}:
            before, was_yes = first.setdefault(row.photo, (line, row.move in YES))
            if was_yes != (row.move in YES):
                text = _("{name} with another answer than in line {before}").format(name=row.photo, before=before)
                faults.append(_("line {line}: {text}").format(line=line, text=text))
    return faults


def _fault(row: Row, places: Places, wanted: dict[str, str]) -> str | None:
    if row.photo not in places.photos:
        return _("no photo {name}").format(name=row.photo)
    if row.proposed not in places.classes:
        near = difflib.get_close_matches(row.proposed, places.classes, 1)
        text = _("no class {name}; did you mean {near}?") if near else _("no class {name}")
        return text.format(name=row.proposed or '""', near=near[0] if near else "")
    label = places.photos[row.photo].label
    if row.given and row.given not in (label, row.proposed):
        return _("{name} is in {label} now").format(name=row.photo, label=label)
    if wanted.get(row.photo, row.proposed) != row.proposed:
        return _("{name} a second time, with another class").format(name=row.photo)
    return None
