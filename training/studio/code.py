"""Writes the chosen training as commands, as Python, and as the lesson's XEdu code."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

from training.language import _
from training.studio.plan import Plan

MMEDU_NAMES = {"mobilenet_v2": "MobileNet", "resnet18": "ResNet18", "resnet50": "ResNet50", "lenet5": "LeNet"}
"""Those of our networks that MMEdu trains."""
FROM_NOTHING = ("lenet5",)
"""These and MMEdu's names are as in training.backbones, which loads torch; a test compares them."""
MMEDU_OPTIMIZERS = {"sgd": "SGD", "adam": "Adam", "adamw": "Adam", "rmsprop": "Adam"}
"""The nearest that MMEdu has."""
MMEDU_LR = 0.01
"""Its default."""


def as_commands(plan: Plan, model: Path) -> str:
    """For the terminal of this system."""
    best = str(plan.run / "best.pth")
    figures = str(plan.run / "figures")
    lines = [
        plan.words(),
        ["export", best, "--out", str(model), "--force"],
        ["evaluate", str(model), str(plan.dataset), "--out", figures],
    ]
    join = subprocess.list2cmdline if os.name == "nt" else shlex.join
    return "".join(join(["gardenwatch-train", *line]) + "\n" for line in lines)


def as_python(plan: Plan, model: Path) -> str:
    """The same network as by the commands."""
    weights = plan.weights or ("none" if plan.backbone in FROM_NOTHING else "imagenet")
    sources = f"Path({_text(plan.dataset)})"
    if plan.checkpoint:
        sources += f", checkpoint=Path({_text(plan.checkpoint)})"
    no_lr = _("None: what suits the optimizer")
    on_windows = _("Windows starts this file again for each process that prepares photos")
    return f"""\
from pathlib import Path

from training.checkpoint import load_checkpoint
from training.export import export
from training.labels import labels_for
from training.recipe import Recipe
from training.run import Sources, choose_device, choose_workers, run_training


def main():
    recipe = Recipe(
        backbone={plan.backbone!r},
        weights={weights!r},
        epochs={plan.epochs},
        optimizer={plan.optimizer!r},
        lr={plan.lr or None!r},  # {no_lr}
        batch_size={plan.batch_size},
        balance={plan.balance!r},
        patience={plan.patience},
        resize={plan.resize or None!r},
        seed={plan.seed},
        device=choose_device("auto"),
        workers=choose_workers(),
    )
    sources = Sources({sources})
    trained = run_training(sources, Path({_text(plan.run)}), recipe)
    checkpoint = load_checkpoint(trained.best)
    export(checkpoint, labels_for(checkpoint.classes), Path({_text(model)}))


if __name__ == "__main__":  # {on_windows}
    main()
"""


def as_xedu(plan: Plan, model: Path, classes: int) -> str:
    """The lesson's tools on the same set; other networks and photos altered otherwise, so not the same figures."""
    name = MMEDU_NAMES.get(plan.backbone)
    remark = "" if name else "  # " + _("MMEdu has no {name}").format(name=plan.backbone)
    optimizer = MMEDU_OPTIMIZERS[plan.optimizer]
    near = (
        "" if optimizer.lower() == plan.optimizer else "  # " + _("the nearest to {name}").format(name=plan.optimizer)
    )
    seen = "  # " + _("MMEdu sees the middle of a photo") if plan.resize == "longer_side" else ""
    folder = f"checkpoints/cls_model/{plan.run.name}"
    says = (
        _("the model file of this studio"),
        _("is the set as MMEdu wants it?"),
        _("train on it; Python 3.9 at most"),
        _("put the number of the best epoch in place of N"),
    )
    return f"""\
# BaseDT: {says[1]}
from BaseDT.dataset import DataSet

dataset = {_text(plan.dataset)}
DataSet(dataset).check()

# MMEdu: {says[2]}
from MMEdu import MMClassification as cls

model = cls(backbone={(name or "MobileNet")!r}){remark}
model.num_classes = {classes}
model.load_dataset(path=dataset){seen}
model.save_fold = {folder!r}
model.train(
    random_seed={plan.seed},
    epochs={plan.epochs},
    batch_size={plan.batch_size},
    lr={plan.lr or MMEDU_LR:g},
    optimizer={optimizer!r},{near}
    validate=True,
)

# {says[3]}
best = {f"{folder}/best_accuracy_top-1_epoch_N.pth"!r}
model.convert(checkpoint=best, backend='ONNX', out_file={f"{plan.run.name}_mmedu.onnx"!r})

# XEduHub: {says[0]}
from XEdu.hub import Workflow as wf

hub = wf(task='mmedu', checkpoint={_text(model)})
result, picture = hub.inference(data='photo.jpg', img_type='cv2')
hub.format_output(lang='zh')
"""


def _text(path: Path | str) -> str:
    """In quotes, with slashes, which Windows takes as well."""
    return repr(Path(path).as_posix())
