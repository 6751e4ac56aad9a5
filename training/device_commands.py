"""The commands that make models smaller and faster for the device."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from tabulate import tabulate

from training.errors import TrainingError, UsageError
from training.group import FOLDER, group
from training.language import _

if TYPE_CHECKING:
    from training.layout import Photo, PreparedSet
    from training.side_by_side import SideBySide


@group.command(help=_("Make an 8-bit model of MODEL: smaller and faster. The training photos of DATASET calibrate it."))
@click.argument("model", type=FOLDER)
@click.argument("dataset", type=FOLDER)
@click.option("--out", type=FOLDER, required=True, help=_("The new model file, ending in .onnx."))
@click.option("--anyway", is_flag=True, help=_("Keep it even if it loses more than one point."))
@click.option("--force", is_flag=True, help=_("Replace the file if it exists."))
def quantize(model: Path, dataset: Path, out: Path, anyway: bool, force: bool) -> None:
    """Measured on the test photos; what loses more than a point is not kept unasked."""
    from edge.model.classifier import Classifier
    from training.layout import read_prepared
    from training.quantize import quantize as write
    from training.side_by_side import side_by_side

    _expect_new(out, [model], force)
    Classifier.open(model, threads=1)
    prepared = read_prepared(dataset)
    photos = _to_measure_on(prepared)
    with tempfile.TemporaryDirectory(dir=out.resolve().parent) as folder:
        trial = Path(folder) / out.name
        write(model, prepared.photos["train"], trial)
        sides = side_by_side(model, trial, photos)
        tell_sides(sides)
        if sides.loses_too_much and not anyway:
            refuse(sides)
        trial.replace(out)
    click.echo(_("written to {path}").format(path=out))
    click.echo(advice(sides))


@group.command(help=_("Make one model file of MODELS whose trainings began with different weights; it errs less."))
@click.argument("models", type=FOLDER, nargs=-1, required=True)
@click.option("--dataset", type=FOLDER, required=True, help=_("The prepared set; its validation photos calibrate."))
@click.option("--out", type=FOLDER, required=True, help=_("The new model file, ending in .onnx."))
@click.option("--extra", type=FOLDER, help=_("Folder like RAW whose photos join the training split only."))
@click.option(
    "--bits",
    type=click.Choice(["16", "8"]),
    default="16",
    show_default=True,
    help=_("In which a weight is kept; 8 halve the file, and may change an answer."),
)
@click.option("--force", is_flag=True, help=_("Replace the file if it exists."))
def ensemble(models: tuple[Path, ...], dataset: Path, out: Path, extra: Path | None, bits: str, force: bool) -> None:
    """It takes as long to answer as all of them together."""
    from training.ensemble import ensemble as write
    from training.layout import read_prepared
    from training.run import extra_photos

    _expect_new(out, models, force)
    prepared = read_prepared(dataset)
    added = extra_photos(extra, prepared.classes) if extra else ()
    card = write(models, prepared, out, added, bits == "8")
    size = out.stat().st_size / 1e6
    click.echo(_("{path}: model {id}, {size:.1f} MB").format(path=out, id=card.model_id, size=size))


@group.command(help=_("Make the network of CHECKPOINT narrower, and train it again on DATASET. For slow boards."))
@click.argument("checkpoint", type=FOLDER)
@click.argument("dataset", type=FOLDER)
@click.option("--out", "run", type=FOLDER, required=True, help=_("Folder for the new run and its model slim.onnx."))
@click.option(
    "--keep",
    type=click.FloatRange(0.1, 0.95),
    default=0.5,
    show_default=True,
    help=_("Part of the inner channels that stays."),
)
@click.option("--epochs", type=click.IntRange(1), default=8, show_default=True)
@click.option("--labels", type=FOLDER, help=_("Table of class names and roles (CSV or YAML)."))
@click.option("--anyway", is_flag=True, help=_("Keep it even if it loses more than one point."))
def slim(
    checkpoint: Path, dataset: Path, run: Path, keep: float, epochs: int, labels: Path | None, anyway: bool
) -> None:
    """What was cut away is learned anew by what is left."""
    from training.checkpoint import load_checkpoint
    from training.export import export
    from training.labels import labels_for
    from training.recipe import Recipe
    from training.run import Sources, choose_device, choose_workers, run_training
    from training.side_by_side import side_by_side
    from training.slim import slim as narrow
    from training.train_commands import listener, tell_end

    before = load_checkpoint(checkpoint)
    slimmed = narrow(before, keep)
    photos = _photos_of(dataset, before.classes)
    named = labels_for(before.classes, labels)
    if run.exists() and (not run.is_dir() or any(run.iterdir())):
        found = _("{path} with something in it").format(path=run)
        raise UsageError(_("a new folder for the run"), found, _("choose another folder"))
    run.mkdir(parents=True, exist_ok=True)
    slimmed.save(run / "start.pth")
    recipe = Recipe(epochs=epochs, size_px=before.size_px, device=choose_device("auto"), workers=choose_workers())
    done = run_training(Sources(dataset, run / "start.pth", labels=labels), run, recipe, listener(), force=True)
    if done.interrupted:
        tell_end(done)
    files = (run / "before.onnx", run / "slim.onnx")
    for one, file in zip((before, load_checkpoint(done.best)), files, strict=True):
        export(one, named, file)
    try:
        sides = side_by_side(*files, photos["test"] or photos["val"])
        tell_sides(sides)
        if sides.loses_too_much and not anyway:
            files[1].unlink()
            refuse(sides)
    finally:
        files[0].unlink()
    click.echo(_("written to {path}").format(path=files[1]))


def _photos_of(dataset: Path, classes: tuple[str, ...]) -> dict[str, tuple[Photo, ...]]:
    """Of each split. Raises TrainingError for a set of other classes or without validation photos."""
    from training.layout import read_prepared

    prepared = read_prepared(dataset)
    if prepared.classes != classes:
        expected = _("a set of the classes {classes}").format(classes=", ".join(classes))
        raise TrainingError(expected, ", ".join(prepared.classes), _("give the set it was trained on"))
    if not prepared.photos["val"]:
        raise TrainingError(_("photos that check a training"), _("no photo at all"), _("prepare the set anew"))
    return prepared.photos


def _expect_new(out: Path, models: Sequence[Path], force: bool) -> None:
    """Raises UsageError."""
    if out.suffix != ".onnx" or not out.resolve().parent.is_dir() or out.resolve() in [one.resolve() for one in models]:
        todo = _("choose a name such as small.onnx in an existing folder")
        raise UsageError(_("a new file name ending in .onnx in a folder that exists"), str(out), todo)
    if out.exists() and not force:
        found = _("{path}, which exists").format(path=out)
        raise UsageError(_("a new file name"), found, _("choose another name, or give --force"))


def _to_measure_on(prepared: PreparedSet) -> tuple[Photo, ...]:
    """The test photos, or those of validation where there are none. Raises TrainingError for a set without both."""
    photos = prepared.photos["test"] or prepared.photos["val"]
    if not photos:
        found = _("none in {path}").format(path=prepared.root)
        raise TrainingError(_("photos in test_set or val_set"), found, _("run `gardenwatch-train prepare` again"))
    return photos


def refuse(sides: SideBySide) -> None:
    """Raises TrainingError: more than a point is lost, and nobody asked for it."""
    found = _("a loss of {points:.1f} points").format(points=100 * (sides.before.top1 - sides.after.top1))
    raise TrainingError(_("a loss of at most one point"), found, _("keep the model as it was, or give --anyway"))


def tell_sides(sides: SideBySide) -> None:
    """The table before and after, and what chance makes of it."""
    click.echo(tabulate(sides.rows(), [_("measured here"), _("before"), _("after")], disable_numparse=True))
    click.echo(
        _("top-1 on {photos} photos: one photo is {points:.2f} points").format(
            photos=sides.photos, points=100 / sides.photos
        )
    )


def advice(sides: SideBySide) -> str:
    """Which to take on which board, and how sure that is: boards are not measured here."""
    share = sides.after.ms[1] / sides.before.ms[1]
    if share > 1:
        return _("on this computer the new one is slower: keep the old one, unless a try on the board says otherwise")
    five = _("Raspberry Pi 5: take the 8-bit model (quite sure: its processor multiplies 8-bit numbers four at a time)")
    four = _(
        "Raspberry Pi 4: try both there (unsure: its processor has no such instruction; what is gained is less memory "
        "to read)"
    )
    return f"{five}\n{four}"
