"""The network with all that changes while it learns."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel
from tqdm import tqdm

from training import batches, teachers
from training.calibration import choose_unknown_below, fit_temperature, softmax
from training.checkpoint import Checkpoint
from training.errors import UsageError
from training.language import _
from training.network import Network, batch_norms_are_folded, load_start_weights, unfold_batch_norms
from training.order import EpochOrder, loss_weights
from training.probe import fit_head
from training.recipe import Material, Recipe
from training.samples import Sample, TrainingSamples
from training.schedule import averaged, freeze_first_blocks, in_train_mode, lr_at, optimizer_for, px_at
from training.teachers import Pupil
from training.team import Team

MEASURED_BATCHES = 8
"""250 photos settle the mean and variance of every channel to about one percent."""


class Lesson:
    """Begins with the head alone (`fit_head`), then learns all of the network (`epoch`)."""

    def __init__(self, material: Material, recipe: Recipe, start: Checkpoint | None, team: Team) -> None:
        self.material, self.recipe, self.start, self.team = material, recipe, start, team
        self.device = torch.device(recipe.device)
        self.samples = TrainingSamples(
            material.train,
            recipe.size_px,
            recipe.seed,
            material.grounds,
            whole=recipe.whole,
            taught=recipe.preprocessing if material.teachers else None,
        )
        targets, balanced = self.samples.targets, recipe.balance == "sampling"
        self.order = EpochOrder(targets, recipe.seed, balanced=balanced, team=team)
        self.batches = batches.training_batches(self.samples, self.order, recipe, team.size)
        weights = loss_weights(targets, len(material.classes)) if recipe.balance == "loss" else None
        self.criterion = nn.CrossEntropyLoss(
            torch.tensor(weights, device=self.device) if weights else None, label_smoothing=recipe.label_smoothing
        )
        # Those of a slimmed network are no longer right.
        self.norms_stay = recipe.weights != "none" and not (start and "slimmed_to" in start.provenance)
        looked = teachers.look(material.teachers, material.train, recipe.preprocessing)
        self.taught = [seen.to(self.device) for seen in looked]
        self._seen: dict[int, Tensor] = {}
        self.network = _network(material, recipe, start).to(self.device).to(memory_format=torch.channels_last)

    def fit_head(self, most_per_class: int | None = None) -> bool:
        """Fit the head on what the start weights see of unaltered photos, each looked at once; true if of all."""
        chosen = _some_of_each(self.material.train, most_per_class)
        new = [i for i in chosen if i not in self._seen]
        photos = batches.photo_batches([self.material.train[i] for i in new], self.recipe)
        if new:
            self._seen |= dict(zip(new, batches.embeddings(self.network, photos, self.recipe)[0], strict=True))
        seen = torch.stack([self._seen[i] for i in chosen])
        targets = torch.tensor([self.material.train[i].target for i in chosen], device=seen.device)
        fit_head(self.network.head, seen, targets)
        return len(chosen) == len(self.material.train)

    def open_up(self) -> None:
        """Make the network ready to learn as a whole."""
        if self.recipe.weights != "none" and batch_norms_are_folded(self.network):
            first = zip(self.batches, range(MEASURED_BATCHES), strict=False)
            pictures = torch.split(torch.cat([batch[0] for batch, _n in first]), batches.CHECK_BATCH)
            unfold_batch_norms(self.network, [batches.normal(x.to(self.device)) for x in pictures])
        photos = batches.photo_batches(self.material.train, self.recipe)
        self.make_learner(batches.embeddings(self.network, photos, self.recipe)[0] if self.taught else None)

    def make_learner(self, embeddings: Tensor | None = None) -> None:
        """Optimizer, schedule and average of the network as it is now; `embeddings` of all photos begin its guesses."""
        if self.recipe.weights != "none":
            freeze_first_blocks(self.network)
        self.pupil = Pupil(self.network, self.network.head.in_features, self.taught).to(self.device)
        if embeddings is not None:
            self.pupil.begin(embeddings, self.taught)
        self.learner = self.team.share(self.pupil)
        steps = max(1, self.recipe.epochs * len(self.batches))
        self.average: AveragedModel = averaged(self.network, steps)
        self.optimizer = optimizer_for(self.pupil, self.recipe)
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimizer, lambda step: lr_at(step / steps))

    @property
    def learning_rate(self) -> float:
        return float(self.schedule.get_last_lr()[0])

    def epoch(self, number: int) -> tuple[float, float]:
        """One round over the samples; mean loss and accuracy on their altered pictures."""
        recipe = self.recipe
        self.order.epoch = self.samples.epoch = number
        self.samples.size = px_at((number - 1) / recipe.epochs, recipe.size_px)
        in_train_mode(self.network, norms_stay=self.norms_stay)
        total = right = count = 0.0
        name = _("epoch {number}/{all}").format(number=number, all=recipe.epochs)
        places = torch.split(torch.tensor(list(self.order), device=self.device), self.batches.batch_size or 1)
        steps = tqdm(self.batches, desc=name, leave=False, disable=None if self.team.leads else True)
        for batch, at in zip(steps, places, strict=False):  # the last, smaller batch is left out
            pictures, targets, views = (part.to(self.device) for part in batch)
            with batches.half_precision(self.device):
                logits, guesses = self.learner(batches.normal(pictures))
                value = self.criterion(logits.float(), targets)
            value = value + teachers.WEIGHT * teachers.distance(guesses, self.taught, at, views)
            self.optimizer.zero_grad()
            value.backward()
            self.optimizer.step()
            self.schedule.step()
            self.average.update_parameters(self.network)
            total += float(value.detach()) * len(targets)
            right += float((logits.argmax(1) == targets).sum())
            count += len(targets)
        total, right, count = self.team.summed([total, right, count])
        return total / max(count, 1), right / max(count, 1)

    def state(self) -> dict[str, Any]:
        """All that the next epoch depends on."""
        return {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "random": torch.get_rng_state(),
            "norms_stay": self.norms_stay,
            "guesses": self.pupil.guesses.state_dict(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Be as it was when `state` was taken."""
        self.network.load_state_dict(state["network"])
        self.make_learner()
        try:
            self.pupil.guesses.load_state_dict(state["guesses"])
        except RuntimeError as error:
            found = _("others ({count})").format(count=len(self.taught))
            todo = _("give the same --teacher files, in their order")
            raise UsageError(_("the teachers that the run began with"), found, todo) from error
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        torch.set_rng_state(state["random"])
        self.norms_stay = state["norms_stay"]

    def checkpoint(
        self, network: nn.Module, logits: NDArray[np.float32], targets: NDArray[np.int64], epoch: int
    ) -> Checkpoint:
        """The network, calibrated by its answers on the validation photos."""
        temperature = fit_temperature(logits, targets)
        plain = replace(self.recipe, weights=Path(self.recipe.weights).name)  # no path of this computer in the file
        version = str(torch.__version__)  # torch's own kind of str would be refused on reading
        begun = {"started_from": self.start.provenance} if self.start else {}
        return Checkpoint(
            backbone=self.recipe.backbone,
            classes=self.material.classes,
            state={k: v.detach().cpu().clone() for k, v in network.state_dict().items()},
            size_px=self.recipe.size_px,
            resize=self.recipe.preprocessing.resize,
            temperature=temperature,
            unknown_below=choose_unknown_below(softmax(logits, temperature), targets),
            pads_like=self.network.pads_like,
            dataset=self.material.dataset,
            metrics={"val_accuracy": float((logits.argmax(1) == targets).mean()), "epoch": epoch},
            provenance={"recipe": asdict(plain), "torch": version, **begun},
        )


def _some_of_each(samples: list[Sample], most: int | None) -> list[int]:
    """The places of at most so many samples of each class, evenly spread: neighbours are often one burst."""
    of_class: dict[int, list[int]] = defaultdict(list)
    for place, sample in enumerate(samples):
        of_class[sample.target].append(place)
    spread = [np.linspace(0, len(places) - 1, min(len(places), most or len(places))) for places in of_class.values()]
    chosen = [places[int(i)] for places, steps in zip(of_class.values(), spread, strict=True) for i in steps]
    return sorted(chosen)


def _network(material: Material, recipe: Recipe, start: Checkpoint | None) -> Network:
    if start is None:
        network = Network(recipe.backbone, len(material.classes))
        load_start_weights(network, recipe.weights)
        return network
    network = Network(recipe.backbone, len(material.classes), start.pads_like)
    network.take_shape_of(start.state)
    state = dict(start.state)
    if start.classes != material.classes:  # what it sees is kept, what it calls that is learned anew
        state |= {"head.weight": network.head.weight.detach(), "head.bias": network.head.bias.detach()}
    network.load_state_dict(state)
    return network
