"""The command that trains."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from training.errors import UsageError
from training.group import FOLDER, group
from training.language import _

if TYPE_CHECKING:
    from training.checkpoint import Checkpoint
    from training.recipe import Epoch, Trained
    from training.train import Listener

BACKBONE_NAMES = (
    "mobilenet_v2",
    "mobilenet_v3_small",
    "mobilenet_v3_large",
    "efficientnet_lite0",
    "efficientnet_lite2",
    "resnet18",
    "resnet50",
    "alexnet",
    "lenet5",
)
OPTIMIZERS = ("adamw", "adam", "sgd", "rmsprop")
"""Both as in training.backbones and training.recipe, which load torch; a test compares them."""
BALANCES = ("sampling", "loss", "none")
RESIZES = ("shorter_side", "longer_side")
PLACES = ("device", "workers")
"""What may differ where a run goes on."""
EXIT_INTERRUPTED = 130
"""As the shell counts a Ctrl-C."""


def _finite(_context: click.Context, _option: click.Parameter, number: float | None) -> float | None:
    if number is not None and not math.isfinite(number):
        raise click.BadParameter(_("expected a number"))
    return number


@group.command(help=_("Train a network on a prepared DATASET."))
@click.argument("dataset", type=FOLDER)
@click.option("--out", "run", type=FOLDER, required=True, help=_("Folder for the checkpoint, figures and curves."))
@click.option("--backbone", default="mobilenet_v2", show_default=True, help=", ".join(BACKBONE_NAMES))
@click.option(
    "--weights", help=_("Start weights: a file, imagenet, or none.  [default: imagenet where there are such]")
)
@click.option("--epochs", type=click.IntRange(1), default=20, show_default=True)
@click.option("--optimizer", type=click.Choice(OPTIMIZERS), default="adamw", show_default=True)
@click.option(
    "--lr",
    type=click.FloatRange(0, min_open=True),
    callback=_finite,
    help=_("Learning rate; each optimizer has a default."),
)
@click.option("--batch-size", type=click.IntRange(2), default=32, show_default=True)
@click.option("--checkpoint", type=FOLDER, help=_("Go on from this checkpoint instead of from start weights."))
@click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda")
@click.option(
    "--balance",
    type=click.Choice(BALANCES),
    default="sampling",
    show_default=True,
    help=_("Rare classes: shown more often, weighted in the loss, or neither."),
)
@click.option(
    "--patience",
    type=click.IntRange(0),
    default=6,
    show_default=True,
    help=_("Stop after so many epochs without a better one; 0 never."),
)
@click.option(
    "--resize",
    type=click.Choice(RESIZES),
    help=_(
        "What is seen of a photo: its middle, as MMEdu does, or all of it, with grey beside it (longer_side).  "
        "[default: as CHECKPOINT, else shorter_side]"
    ),
)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True)
@click.option("--workers", type=click.IntRange(0), help=_("Processes that prepare photos; chosen for this computer."))
@click.option("--extra", type=FOLDER, help=_("Folder like RAW whose photos join the training split only."))
@click.option(
    "--teacher",
    "teachers",
    type=FOLDER,
    multiple=True,
    help=_("Model file whose view of the photos is learned, too; may be given several times."),
)
@click.option("--labels", type=FOLDER, help=_("Table of class names and roles (CSV or YAML)."))
@click.option("--resume", is_flag=True, help=_("Go on with a run that was broken off."))
@click.option("--force", is_flag=True, help=_("Write into RUN even if it holds something."))
@click.pass_context
def train(
    context: click.Context,
    /,
    dataset: Path,
    run: Path,
    checkpoint: Path | None,
    device: str,
    workers: int | None,
    extra: Path | None,
    labels: Path | None,
    teachers: tuple[Path, ...],
    resume: bool,
    force: bool,
    **choices: Any,
) -> None:
    """`choices` are the fields of Recipe."""
    from training.network import start_weights_of
    from training.recipe import Recipe
    from training.run import Sources, choose_device, choose_workers, resume_training, run_training

    sources = Sources(dataset, checkpoint, extra, labels, teachers)
    places: dict[str, Any] = {
        "device": choose_device(device),
        "workers": choose_workers() if workers is None else workers,
    }
    if resume:
        _expect_nothing_else(context)
        done = resume_training(sources, run, listener(), **places)
    else:
        choices["weights"] = start_weights_of(choices["backbone"], choices["weights"])
        done = run_training(sources, run, Recipe(**choices, **places), listener(), force=force)
    tell_end(done)


def _expect_nothing_else(context: click.Context) -> None:
    """A run goes on by its own recipe."""
    allowed = {"dataset", "run", "resume", "extra", "labels", "teachers", *PLACES}
    named = {p.name: p.opts[0] for p in context.command.params if p.name}
    typed = [name for name in named if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    strange = [named[name] for name in typed if name not in allowed]
    if strange:
        expected = _("--resume without what the run has settled already")
        raise UsageError(expected, ", ".join(strange), _("leave these away, or begin a new run"))


def listener() -> Listener:
    """Says what is learned, on the terminal."""
    from training.run import FIRST
    from training.train import Listener

    began = time.monotonic()

    def first(checkpoint: Checkpoint) -> None:
        text = _(
            "a first network after {seconds:.0f} s: validation accuracy {accuracy:.3f}, {name} in the run's folder"
        )
        accuracy = checkpoint.metrics["val_accuracy"]
        click.echo(text.format(seconds=time.monotonic() - began, accuracy=accuracy, name=FIRST))

    def epoch(done: Epoch, epochs: int) -> None:
        text = _("epoch {epoch}/{all}: validation accuracy {accuracy:.3f}, loss {loss:.3f}, {seconds:.0f} s")
        values = {"accuracy": done.val_accuracy, "loss": done.train_loss, "seconds": done.seconds}
        click.echo(text.format(epoch=done.epoch, all=epochs, **values))

    return Listener(first, epoch, lambda text: click.echo(text, err=True))


def tell_end(done: Trained) -> None:
    """What is kept, and what to do next; raises SystemExit where Ctrl-C ended it."""
    if done.interrupted:
        click.echo(_("stopped; the best network so far is kept and can be used."), err=True)
    if done.leads:
        click.echo(
            _("best validation accuracy {accuracy:.3f}: {path}").format(accuracy=done.best_accuracy, path=done.best)
        )
        click.echo(_("next: gardenwatch-train export {path} --out model.onnx").format(path=done.best))
    if done.interrupted:
        raise SystemExit(EXIT_INTERRUPTED)
