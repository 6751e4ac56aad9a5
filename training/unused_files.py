"""Says which files were left out, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import click

from training.language import _

SHOWN = 20
"""Of files with one reason: five hundred HEIC photos shall not hide the one that is damaged."""


def tell_left_out(reasons: Mapping[str, str]) -> None:
    """On stderr, by name; those with one reason stand together and are counted after the twentieth."""
    names: dict[str, list[str]] = defaultdict(list)
    for name, reason in reasons.items():
        names[reason].append(name)
    for reason, mine in names.items():
        for name in mine[:SHOWN]:
            click.echo(_("left out: {name} ({reason})").format(name=name, reason=reason), err=True)
        if len(mine) > SHOWN:
            text = _("left out: {count} more ({reason})")
            click.echo(text.format(count=len(mine) - SHOWN, reason=reason), err=True)
