"""What `gardenwatch-train` can do with networks; torch is loaded only by the commands that need it."""

from __future__ import annotations

from pathlib import Path

import click
from tabulate import tabulate

from training import (
    dataset_commands,
    device_commands,
    evaluation_commands,
    lesson_commands,
    studio_commands,
    train_commands,
    unknown_commands,
)
from training.errors import UsageError
from training.group import FOLDER, group
from training.language import _

# importing a module of commands adds them to the group
__all__ = [
    "dataset_commands",
    "device_commands",
    "evaluation_commands",
    "group",
    "lesson_commands",
    "studio_commands",
    "train_commands",
    "unknown_commands",
]


@group.command(help=_("Average CHECKPOINTS of trainings that went on from each other; often better than the last."))
@click.argument("checkpoints", type=FOLDER, nargs=-1, required=True)
@click.option("--dataset", type=FOLDER, required=True, help=_("The prepared set; its validation photos calibrate."))
@click.option("--out", type=FOLDER, required=True, help=_("The new checkpoint, ending in .pth."))
@click.option("--extra", type=FOLDER, help=_("Folder like RAW whose photos join the training split only."))
@click.option("--labels", type=FOLDER, help=_("Table of class names and roles (CSV or YAML)."))
def average(checkpoints: tuple[Path, ...], dataset: Path, out: Path, extra: Path | None, labels: Path | None) -> None:
    """The averaged network is exported like any other."""
    from training.average import average as mean_of

    if out.suffix != ".pth" or out.exists() or not out.resolve().parent.is_dir():
        todo = _("choose a name such as mean.pth in an existing folder")
        raise UsageError(_("a new file name ending in .pth in a folder that exists"), str(out), todo)
    mean = mean_of(checkpoints, dataset, extra, labels)
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
    hint = _(
        "for a Raspberry Pi 5 make it smaller and faster: gardenwatch-train quantize {path} DATASET --out small.onnx"
    )
    click.echo(hint.format(path=out) + _(" (on a Pi 4 try both; boards were not measured)"))
    rows = [[label.key, label.english, label.chinese, label.role] for label in card.labels]
    click.echo(tabulate(rows, [_("class"), _("English"), _("Chinese"), _("role")]))
