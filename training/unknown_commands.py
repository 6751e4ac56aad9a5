"""The commands that ask a model what it does not know, and from when on it may be believed."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
from tabulate import tabulate

from training.errors import UsageError
from training.group import FOLDER, group
from training.language import _

if TYPE_CHECKING:
    from training.alarms import Alarm
    from training.unknown import Row


@group.command(
    help=_("Tell how well MODEL, trained on DATASET, knows what it was never taught; --out makes it know better.")
)
@click.argument("model", type=FOLDER)
@click.argument("dataset", type=FOLDER)
@click.option("--strange", type=FOLDER, help=_("Folder of photos that no class covers, by kind in subfolders."))
@click.option("--weights", help=_("Start weights to try it with classes left out: a file, or imagenet."))
@click.option("--out", type=FOLDER, help=_("The new model file, ending in .onnx."))
@click.option("--force", is_flag=True, help=_("Replace the file if it exists."))
def unknown(
    model: Path, dataset: Path, strange: Path | None, weights: str | None, out: Path | None, force: bool
) -> None:
    """Known photos are those of the test split."""
    from edge.model.classifier import Classifier
    from training import unknown as measured
    from training.layout import read_prepared

    if out is not None and (out.suffix != ".onnx" or (out.exists() and not force)):
        raise UsageError(_("a new file name ending in .onnx"), str(out), _("choose another name, or give --force"))
    prepared = read_prepared(dataset)
    classifier = Classifier.open(model)
    labels = classifier.card.labels
    background = next((i for i, label in enumerate(labels) if label.role == "background"), None)
    train = measured.both_sizes(classifier, prepared.photos["train"])
    val, small = (measured.look(classifier, prepared.photos["val"], px) for px in (None, measured.SMALL_PX))
    familiar = measured.learn_familiar(train, val, background)
    rows: list[Row] = []
    if strange is not None:
        for px in (None, measured.SMALL_PX):
            known = measured.look(classifier, prepared.photos["test"], px)
            for name, photos in measured.strange_photos(strange).items():
                title = f"{name}, {px} px" if px else name
                rows.append(measured.row(title, familiar, known, measured.look(classifier, photos, px), background))
    if weights is not None:
        from training.left_out import leave_out

        order = tuple(label.key for label in labels)
        place = order.index(labels[background].key) if background is not None else None
        rows += leave_out(prepared, weights, place)
    _tell(rows)
    if out is not None:
        from training.familiar_model import write_familiar

        limit = measured.choose_limit(familiar, val, small)
        write_familiar(model, familiar, limit, [asdict(row) for row in rows], out)
        click.echo(_("written to {path}: an answer under {limit:.2f} is unknown").format(path=out, limit=limit))


def _tell(rows: list[Row]) -> None:
    if not rows:
        click.echo(_("nothing strange to try it on: give --strange or --weights"))
        return
    figures = [(row.by_confidence, row.by_animal, row.by_familiar) for row in rows]
    table = [
        [row.strange, str(row.count), *(f"{value:.3f}" for value in values)]
        for row, values in zip(rows, figures, strict=True)
    ]
    means = [sum(values) / len(rows) for values in zip(*figures, strict=True)]
    table.append([_("mean"), "", *(f"{value:.3f}" for value in means)])
    head = [_("told apart (AUROC)"), _("photos"), _("by confidence"), _("background counts"), _("with prototypes")]
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
    from training.evaluate import evaluate
    from training.layout import read_prepared

    photos = read_prepared(dataset).photos
    val, test = evaluate(model, photos["val"]), evaluate(model, photos["test"])
    chosen = choose(val.figures.labels, (val.probabilities, val.truth), (test.probabilities, test.truth), precision)
    _tell_alarms(chosen)
    if stamp:
        from training.export import stamp_metrics

        limits = {alarm.label: alarm.above for alarm in chosen}
        stamp_metrics(model, {"alarm_above": limits, "alarm_precision": precision})
        click.echo(_("figures written into {path}").format(path=model))


def _tell_alarms(chosen: list[Alarm]) -> None:
    def part(value: float | None) -> str:
        return "-" if value is None else f"{value:.2f}"

    rows = [[a.label, part(a.above), f"{a.alarms}", part(a.precision), part(a.recall)] for a in chosen]
    head = [_("class"), _("from confidence"), _("alarms on test photos"), _("of them true"), _("animals that ring")]
    click.echo(tabulate(rows, head, disable_numparse=True))
    if any(alarm.above is None for alarm in chosen):
        click.echo(_("-: too few validation photos, or too many mistakes, for such a promise"))
