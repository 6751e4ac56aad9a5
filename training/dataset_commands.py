"""The commands that make and judge a set of photos; they need no torch."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from tabulate import tabulate

from training import check_commands, fix_commands, merge_commands
from training.check.fault import told, warning
from training.group import FOLDER, group
from training.language import _
from training.unused_files import tell_left_out

if TYPE_CHECKING:
    from training.prepare import Prepared

__all__ = [
    "check_commands",
    "fix_commands",
    "merge_commands",
    "prepare",
]  # importing a module of commands adds them to the group

FEW = 3
"""Photos of a class, of which `prepare` gives one to validation."""


def _ratios(_context: click.Context, _option: click.Parameter, text: str) -> tuple[float, float, float]:
    try:
        parts = [float(part) for part in text.replace(",", ":").split(":")]
    except ValueError:
        parts = []
    if len(parts) != 3 or not all(map(math.isfinite, parts)) or min(parts) < 0 or parts[0] <= 0 or parts[2] <= 0:
        raise click.BadParameter(_("expected three numbers such as 7:1:2, training and validation above 0"))
    total = sum(parts)
    return parts[0] / total, parts[1] / total, parts[2] / total


@group.command(
    help=_(
        "Split the photos in RAW into a set OUT to train on. RAW is a folder of class folders (images/CLASS/..., "
        "classes.txt), a split set, any folder with --labels-csv or --label-from-name, or cifar10, cifar100, mnist."
    )
)
@click.argument("raw", type=FOLDER)
@click.argument("out", type=FOLDER)
@click.option("--ratios", default="7:1:2", show_default=True, callback=_ratios, help=_("Training : test : validation."))
@click.option("--seed", default=0, show_default=True, help=_("The same seed splits alike."))
@click.option("--test-list", type=FOLDER, help=_("File of photos that are the test split, one path per line."))
@click.option("--labels-csv", type=FOLDER, help=_("Table that names the class of each photo."))
@click.option("--image-column", default="path", show_default=True, help=_("Its column of files, relative to RAW."))
@click.option("--label-column", default="class", show_default=True, help=_("Its column of classes."))
@click.option("--label-from-name", metavar="A=CLASS,...", help=_("How file names of each class begin."))
@click.option("--block", type=click.IntRange(0), default=0, help=_("Keep so many file numbers of a class together."))
@click.option("--weights", help=_("Start weights (a file, or imagenet) that also find bursts whose pixels differ."))
@click.option("--force", is_flag=True, help=_("Replace a prepared set that is in OUT."))
def prepare(
    raw: Path,
    out: Path,
    labels_csv: Path | None,
    image_column: str,
    label_column: str,
    label_from_name: str | None,
    **choices: Any,
) -> None:
    """Near-duplicates stay on one side; `choices` are arguments of prepare."""
    from training.named import NAMES, unpack
    from training.prepare import prepare as split
    from training.set_files import refuse_to_replace
    from training.sources import labels_from_csv, labels_from_names

    if labels_csv and label_from_name:
        raise click.UsageError(_("give --labels-csv or --label-from-name, not both"))
    photos = None
    if labels_csv:
        refuse_to_replace(out, [labels_csv], _("lists outside of what is replaced"))
        photos = labels_from_csv(raw, labels_csv, image_column, label_column)
    elif label_from_name:
        photos = labels_from_names(raw, label_from_name)
    if str(raw) in NAMES and not raw.exists():
        with unpack(raw.name, out) as (folder, test_list):
            choices["test_list"] = choices["test_list"] or test_list
            done = split(folder, out, alike=False, **choices)  # its makers split it, and digits look alike
    else:
        done = split(raw, out, photos=photos, **choices)
    _tell_prepared(done, out)


def _tell_prepared(done: Prepared, out: Path) -> None:
    classes = sorted({label for counts in done.counts.values() for label in counts})
    rows = [[label, *(done.counts[s][label] for s in ("train", "val", "test"))] for label in classes]
    rows.append([_("all"), *(sum(done.counts[s].values()) for s in ("train", "val", "test"))])
    click.echo(tabulate(rows, [_("class"), _("training"), _("validation"), _("test")]))
    if done.grouped:
        text = _(
            "photos that belong together with others (look-alikes, a group, a block) and stay on one side: {count}"
        )
        click.echo(text.format(count=done.grouped))
    tell_left_out(done.left_out)
    _tell_in_two_classes(done.in_two_classes)
    click.echo(_("what is in it: {path}").format(path=out / "report.html"))
    _tell_without_validation(done)
    click.echo(_("next: gardenwatch-train train {out} --out RUN").format(out=out))


def _tell_without_validation(done: Prepared) -> None:
    total: Counter[str] = sum(done.counts.values(), Counter())
    without = [label for label in sorted(total) if not done.counts["val"][label]]
    if few := [label for label in without if total[label] < FEW]:
        text = _("too few photos to validate: {names}; add some, better 20 or more of each class")
        click.echo(text.format(names=", ".join(few)), err=True)
    if together := [label for label in without if total[label] >= FEW]:
        text = _("no photos to validate, as all belong together: {names}; add some of other places or days")
        click.echo(text.format(names=", ".join(together)), err=True)


def _tell_in_two_classes(pairs: Sequence[tuple[str, str]]) -> None:
    """As `check` tells it; the set is made all the same."""
    todo = _("one photo in two classes: keep the right one")
    for line in told(warning(other, _("the same as {name}").format(name=first), todo) for first, other in pairs):
        click.echo(line, err=True)
