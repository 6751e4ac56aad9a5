"""The commands that make and judge a set of photos; they need no torch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from tabulate import tabulate

from training.group import FOLDER, group
from training.language import _

if TYPE_CHECKING:
    from training.prepare import Prepared


def _ratios(_context: click.Context, _option: click.Parameter, text: str) -> tuple[float, float, float]:
    try:
        parts = [float(part) for part in text.replace(",", ":").split(":")]
    except ValueError:
        parts = []
    if len(parts) != 3 or min(parts) < 0 or parts[0] <= 0 or parts[2] <= 0:
        raise click.BadParameter(_("expected three numbers such as 7:1:2, training and validation above 0"))
    total = sum(parts)
    return parts[0] / total, parts[1] / total, parts[2] / total


@group.command(help=_("Split the photos in RAW (images/CLASS/..., classes.txt) into a set OUT to train on."))
@click.argument("raw", type=FOLDER)
@click.argument("out", type=FOLDER)
@click.option("--ratios", default="7:1:2", show_default=True, callback=_ratios, help=_("Training : test : validation."))
@click.option("--seed", default=0, show_default=True, help=_("The same seed splits alike."))
@click.option("--test-list", type=FOLDER, help=_("File of photos that are the test split, one path per line."))
@click.option("--force", is_flag=True, help=_("Replace a prepared set that is in OUT."))
def prepare(
    raw: Path, out: Path, ratios: tuple[float, float, float], seed: int, test_list: Path | None, force: bool
) -> None:
    """Near-duplicates stay on one side."""
    from training.prepare import prepare as split

    _tell_prepared(split(raw, out, ratios=ratios, seed=seed, test_list=test_list, force=force), out)


def _tell_prepared(done: Prepared, out: Path) -> None:
    classes = sorted({label for counts in done.counts.values() for label in counts})
    rows = [[label, *(done.counts[s][label] for s in ("train", "val", "test"))] for label in classes]
    rows.append([_("all"), *(sum(done.counts[s].values()) for s in ("train", "val", "test"))])
    click.echo(tabulate(rows, [_("class"), _("training"), _("validation"), _("test")]))
    if done.grouped:
        click.echo(_("{count} photos have a near-duplicate; these were kept together.").format(count=done.grouped))
    for name, reason in done.left_out.items():
        click.echo(_("left out: {name} ({reason})").format(name=name, reason=reason), err=True)
    few = [label for label in classes if done.counts["val"][label] == 0]
    if few:
        text = _("too few photos to validate: {names}; add some, better 20 or more of each class")
        click.echo(text.format(names=", ".join(few)), err=True)
    click.echo(_("next: gardenwatch-train train {out} --out RUN").format(out=out))
