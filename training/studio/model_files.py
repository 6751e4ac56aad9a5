"""The model files of the workspace: exported, made smaller, asked."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.model.classifier import Classifier
from edge.model.labels import UNKNOWN
from training.errors import UsageError
from training.language import _
from training.pictures import read_picture
from training.studio.command import lines_of, spoken
from training.studio.workspace import Workspace


def exported(workspace: Workspace, name: str | None) -> tuple[list[str], str]:
    """The model file of that training, and what to do with it."""
    from training.checkpoint import load_checkpoint
    from training.export import export
    from training.labels import labels_for

    run = chosen_run(workspace, name)
    workspace.make()  # somebody may have tidied up meanwhile
    out = workspace.models / f"{run.name}.onnx"
    checkpoint = load_checkpoint(run / "best.pth")
    card = export(checkpoint, labels_for(checkpoint.classes), out)
    text = _("Model {id}, {count} classes. It lies at `{path}`.")
    said = text.format(id=card.model_id, count=len(card.labels), path=out)
    return _files(workspace, run), said


def smaller(workspace: Workspace, name: str | None, anyway: bool) -> tuple[list[str], str]:
    """An 8-bit model beside it, with a table before and after; refused where it loses more than a point, unless
    `anyway`."""
    model = model_of(workspace, name)
    out = model.with_name(f"{model.stem}-int8.onnx")
    words = ["quantize", str(model), str(workspace.dataset()), "--out", str(out), "--force"]
    todo = _("keep the model as it was, or tick the box")
    said = list(lines_of("training", [*words, *(["--anyway"] if anyway else [])], _("a smaller model"), todo))
    return _files(workspace, chosen_run(workspace, name)), "```\n" + "\n".join(said) + "\n```"


Said = tuple[dict[str, float], str]
"""Probabilities by name, and a sentence where the device would say `unknown`."""


def tried(workspace: Workspace, name: str | None, photo: str | None) -> Said:
    """What the model file says to the photo, as the device would; it is exported first where it is not yet."""
    return _asked(workspace, name, read_picture(Path(photo))) if photo else ({}, "")


def tried_frame(workspace: Workspace, name: str | None, frame: NDArray[np.uint8] | None) -> Said:
    """The same of a (H, W, 3) RGB picture."""
    return ({}, "") if frame is None else _asked(workspace, name, np.ascontiguousarray(frame[:, :, ::-1]))


def model_of(workspace: Workspace, name: str | None) -> Path:
    """The model file of that training; exported where it is not there, or older than its network."""
    run = chosen_run(workspace, name)
    out = workspace.models / f"{run.name}.onnx"
    if not out.is_file() or out.stat().st_mtime < (run / "best.pth").stat().st_mtime:
        exported(workspace, name)
    return out


def chosen_run(workspace: Workspace, name: str | None) -> Path:
    """Without a name the newest, which the field shows a moment later.

    Raises UsageError where there is no such training, or it has no network yet.
    """
    trained = workspace.trained()
    name = name or next(iter(trained), None)
    if name is None or name not in trained:
        raise UsageError(_("a training with a network"), name or _("none"), _("train first, then choose it here"))
    return workspace.run(name)


def _asked(workspace: Workspace, name: str | None, picture: NDArray[np.uint8]) -> Said:
    model = model_of(workspace, name)
    classifier = _opened(model, model.stat().st_mtime_ns)
    said = classifier.classify([picture])
    probabilities, familiarity = said.probabilities[0], float(said.familiarity[0])
    names = [label.name(spoken()) for label in classifier.card.labels]
    shares = {name: float(p) for name, p in zip(names, probabilities, strict=True)}
    if classifier.card.answer(probabilities, familiarity)[0] != UNKNOWN:
        return shares, ""
    if probabilities.max() < classifier.card.unknown_below:
        return shares, _("The camera would say “unknown”: it is not sure enough.")
    return shares, _("The camera would say “unknown”: it looks like none of the animals that were learned.")


@functools.lru_cache(maxsize=2)
def _opened(model: Path, _changed_ns: int) -> Classifier:
    """Twice a second for the webcam, loaded once."""
    return Classifier.open(model)


def _files(workspace: Workspace, run: Path) -> list[str]:
    names = (f"{run.name}.onnx", f"{run.name}-int8.onnx")
    return [str(workspace.models / name) for name in names if (workspace.models / name).is_file()]
