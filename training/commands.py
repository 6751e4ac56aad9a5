"""What `gardenwatch-train` can do with networks; torch is loaded only by the commands that need it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from tabulate import tabulate

from training import dataset_commands
from training.errors import UsageError
from training.group import FOLDER, group
from training.language import _

if TYPE_CHECKING:
    from training.evaluate import Evaluation
    from training.recipe import Epoch

__all__ = ["dataset_commands", "group"]  # importing a module of commands adds them to the group
BACKBONE_NAMES = (
    "mobilenet_v2",
    "mobilenet_v3_small",
    "mobilenet_v3_large",
    "resnet18",
    "resnet50",
    "alexnet",
    "lenet5",
)
OPTIMIZERS = ("adamw", "adam", "sgd", "rmsprop")
"""Both as in training.backbones and training.recipe, which load torch; a test compares them."""
EXIT_INTERRUPTED = 130
"""As the shell counts a Ctrl-C."""


@group.command(help=_("Train a network on a prepared DATASET."))
@click.argument("dataset", type=FOLDER)
@click.option("--out", "run", type=FOLDER, required=True, help=_("Folder for the checkpoint, figures and curves."))
@click.option("--backbone", default="mobilenet_v2", show_default=True, help=", ".join(BACKBONE_NAMES))
@click.option(
    "--weights", help=_("Start weights: a file, imagenet, or none.  [default: imagenet where there are such]")
)
@click.option("--epochs", type=click.IntRange(1), default=20, show_default=True)
@click.option("--optimizer", type=click.Choice(OPTIMIZERS), default="adamw", show_default=True)
@click.option("--lr", type=click.FloatRange(0, min_open=True), help=_("Learning rate; each optimizer has a default."))
@click.option("--batch-size", type=click.IntRange(2), default=32, show_default=True)
@click.option("--checkpoint", type=FOLDER, help=_("Go on from this checkpoint instead of from start weights."))
@click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda")
@click.option("--seed", default=0, show_default=True)
@click.option("--workers", type=click.IntRange(0), help=_("Processes that prepare photos; chosen for this computer."))
@click.option("--extra", type=FOLDER, help=_("Folder like RAW whose photos join the training split only."))
@click.option("--labels", type=FOLDER, help=_("Table of class names and roles (CSV or YAML)."))
@click.option("--force", is_flag=True, help=_("Write into RUN even if it holds something."))
def train(
    dataset: Path,
    run: Path,
    checkpoint: Path | None,
    device: str,
    workers: int | None,
    extra: Path | None,
    labels: Path | None,
    force: bool,
    **choices: Any,
) -> None:
    """`choices` are the fields of Recipe."""
    from training.network import start_weights_of
    from training.recipe import Recipe
    from training.run import choose_device, choose_workers, run_training

    choices["weights"] = start_weights_of(choices["backbone"], choices["weights"])

    recipe = Recipe(device=choose_device(device), workers=choose_workers() if workers is None else workers, **choices)

    def tell(epoch: Epoch) -> None:
        text = _("epoch {epoch}/{all}: validation accuracy {accuracy:.3f}, loss {loss:.3f}, {seconds:.0f} s")
        values = {"accuracy": epoch.val_accuracy, "loss": epoch.train_loss, "seconds": epoch.seconds}
        click.echo(text.format(epoch=epoch.epoch, all=recipe.epochs, **values))

    done = run_training(
        dataset, run, recipe, checkpoint=checkpoint, extra=extra, labels=labels, force=force, on_epoch=tell
    )
    best = max(epoch.val_accuracy for epoch in done.epochs)
    if done.interrupted:
        click.echo(_("stopped; the best network so far is kept and can be used."), err=True)
    click.echo(_("best validation accuracy {accuracy:.3f}: {path}").format(accuracy=best, path=done.best))
    click.echo(_("next: gardenwatch-train export {path} --out model.onnx").format(path=done.best))
    if done.interrupted:
        raise SystemExit(EXIT_INTERRUPTED)


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
