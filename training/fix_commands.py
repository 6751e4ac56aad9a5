"""The command that finds photos in the wrong class and moves them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from training.group import FOLDER, group
from training.language import _, _n

if TYPE_CHECKING:
    from training.fix.answers import Row
    from training.places import Places


@group.command(
    help=_(
        "Find photos of DATASET that lie in the wrong class: writes a page with proposals and a table to fill in. "
        "Nothing is moved before you say so, and every move can be taken back."
    )
)
@click.argument("dataset", type=FOLDER)
@click.option("--weights", default="imagenet", show_default=True, help=_("Start weights: a file, imagenet, or none."))
@click.option("--out", type=FOLDER, help=_("Folder for page and table; DATASET-suspects beside the set otherwise."))
@click.option("--apply", "answers", type=FOLDER, help=_("Move the photos that this table has a y for."))
@click.option("--interactive", is_flag=True, help=_("Ask for each suspect: y, n, q, or the name of another class."))
@click.option("--undo", is_flag=True, help=_("Take the last moves back, byte for byte."))
@click.option("--force", is_flag=True, help=_("Forget the answers in the table."))
def fix(
    dataset: Path, weights: str, out: Path | None, answers: Path | None, interactive: bool, undo: bool, force: bool
) -> None:
    """A change that was interrupted is finished first; only --undo takes it back instead."""
    from training import journal

    if sum((answers is not None, interactive, undo)) > 1:
        raise click.UsageError(_("give one of --apply, --interactive, --undo"))
    if undo:
        count = journal.undo(dataset, "fix")
        click.echo(
            _n(
                "taken back: {count} photo is where it was.", "taken back: {count} photos are where they were.", count
            ).format(count=count)
        )
        return
    if journal.settle(dataset):
        click.echo(_("an interrupted change was finished first."))
    folder = out or dataset.resolve().with_name(dataset.resolve().name + "-suspects")
    if answers is not None:
        _apply(dataset, answers)
        return
    table = folder / "suspects.csv"
    if not interactive or not table.is_file() or force:
        _suggest(dataset, folder, weights, force, quiet=interactive)
    if interactive and _ask(dataset, table):
        _apply(dataset, table)


def _suggest(dataset: Path, folder: Path, weights: str, force: bool, quiet: bool) -> None:
    from training.fix.suggest import suggest

    done = suggest(dataset, folder, weights, force)
    for name, reason in done.not_judged.items():
        click.echo(_("not judged: {name} ({reason})").format(name=name, reason=reason), err=True)
    text = _("{count} of {photos} photos may lie in the wrong class: {page}")
    click.echo(text.format(count=len(done.rows), photos=done.photos, page=done.page))
    if done.rows and not quiet:
        click.echo(_("write y in the column `move` of {table} where a proposal is right").format(table=done.table))
        todo = _("next: gardenwatch-train fix {dataset} --apply {table}")
        click.echo(todo.format(dataset=dataset, table=done.table))


def _ask(dataset: Path, table: Path) -> bool:
    """Writes each answer into the table at once; False where it ended with Ctrl-C, which moves nothing."""
    from training.fix.answers import read_rows, write_rows
    from training.places import read_places

    places = read_places(dataset)
    rows = [row for _line, row in read_rows(table)]
    open_rows = [i for i, row in enumerate(rows) if not row.move and row.photo in places.photos]
    click.echo(_("look at {page} beside this window.").format(page=table.with_name("suspects.html")))
    click.echo(_("classes: {names}").format(names=", ".join(places.classes)))
    try:
        for i in open_rows:
            answer = _answer(rows[i], len(rows), places)
            if answer is None:
                break
            rows[i] = answer
            write_rows(table, rows)
    except (click.Abort, KeyboardInterrupt):
        click.echo()
        todo = _("nothing was moved; your answers are kept: gardenwatch-train fix {dataset} --apply {table}")
        click.echo(todo.format(dataset=dataset, table=table), err=True)
        return False
    return True


def _answer(row: Row, count: int, places: Places) -> Row | None:
    question = f"{row.number}/{count} {row.photo}: {row.given} → {row.proposed} ({100 * row.suspicion:.0f}%) [y/n/q]"
    while True:
        said = str(click.prompt(question, default="", show_default=False)).strip()
        if said in places.classes:  # before the letters: a class may be called y
            return replace(row, proposed=said, move="n" if said == row.given else "y")
        if said.lower() in ("y", "n", "是", "否"):
            return replace(row, move="y" if said.lower() in ("y", "是") else "n")
        if said.lower() == "q":
            return None
        click.echo(
            _("type y (move it), n (leave it), q (stop asking) or a class: {names}").format(
                names=_listed(places.classes)
            )
        )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)


def _apply(dataset: Path, table: Path) -> None:
    from training import journal
    from training.fix.answers import wanted_moves
    from training.places import moving, read_places

    places = read_places(dataset)
    wanted, before = wanted_moves(table, places)
    if before:
        click.echo(_("{count} were moved before.").format(count=before))
    if not wanted:
        click.echo(_("nothing to move."))
        return
    journal.apply(dataset, moving(places, wanted))
    click.echo(
        _n(
            "moved {count} photo; to take it back: gardenwatch-train fix {dataset} --undo",
            "moved {count} photos; to take it back: gardenwatch-train fix {dataset} --undo",
            len(wanted),
        ).format(count=len(wanted), dataset=dataset)
    )
    tested = sum(places.split[path] == "test" for path, _label in wanted)
    if tested:
        text = _("{count} of them are test photos: evaluate the model again, and tell both figures, before and after.")
        click.echo(text.format(count=tested))
    gone = dict(wanted)
    left = {
        photo.label
        for path, photo in places.photos.items()
        if places.split[path] in (None, "train") and path not in gone
    }
    left |= {label for path, label in wanted if places.split[path] in (None, "train")}
    lost = [name for name in places.classes if name not in left]
    if lost:
        click.echo(
            _("no photo to train on is left of {names}; add some, or undo").format(names=", ".join(lost)), err=True
        )
