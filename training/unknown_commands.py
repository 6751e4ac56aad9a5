"""The commands that ask a model what it does not know, and from when on it may be believed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
from tabulate import tabulate

from training.errors import TrainingError, UsageError
from training.group import FOLDER, group
from training.language import _

if TYPE_CHECKING:
    from training.alarms import Alarm
    from training.layout import PreparedSet
    from training.unknown import Row, Sized


@group.command(help=_("Tell how well MODEL, trained on DATASET, knows what it was never taught."))
@click.argument("model", type=FOLDER)
@click.argument("dataset", type=FOLDER)
@click.option("--strange", type=FOLDER, help=_("Folder of photos that no class covers, by kind in subfolders."))
@click.option("--weights", help=_("Start weights to try it with classes left out: a file, or imagenet."))
@click.option(
    "--out", type=FOLDER, help=_("A new model file, ending in .onnx, that has prototypes where MODEL has none.")
)
@click.option("--extra", type=FOLDER, help=_("Raw folder of more training photos, for --out."))
@click.option("--force", is_flag=True, help=_("Replace the file if it exists."))
@click.option("--stamp", is_flag=True, help=_("Write the figures into the model file."))
def unknown(
    model: Path,
    dataset: Path,
    strange: Path | None,
    weights: str | None,
    out: Path | None,
    extra: Path | None,
    force: bool,
    stamp: bool,
) -> None:
    """Known photos are those of the test split."""
    import onnx

    from edge.model.classifier import Classifier
    from training import unknown as measured
    from training.evaluate import expect_known
    from training.familiar_model import read_familiar, write_familiar
    from training.layout import read_prepared
    from training.run import extra_photos

    if out is not None and (out.suffix != ".onnx" or (out.exists() and not force)):
        raise UsageError(_("a new file name ending in .onnx"), str(out), _("choose another name, or give --force"))
    prepared = read_prepared(dataset)
    classifier = Classifier.open(model)
    shown = [photo for photos in prepared.photos.values() for photo in photos]
    expect_known([label.key for label in classifier.card.labels], shown)
    if strange is not None:
        _expect_photos_in(strange)
    grounds = [place for place, label in enumerate(classifier.card.labels) if label.role == "background"]
    familiar = read_familiar(onnx.load(str(model)), classifier.card)
    if familiar is not None and (out is not None or extra is not None):
        found = _("{path}, which has them").format(path=model)
        raise UsageError(_("a model without prototypes"), found, _("leave --out and --extra away"))
    learned, tried = familiar is None or weights is not None, bool(strange or weights)
    _expect_photos_of(prepared, [*(["val"] if learned else []), *(["test"] if tried else [])])
    of_ground = {classifier.card.labels[place].key for place in grounds}
    if tried:
        _expect_animals(prepared, of_ground)
    if familiar is None:
        added = extra_photos(extra, prepared.classes) if extra else ()
        photos = prepared.photos["train"] + added
        familiar = measured.learn(classifier, photos, prepared.photos["val"], grounds)
    sizes: list[Sized] = []
    untried: list[str] = []
    if strange is not None:
        sizes = [measured.sized(classifier, familiar, prepared.photos["test"], strange, px) for px in measured.SIZES]
    blocks = [one.rows for one in sizes if one.rows]
    if weights is not None:
        from training.left_out import leave_out

        places = [place for place, name in enumerate(prepared.classes) if name in of_ground]
        rows_left_out, untried = leave_out(prepared, weights, places)
        blocks.append(rows_left_out)
    _tell(blocks)
    if untried:
        click.echo(_("not tried, for want of test photos: {names}").format(names="; ".join(untried)))
    for one in sizes:
        text = _("of the known animals, {share:.1%} are called strange ({size})")
        click.echo(text.format(share=one.known_called, size=one.name))
    rows = [asdict(row) for block in blocks for row in block]
    if out is not None:
        write_familiar(model, familiar, rows, out)
        limit = familiar.strange_below
        click.echo(_("written to {path}: under {limit:.2f}, an animal is strange").format(path=out, limit=limit))
    if stamp and rows:
        from training.export import stamp_metrics

        stamp_metrics(model, {"unknown": rows})
        click.echo(_("figures written into {path}").format(path=model))


def _expect_photos_in(folder: Path) -> None:
    """Raises UsageError."""
    from training.unknown import strange_photos

    if not folder.is_dir() or not strange_photos(folder):
        found = _("none in {path}") if folder.is_dir() else _("nothing at {path}")
        todo = _("give --strange a folder of them, or leave it away")
        raise UsageError(_("photos that no class covers"), found.format(path=folder), todo)


def _expect_photos_of(prepared: PreparedSet, splits: Sequence[str]) -> None:
    """Raises TrainingError."""
    from training.layout import FOLDERS

    for split in splits:
        if not prepared.photos[split]:
            expected = _("photos in {folder}").format(folder=FOLDERS[split][0])
            found = _("none in {path}").format(path=prepared.root)
            raise TrainingError(expected, found, _("run `gardenwatch-train prepare` again"))


def _expect_animals(prepared: PreparedSet, grounds: Collection[str]) -> None:
    """Raises TrainingError: what is strange is told from known animals."""
    if all(photo.label in grounds for photo in prepared.photos["test"]):
        found = _("none but background in {path}").format(path=prepared.root)
        raise TrainingError(_("test photos of animals"), found, _("add photos of animals, and prepare the set again"))


def _tell(blocks: list[list[Row]]) -> None:
    """One table, with the means of each block of rows."""
    if not blocks:
        click.echo(_("nothing strange to try it on: give --strange or --weights"))
        return
    table: list[list[str]] = []
    for rows in blocks:
        figures = [(row.by_confidence, row.by_animal, row.by_familiar, row.called) for row in rows]
        means = [sum(values) / len(rows) for values in zip(*figures, strict=True)]
        told: list[tuple[str, str, Sequence[float]]] = [
            (row.strange, str(row.count), values) for row, values in zip(rows, figures, strict=True)
        ]
        for name, count, (*aurocs, called) in [*told, (_("mean"), "", means)]:
            table.append([name, count, *(f"{auroc:.3f}" for auroc in aurocs), f"{called:.0%}"])
    scores = (_("by confidence"), _("background counts"), _("by familiarity"))
    head = [_("told apart (AUROC)"), _("photos"), *scores, _("called strange")]
    click.echo(tabulate(table, head, disable_numparse=True))


@group.command(help=_("Say for each class from which confidence on an alarm of MODEL is true as often as wanted."))
@click.argument("model", type=FOLDER)
@click.argument("dataset", type=FOLDER)
@click.option(
    "--precision",
    type=click.FloatRange(0.5, 0.999),
    default=0.95,
    show_default=True,
    help=_("Part of the alarms that shall be true."),
)
@click.option("--stamp", is_flag=True, help=_("Write the figures into the model file."))
def alarms(model: Path, dataset: Path, precision: float, stamp: bool) -> None:
    """Chosen on the validation photos, tried on the test photos."""
    from training.alarms import alarms as choose
    from training.alarms import that_may_ring
    from training.evaluate import evaluate
    from training.layout import read_prepared

    prepared = read_prepared(dataset)
    _expect_photos_of(prepared, ["val", "test"])
    photos = prepared.photos
    val, test = evaluate(model, photos["val"]), evaluate(model, photos["test"])
    chosen_on, tried_on = (that_may_ring(one.probabilities, one.truth, one.strange) for one in (val, test))
    chosen = choose(val.figures.labels, chosen_on, tried_on, precision)
    _tell_alarms(chosen)
    if stamp:
        from training.export import stamp_metrics

        limits = {alarm.label: alarm.above for alarm in chosen}
        stamp_metrics(model, {"alarm_above": limits, "alarm_precision": precision})
        click.echo(_("figures written into {path}").format(path=model))


def _tell_alarms(chosen: list[Alarm]) -> None:
    def part(value: float | None) -> str:
        return "-" if value is None else f"{value:.2f}"

    limits = ["-" if a.above is None else f"{a.above:.4f}" for a in chosen]
    rows = [
        [a.label, limit, f"{a.alarms}", part(a.precision), part(a.recall)]
        for a, limit in zip(chosen, limits, strict=True)
    ]
    head = [_("class"), _("from confidence"), _("alarms on test photos"), _("of them true"), _("animals that ring")]
    click.echo(tabulate(rows, head, disable_numparse=True))
    if any(alarm.above is None for alarm in chosen):
        click.echo(_("-: too few validation photos, or too many mistakes, for such a promise"))
