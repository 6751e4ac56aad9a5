"""Averages the weights of trainings that went on from each other.

Where the learning rate goes up and down again, each end lies at another rim of the same valley; their mean lies nearer
to its middle and errs less on new photos (Izmailov et al. 2018, "Averaging weights leads to wider optima").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from training.checkpoint import Checkpoint, load_checkpoint
from training.errors import TrainingError, UsageError
from training.finish import ask, calibrated, familiarised, fit_head_again
from training.labels import grounds_of
from training.language import _
from training.layout import read_prepared
from training.network import batch_norms_are_folded, fold_batch_norms
from training.recipe import Recipe
from training.run import dataset_facts, extra_photos
from training.samples import TrainingSamples, load_samples


def average(paths: Sequence[Path], dataset: Path, extra: Path | None = None, labels: Path | None = None) -> Checkpoint:
    """The mean of these checkpoints, its head fitted anew on `dataset` and the raw folder `extra`.

    Calibrated on validation photos; `labels` names the class without an animal.

    Raises UsageError for less than two, or for checkpoints of different networks or classes; TrainingError for a set of
    other classes or without validation photos.
    """
    given = _alike([load_checkpoint(path) for path in paths])
    kinds = {(one.backbone, one.classes, one.size_px, one.resize, one.pads_like, _shapes(one)) for one in given}
    if len(given) < 2 or len(kinds) > 1:
        found = _("{count} checkpoints of {kinds} kinds").format(count=len(given), kinds=len(kinds))
        expected = _("two or more checkpoints of the same backbone, width, classes and --resize")
        raise UsageError(expected, found, _("give RUN/best.pth of trainings that went on from each other"))
    prepared = read_prepared(dataset)
    if prepared.classes != given[0].classes:
        expected = _("a set of the classes {classes}").format(classes=", ".join(given[0].classes))
        raise TrainingError(expected, ", ".join(prepared.classes), _("give the set they were trained on"))
    if not prepared.photos["val"]:
        raise TrainingError(_("photos that check a training"), _("no photo at all"), _("prepare the set anew"))
    mean = replace(given[-1], state=_mean([one.state for one in given]))
    recipe = Recipe(size_px=mean.size_px, resize=mean.resize)
    grounds = grounds_of(prepared.classes, labels)
    added = extra_photos(extra, prepared.classes) if extra else ()
    train = load_samples(prepared.photos["train"] + added, prepared.classes)
    samples = TrainingSamples(train, mean.size_px, 0, grounds, whole=recipe.whole)
    network = fit_head_again(mean.network(), samples, recipe)
    val = load_samples(prepared.photos["val"], prepared.classes)
    facts = dataset_facts(prepared, added)
    plain = replace(mean, dataset=facts, metrics={}, provenance={"average_of": [one.provenance for one in given]})
    return familiarised(calibrated(plain, network, ask(network, val, recipe)), train, val, grounds, recipe)


def _alike(given: list[Checkpoint]) -> list[Checkpoint]:
    """All with their batch norms folded if one has them so, as an exported file: the mean of both kinds is none."""
    networks = [one.network() for one in given]
    if not any(batch_norms_are_folded(network) for network in networks):
        return given
    for network in networks:
        fold_batch_norms(network)
    return [replace(one, state=network.state_dict()) for one, network in zip(given, networks, strict=True)]


def _shapes(checkpoint: Checkpoint) -> frozenset[tuple[str, tuple[int, ...]]]:
    """A slimmed network's are others."""
    return frozenset((key, tuple(value.shape)) for key, value in checkpoint.state.items())


def _mean(states: Sequence[dict[str, Tensor]]) -> dict[str, Tensor]:
    """Counters, such as the batches that a norm has seen, are taken from the last."""
    return {
        key: torch.stack([state[key] for state in states]).mean(0) if last.is_floating_point() else last
        for key, last in states[-1].items()
    }
