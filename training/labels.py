"""What people call the classes, and what role they play in a garden."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import yaml

from edge.model.labels import Label, Role
from training.errors import TrainingError, UsageError
from training.language import _
from training.layout import read_text
from training.table import read_table

TABLE = Path(__file__).parent / "labels.csv"
COLUMNS = ("key", "english", "chinese", "scientific_name", "rank", "role")


def read_labels(path: Path = TABLE) -> dict[str, Label]:
    """Labels by key out of a CSV table or a YAML list with the columns key, english, chinese, ... Raises UsageError
    for a missing file, TrainingError for a table that does not say what it should."""
    if not path.is_file():
        todo = _("write one with the columns {names}").format(names=", ".join(COLUMNS))
        raise UsageError(_("a table of labels"), _("nothing at {path}").format(path=path), todo)
    if path.suffix.lower() in (".yaml", ".yml"):
        loaded = yaml.safe_load(read_text(path))
        rows = loaded if isinstance(loaded, list) else []
    else:
        rows = list(read_table(path, COLUMNS))
    if not rows or not all(isinstance(row, dict) and row.get("key") for row in rows):
        expected = _("rows with at least a `key` in {path}").format(path=path)
        raise TrainingError(expected, _("none, or rows without"), _("correct the table"))
    return {label.key: label for label in (_label(row, path) for row in rows)}


def _label(row: dict[str, str], path: Path) -> Label:
    unknown = set(row) - set(COLUMNS)
    role = row.get("role") or "neutral"
    if unknown or role not in get_args(Role):
        expected = _("columns {names}, roles {roles} in {path}").format(
            names=", ".join(COLUMNS), roles=", ".join(get_args(Role)), path=path
        )
        raise TrainingError(expected, ", ".join(map(str, unknown)) or role, _("correct the table"))
    values = {name: str(row.get(name) or "").strip() for name in COLUMNS}
    english = values["english"] or values["key"].replace("_", " ")
    return Label(values["key"], english, values["chinese"], values["scientific_name"], values["rank"], role)  # type: ignore[arg-type]


def labels_for(classes: tuple[str, ...], path: Path | None = None) -> tuple[Label, ...]:
    """One label per class in its order: from the table at `path`, else ours, else the name alone, role neutral.

    A class named in Chinese is its own Chinese name.
    """
    table = read_labels() | (read_labels(path) if path else {})
    return tuple(table.get(name) or _plain(name) for name in classes)


def _plain(name: str) -> Label:
    return Label(name, name.replace("_", " "), "" if name.isascii() else name)


def grounds_of(classes: tuple[str, ...], path: Path | None = None) -> tuple[int, ...]:
    """The places of the classes that mean "no animal"."""
    return tuple(place for place, label in enumerate(labels_for(classes, path)) if label.role == "background")
