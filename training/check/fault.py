"""One thing that is wrong with a set."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from training.language import _

Severity = Literal["error", "warning"]
SHOWN = 10
"""Of faults with one remedy, so that a thousand bad lines do not hide the one fault of another kind."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`place` is a file in the set, with its line where it has lines: `val.txt:3`; `todo` is the same for one kind.

    An error keeps the set from being trained on as its files say; a warning is what a person should know.
    """

    severity: Severity
    place: str
    found: str
    todo: str


def error(place: str, found: str, todo: str) -> Fault:
    """Short for a Fault."""
    return Fault("error", place, found, todo)


def warning(place: str, found: str, todo: str) -> Fault:
    """Short for a Fault."""
    return Fault("warning", place, found, todo)


def told(faults: Iterable[Fault]) -> list[str]:
    """A line for each, errors first; what has the same remedy stands together, and is counted after the tenth."""
    kinds: dict[tuple[str, str], list[Fault]] = {}
    for fault in sorted(faults, key=lambda f: f.severity):
        kinds.setdefault((fault.severity, fault.todo), []).append(fault)
    names = {"error": _("error"), "warning": _("warning")}
    lines = []
    for (severity, todo), same in kinds.items():
        text = _("{severity}: {place}: {found}; {todo}")
        lines += [
            text.format(severity=names[severity], place=fault.place, found=fault.found, todo=todo)
            for fault in same[:SHOWN]
        ]
        if len(same) > SHOWN:
            text = _("{severity}: {count} more of this kind")
            lines.append(text.format(severity=names[severity], count=len(same) - SHOWN))
    return [_printable(line) for line in lines]


def _printable(line: str) -> str:
    """In one line, with escapes for what no terminal takes: file names may hold line ends, and bytes of no text."""
    return "".join(
        sign.encode("unicode_escape").decode() if unicodedata.category(sign) in ("Cc", "Cs") else sign for sign in line
    )
