"""Starts one training run from a prepared folder."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch

from training.checkpoint import load_checkpoint
from training.errors import TrainingError, UsageError
from training.labels import background_of
from training.language import _
from training.layout import Photo, read_prepared, read_raw
from training.plots import plot_curves
from training.recipe import Epoch, Material, Recipe, Trained
from training.samples import load_samples
from training.train import train


def run_training(
    dataset: Path,
    run: Path,
    recipe: Recipe,
    *,
    checkpoint: Path | None = None,
    extra: Path | None = None,
    labels: Path | None = None,
    force: bool = False,
    on_epoch: Callable[[Epoch], None] = lambda _epoch: None,
) -> Trained:
    """Train on `dataset` into the folder `run`: best.pth, metrics.csv, curves.png.

    `extra` is a raw folder whose photos join the training split only; `labels` names the class without an animal.
    Raises UsageError or TrainingError before anything is written.
    """
    if run.exists() and (not run.is_dir() or any(run.iterdir())) and not force:
        found = _("{path} with something in it").format(path=run)
        raise UsageError(_("a new folder for the run"), found, _("choose another folder, or give --force"))
    start = load_checkpoint(checkpoint) if checkpoint else None
    if start is not None and start.backbone != recipe.backbone:
        expected = _("a checkpoint of {backbone}").format(backbone=recipe.backbone)
        raise UsageError(expected, start.backbone, _("give the --backbone that it has"))
    material = _material(dataset, extra, labels)
    trained = train(material, _fitted(recipe, start is not None), run, start, on_epoch)
    plot_curves(trained.epochs, run / "curves.png")
    return trained


def choose_device(wanted: str) -> str:
    """ "auto" is the graphics card where torch can use one. Raises UsageError for one that is not there."""
    if wanted == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if wanted.startswith("cuda") and not torch.cuda.is_available():
        found = _("no graphics card that torch can use")
        raise UsageError(_("a graphics card"), found, _("leave --device away, or give cpu"))
    return wanted


def choose_workers() -> int:
    """Processes that prepare samples: one per two processor cores, up to 8, or none where they cannot be forked."""
    if "fork" not in multiprocessing.get_all_start_methods():
        return 0
    return min(8, (os.cpu_count() or 1) // 2)


def _fitted(recipe: Recipe, continues: bool) -> Recipe:
    return replace(recipe, weights="checkpoint") if continues else recipe


def _material(dataset: Path, extra: Path | None, labels: Path | None) -> Material:
    prepared = read_prepared(dataset)
    if not prepared.photos["val"]:
        found = _("none in {path}").format(path=dataset)
        raise TrainingError(_("photos in val_set"), found, _("run `gardenwatch-train prepare` again"))
    added = _extra_photos(extra, prepared.classes) if extra else ()
    background = background_of(prepared.classes, labels)
    return Material(
        classes=prepared.classes,
        train=load_samples(prepared.photos["train"] + added, prepared.classes, background),
        val=load_samples(prepared.photos["val"], prepared.classes, None),
        background=prepared.classes.index(background) if background else None,
        dataset={
            "digest": _digest(prepared.photos["train"] + added + prepared.photos["val"]),
            "counts": {split: dict(Counter(p.label for p in photos)) for split, photos in prepared.photos.items()},
            "extra": dict(Counter(p.label for p in added)),
        },
    )


def _extra_photos(extra: Path, classes: tuple[str, ...]) -> tuple[Photo, ...]:
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
