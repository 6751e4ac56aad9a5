"""The lesson's program that learns, with comments in the language in use."""

from __future__ import annotations

from training.course.choices import Choices
from training.language import _


def train_script(chosen: Choices) -> str:
    """Trains on the folder's data set and writes model.onnx."""
    says = (
        _("Step 1: learn. Type: python train.py"),
        _("It needs: pip install 'gardenwatch[training]'"),
        _("The recipe. Change one number at a time, and see what becomes of the accuracy."),
        _("the network; lenet5 is the smallest"),
        _("what it knows before: imagenet, a file, or none"),
        _("how often it looks at all photos"),
        _("so many photos before it changes itself"),
        _("how far each step goes; None: what suits the optimizer"),
        _("the same seed, the same answers"),
        _("A folder of its own for each training, so that you can compare them: run1, run2, ..."),
        _("The best network becomes one file, which the camera program and XEduHub read."),
        _("is ready; the curves are in"),
        _("Windows starts this file again for each process that prepares photos"),
    )
    return f"""\
# {says[0]}
# {says[1]}
import sys
from pathlib import Path

from training import language
from training.checkpoint import load_checkpoint
from training.errors import TrainingError
from training.export import export
from training.labels import labels_for
from training.recipe import Recipe
from training.run import Sources, choose_device, choose_workers, run_training

HERE = Path(__file__).resolve().parent


def main():
    language.use({_("en")!r})
    # {says[2]}
    recipe = Recipe(
        backbone={chosen.backbone!r},  # {says[3]}
        weights={chosen.weights!r},  # {says[4]}
        epochs={chosen.epochs},  # {says[5]}
        batch_size=32,  # {says[6]}
        optimizer="adamw",
        lr=None,  # {says[7]}
        seed={chosen.seed},  # {says[8]}
        device=choose_device("auto"),
        workers=choose_workers(),
    )
    # {says[9]}
    run = next(HERE / f"run{{n}}" for n in range(1, 10000) if not (HERE / f"run{{n}}").exists())
    trained = run_training(Sources(HERE / "dataset"), run, recipe)
    for epoch in trained.epochs:
        print(f"{{epoch.epoch}}: loss {{epoch.train_loss:.3f}}, accuracy {{epoch.val_accuracy:.3f}}")
    # {says[10]}
    best = load_checkpoint(trained.best)
    export(best, labels_for(best.classes), HERE / "model.onnx")
    print(f"{{HERE / 'model.onnx'}} {says[11]} {{run / 'curves.png'}}")


if __name__ == "__main__":  # {says[12]}
    try:
        main()
    except TrainingError as error:
        sys.exit(str(error))
"""
