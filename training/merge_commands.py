"""The command that takes reviewed photos into a set."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from tabulate import tabulate

from training.check.fault import told, warning
from training.group import FOLDER, group
from training.language import _, _n
from training.unused_files import tell_left_out

if TYPE_CHECKING:
    from training.merge.merge import Merged, NewClasses


@group.command(
    help=_(
        "Let photos join the prepared DATASET that people judged: REVIEWED is what "
        "`gardenwatch export --format dataset` wrote. They are trained on and validated with; the test split stays "
        "as it is, so that figures stay comparable."
    )
)
@click.argument("dataset", type=FOLDER)
@click.argument("reviewed", type=FOLDER, required=False)
@click.option(
    "--new-classes",
    type=click.Choice(["refuse", "add", "leave-out"]),
    default="refuse",
    show_default=True,
    help=_("What to do with photos of classes that the set does not have."),
)
@click.option("--undo", is_flag=True, help=_("Take the last merge back, byte for byte."))
def merge(dataset: Path, reviewed: Path | None, new_classes: NewClasses, undo: bool) -> None:
    """A change that was interrupted is finished first; only --undo takes it back instead."""
    from training import journal
    from training.merge.merge import merge as take_in

    if undo == (reviewed is not None):
        raise click.UsageError(_("give either REVIEWED or --undo"))
    if reviewed is None:
        count = journal.undo(dataset, "merge")
        click.echo(
            _n(
                "taken back: {count} photo is where it was.", "taken back: {count} photos are where they were.", count
            ).format(count=count)
        )
        return
    if journal.settle(dataset):
        click.echo(_("an interrupted change was finished first."))
    _tell(take_in(dataset, reviewed, new_classes), dataset)


def _tell(done: Merged, dataset: Path) -> None:
    tell_left_out(done.left_out)
    if not done.has_manifest:
        text = _("no manifest.csv: photos of one visit are kept together only where they look alike.")
        click.echo(text, err=True)
    alike = [(other, _("nearly the same as {name}").format(name=first)) for first, other in done.in_two_classes]
    for line in told(warning(other, found, _("look which class is right")) for other, found in alike):
        click.echo(line, err=True)
    names = sorted(set(done.added["train"]) | set(done.added["val"]))
    if names:
        rows = [[name, done.added["train"][name], done.added["val"][name]] for name in names]
        click.echo(tabulate(rows, [_("class"), _("training"), _("validation")]))
    for name, label in done.corrected.items():
        click.echo(_("corrected: {name} is {label}").format(name=name, label=label))
    if done.new_classes:
        text = _("new: {names}. The test split has no photos of them, so they are not measured.")
        click.echo(text.format(names=", ".join(done.new_classes)))
    if done.noted:
        text = _n(
            "noted in manifest.csv for {count} photo of the set: its sighting, or when it was judged.",
            "noted in manifest.csv for {count} photos of the set: their sighting, or when they were judged.",
            done.noted,
        )
        click.echo(text.format(count=done.noted))
    text = _("photos: {added} joined, {corrected} corrected, {already} were there before, {left_out} left out.")
    added = sum(counts.total() for counts in done.added.values())
    counts = {"corrected": len(done.corrected), "already": done.already, "left_out": len(done.left_out)}
    click.echo(text.format(added=added, **counts))
    if added or done.corrected or done.noted:
        click.echo(_("to take it back: gardenwatch-train merge {dataset} --undo").format(dataset=dataset))
