"""What `gardenwatch-train` can do with networks; torch is loaded only by the commands that need it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from tabulate import tabulate

from training import dataset_commands, train_commands
from training.errors import UsageError
from training.group import FOLDER, group
from training.language import _

if TYPE_CHECKING:
    from training.evaluate import Evaluation

__all__ = ["dataset_commands", "group", "train_commands"]  # importing a module of commands adds them to the group


@group.command(help=_("Average CHECKPOINTS of trainings that went on from each other; often better than the last."))
@click.argument("checkpoints", type=FOLDER, nargs=-1, required=True)
@click.option("--dataset", type=FOLDER, required=True, help=_("The prepared set; its validation photos calibrate."))
@click.option("--out", type=FOLDER, required=True, help=_("The new checkpoint, ending in .pth."))
def average(checkpoints: tuple[Path, ...], dataset: Path, out: Path) -> None:
    """The averaged network is exported like any other."""
    from training.average import average as mean_of

    if out.exists() or not out.resolve().parent.is_dir():
        raise UsageError(_("a new file name in a folder that exists"), str(out), _("choose another name"))
    mean = mean_of(checkpoints, dataset)
    mean.save(out)
    accuracy = mean.metrics["val_accuracy"]
    click.echo(_("validation accuracy of the average {accuracy:.3f}: {path}").format(accuracy=accuracy, path=out))


@group.command(help=_("Write the model file that the camera runs, from a CHECKPOINT."))
@click.argument("checkpoint", type=FOLDER)
@click.option("--out", type=FOLDER, required=True, help=_("The model file, ending in .onnx."))
@click.option("--labels", type=FOLDER, help=_("Table of class names and roles (CSV or YAML)."))
@click.option("--force", is_flag=True, help=_("Replace the file if it exists."))
def export(checkpoint: Path, out: Path, labels: Path | None, force: bool) -> None:
    """XEduHub wants the suffix .onnx."""
    from training.checkpoint import load_checkpoint
    from training.export import export as write
    from training.labels import labels_for

    if out.suffix != ".onnx" or not out.resolve().parent.is_dir():
        todo = _("choose a name such as model.onnx in an existing folder")
        raise UsageError(_("a file name ending in .onnx in a folder that exists"), str(out), todo)
    if out.exists() and not force:
        found = _("{path}, which exists").format(path=out)
        raise UsageError(_("a new file name"), found, _("choose another name, or give --force"))
    loaded = load_checkpoint(checkpoint)
    card = write(loaded, labels_for(loaded.classes, labels), out)
    size = out.stat().st_size / 1e6
    click.echo(_("{path}: model {id}, {size:.1f} MB").format(path=out, id=card.model_id, size=size))
    rows = [[label.key, label.english, label.chinese, label.role] for label in card.labels]
    click.echo(tabulate(rows, [_("class"), _("English"), _("Chinese"), _("role")]))


@group.command(help=_("Measure a MODEL file on the test photos of DATASET, as the camera would run it."))
@click.argument("model", type=FOLDER)
@click.argument("dataset", type=FOLDER)
@click.option("--split", type=click.Choice(["test", "val", "train"]), default="test", show_default=True)
@click.option("--out", type=FOLDER, help=_("Folder for figures.json, confusion matrix (PNG, CSV), every answer."))
@click.option("--stamp", is_flag=True, help=_("Write the figures into the model file."))
def evaluate(model: Path, dataset: Path, split: str, out: Path | None, stamp: bool) -> None:
    """A raw folder is measured whole."""
    from training.evaluate import evaluate as measure
    from training.evaluate import write_report
    from training.layout import FOLDERS, read_prepared, read_raw

    is_prepared = any((dataset / name).is_dir() for name in FOLDERS["train"])
    photos = read_prepared(dataset).photos[split] if is_prepared else read_raw(dataset).photos
    done = measure(model, photos)
    _tell_figures(done)
    if out is not None:
        write_report(done, out)
        click.echo(_("written to {path}").format(path=out))
    if stamp:
        from training.export import stamp_metrics

        stamp_metrics(model, {"split": split, "photos": done.figures.photos, "top1": round(done.figures.top1, 4)})
        click.echo(_("figures written into {path}").format(path=model))


def _tell_figures(done: Evaluation) -> None:
    figures = done.figures

    def part(value: float | None) -> str:
        return "-" if value is None else f"{value:.3f}"

    rows = [[f.label, f.photos, part(f.precision), part(f.recall)] for f in figures.classes]
    click.echo(tabulate(rows, [_("class"), _("photos"), _("precision"), _("recall")], disable_numparse=True))
    click.echo()
    marks = [str(i) for i in range(1, len(figures.labels) + 1)]
    matrix = [
        [f"{i} {label}", *row] for i, label, row in zip(marks, figures.labels, figures.confusion.tolist(), strict=True)
    ]
    click.echo(tabulate(matrix, [_("true class \\ answer"), *marks]))
    click.echo()
    for name, reason in done.left_out.items():
        click.echo(_("left out: {name} ({reason})").format(name=name, reason=reason), err=True)
    text = _("top-1 {top1:.4f} on {photos} photos, macro recall {recall:.4f}, calibration error {ece:.4f}")
    values = {"top1": figures.top1, "photos": figures.photos, "recall": figures.macro_recall, "ece": done.ece}
    click.echo(text.format(**values))
