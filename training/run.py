"""Starts one training run from a prepared folder."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch

from edge.model.card import read_card
from training.checkpoint import Checkpoint, load_checkpoint
from training.errors import TrainingError, UsageError
from training.export import export
from training.journal import expect_settled
from training.labels import grounds_of, labels_for
from training.language import _
from training.layout import Photo, PreparedSet, read_prepared, read_raw
from training.plots import plot_curves
from training.progress import NAME as PROGRESS
from training.progress import Progress, load_progress
from training.recipe import Material, Recipe, Trained
from training.samples import load_samples
from training.team import Team, gathered
from training.train import Listener, train

FIRST = "first.onnx"
"""The model of the head alone, ready long before the rest."""
WRITTEN = ("best.pth", PROGRESS, FIRST, "metrics.csv", "curves.png")
"""All that a run leaves in its folder."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What a run is made from. `extra` is a raw folder whose photos join the training split only; `labels` names the
    class without an animal; `checkpoint` is gone on from; `teachers` are model files to learn from besides."""

    dataset: Path
    checkpoint: Path | None = None
    extra: Path | None = None
    labels: Path | None = None
    teachers: tuple[Path, ...] = ()


def run_training(
    sources: Sources, run: Path, recipe: Recipe, listener: Listener | None = None, *, force: bool = False
) -> Trained:
    """Train into the folder `run`: first.onnx, best.pth, metrics.csv, curves.png.

    What a former run left there goes first; a file that this one begins with or learns from stays until replaced.
    Raises UsageError or TrainingError before anything is written or goes.
    """
    with gathered(recipe.device) as team:
        if team.leads and run.exists() and (not run.is_dir() or any(run.iterdir())) and not force:
            found = _("{path} with something in it").format(path=run)
            raise UsageError(_("a new folder for the run"), found, _("choose another folder, or give --force"))
        start = load_checkpoint(sources.checkpoint) if sources.checkpoint else None
        if start is not None and start.backbone != recipe.backbone:
            expected = _("a checkpoint of {backbone}").format(backbone=recipe.backbone)
            raise UsageError(expected, start.backbone, _("give the --backbone that it has"))
        material = _material(sources)
        read = {path.resolve() for path in (sources.checkpoint, *sources.teachers) if path}
        former = [run / name for name in WRITTEN if (run / name).resolve() not in read]
        heard = replace(listener or Listener(), begins=lambda: _remove(former))
        return _told(material, _fitted(recipe, start), run, start, heard, team, sources.labels)


def resume_training(sources: Sources, run: Path, listener: Listener | None = None, **places: Any) -> Trained:
    """Go on with a run that was broken off, by its own recipe; `places` are workers and device of this computer."""
    progress = load_progress(run)
    recipe = replace(progress.recipe, **places)
    with gathered(recipe.device) as team:
        material = _material(sources)
        progress.check(material)
        return _told(material, recipe, run, progress, listener, team, sources.labels)


def _remove(paths: Sequence[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _told(
    material: Material,
    recipe: Recipe,
    run: Path,
    start: Checkpoint | Progress | None,
    listener: Listener | None,
    team: Team,
    labels: Path | None,
) -> Trained:
    """Train, with the first network exported at once and curves at the end."""
    heard = listener or Listener()

    def first(checkpoint: Checkpoint) -> None:
        if _written(run / FIRST, partial(export, checkpoint, labels_for(checkpoint.classes, labels)), heard):
            heard.first(checkpoint)

    trained = train(material, recipe, run, start, replace(heard, first=first), team)
    if team.leads:
        _written(run / "curves.png", partial(plot_curves, trained.epochs), heard)
    return trained


def _written(path: Path, write: Callable[[Path], object], heard: Listener) -> bool:
    """Write what a training can do without; where that fails, it is said, and hours of training are not lost."""
    try:
        write(path)
    except OSError as error:
        text = _("{path} could not be written ({reason}); the training itself does not need it")
        heard.note(text.format(path=path, reason=error.strerror or error))
        return False
    return True


def choose_device(wanted: str) -> str:
    """ "auto" is the graphics card where torch can use one. Raises UsageError for what is not there."""
    if wanted == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if wanted.startswith("cuda") and not torch.cuda.is_available():
        found = _("no graphics card that torch can use")
        raise UsageError(_("a graphics card"), found, _("leave --device away, or give cpu"))
    try:
        torch.zeros(1, device=wanted)
    except (RuntimeError, AssertionError) as error:  # as torch was built, it raises one of these
        expected = _("a device that torch can use")
        raise UsageError(expected, wanted, _("leave --device away, or give cpu")) from error
    return wanted


def choose_workers() -> int:
    """Processes that prepare samples: one per two processor cores, up to 8, or none where they cannot be forked."""
    if "fork" not in multiprocessing.get_all_start_methods():
        return 0
    return min(8, (os.cpu_count() or 1) // 2)


def _fitted(recipe: Recipe, start: Checkpoint | None) -> Recipe:
    return recipe if start is None else replace(recipe, weights="checkpoint", resize=recipe.resize or start.resize)


def _material(sources: Sources) -> Material:
    expect_settled(sources.dataset)
    prepared = read_prepared(sources.dataset)
    if not prepared.photos["val"]:
        found = _("none in {path}").format(path=sources.dataset)
        raise TrainingError(_("photos in val_set"), found, _("run `gardenwatch-train prepare` again"))
    if len(prepared.classes) < 2:
        expected = _("at least two classes as folders in {path}").format(path=sources.dataset)
        raise TrainingError(expected, ", ".join(prepared.classes), _("put each class in its own folder"))
    added = extra_photos(sources.extra, prepared.classes) if sources.extra else ()
    return Material(
        classes=prepared.classes,
        train=load_samples(prepared.photos["train"] + added, prepared.classes),
        val=load_samples(prepared.photos["val"], prepared.classes),
        grounds=grounds_of(prepared.classes, sources.labels),
        dataset=dataset_facts(prepared, added) | {"teachers": [read_card(path).model_id for path in sources.teachers]},
        teachers=sources.teachers,
    )


def dataset_facts(prepared: PreparedSet, added: tuple[Photo, ...]) -> dict[str, Any]:
    """What a model file says of the photos that it was made with: digest, and how many of each class."""
    return {
        "digest": _digest(prepared.photos["train"] + added + prepared.photos["val"]),
        "counts": {split: dict(Counter(p.label for p in photos)) for split, photos in prepared.photos.items()},
        "extra": dict(Counter(p.label for p in added)),
    }


def extra_photos(extra: Path, classes: tuple[str, ...]) -> tuple[Photo, ...]:
    """All photos of the raw folder. Raises TrainingError for classes that are not among these."""
    added = read_raw(extra)
    strange = [name for name in added.classes if name not in classes]
    if strange:
        expected = _("only classes of the set in {path}").format(path=extra)
        raise TrainingError(expected, ", ".join(strange), _("move these folders away"))
    return added.photos


def _digest(photos: tuple[Photo, ...]) -> str:
    """Twelve hex digits of every photo's bytes and class, in whatever folder they lie."""
    digests = sorted(hashlib.sha256(p.label.encode() + p.path.read_bytes()).hexdigest() for p in photos)
    return hashlib.sha256("".join(digests).encode()).hexdigest()[:12]
