"""Trains the network: start weights in, best checkpoint out."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import torch

from training import batches
from training.checkpoint import Checkpoint, load_checkpoint
from training.errors import TrainingError
from training.finish import ask, calibrated, familiarised, fit_head_again, score
from training.language import _
from training.lesson import Lesson
from training.network import Network
from training.progress import Progress, teachers_of, write_metrics
from training.recipe import Epoch, Material, Recipe, Trained
from training.team import Team

NOTHING = (-1.0, 0.0)
"""Worse than every accuracy with its loss turned round."""
FIRST_PHOTOS = 60
"""Of each class: 900 of fifteen classes are looked at in some ten seconds on a laptop."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Is told what there is to show."""

    first: Callable[[Checkpoint], None] = lambda _checkpoint: None
    """The network with a head fitted on frozen features: usable, before anything else is learned."""
    epoch: Callable[[Epoch, int], None] = lambda _epoch, _all: None
    note: Callable[[str], None] = lambda _text: None
    """Something to know before it begins, or at its end."""
    begins: Callable[[], None] = lambda: None
    """All that could be refused has been looked at, and nothing is written yet; not where a run goes on."""


def train(
    material: Material,
    recipe: Recipe,
    run: Path,
    start: Checkpoint | Progress | None = None,
    listener: Listener | None = None,
    team: Team | None = None,
) -> Trained:
    """Train, keep RUN/best.pth (best validation accuracy) and RUN/metrics.csv; Ctrl-C ends early with what there is.

    A moving average of the weights is what is validated and kept: on some hundred photos single steps are noisy.
    `start` is a checkpoint to begin with, or the progress of the same run. Raises TrainingError for a full disk,
    what was kept before being still whole; or where no epoch ended with a loss that is a number.
    """
    torch.manual_seed(recipe.seed)
    tale = _Tale(material, recipe, run, listener or Listener(), team or Team())
    interrupted = tale.start(start)
    is_over = tale.team.agreed(interrupted or tale.is_stale)  # it may go on from a run that was over but its end
    while tale.number < recipe.epochs and not is_over:
        try:
            interrupted = tale.epoch()
        except KeyboardInterrupt:  # while that epoch was validated or written
            if tale.team.leads and not tale.has_kept:
                raise
            interrupted = True
        is_over = tale.team.agreed(interrupted or tale.is_stale)
    if tale.team.leads:
        tale.expect_network()
        interrupted = interrupted or tale.finish()
    return Trained(tale.epochs, run / "best.pth", tale.best[0], interrupted, tale.team.leads)


class _Tale:
    """One run: the lesson, and what has been kept of it."""

    def __init__(self, material: Material, recipe: Recipe, run: Path, listener: Listener, team: Team) -> None:
        self.material, self.recipe, self.run, self.listener, self.team = material, recipe, run, listener, team
        self.photos = batches.photo_batches(material.val, recipe)
        self.epochs: list[Epoch] = []
        self.best = NOTHING

    @property
    def number(self) -> int:
        return len(self.epochs)

    @property
    def has_kept(self) -> bool:
        """Whether best.pth is this run's; one that was there before may be of another."""
        return self.best > NOTHING and (self.run / "best.pth").is_file()

    @property
    def is_stale(self) -> bool:
        """Whether `patience` epochs brought nothing better, or none can any more; losses count, as accuracy moves in
        steps of a photo."""
        if self.is_spoiled:
            return True
        patience = self.recipe.patience
        if not patience or self.number <= patience:
            return False
        scores = [(e.val_accuracy, -e.val_loss) for e in self.epochs]
        return max(scores[:-patience]) >= max(scores[-patience:])

    @property
    def is_spoiled(self) -> bool:
        """Whether the average is no longer made of numbers, which no further step mends."""
        return bool(self.epochs) and not math.isfinite(self.epochs[-1].val_loss)

    def _is_better(self, score: tuple[float, float]) -> bool:
        """Of nothing but NaN the first class is named, and that may be right."""
        return math.isfinite(score[1]) and score > self.best

    def expect_network(self) -> None:
        """Raises TrainingError."""
        if self.best == NOTHING:
            expected, found = _("a loss that is a number"), _("none, as of epoch {epoch}").format(epoch=self.number)
            raise TrainingError(expected, found, _("give a smaller --lr"))

    def start(self, start: Checkpoint | Progress | None) -> bool:
        """Begin, or go on; true where Ctrl-C ended that and there is a network already."""
        try:
            if isinstance(start, Progress):
                self.go_on(start)
            else:
                self.begin(start)
        except KeyboardInterrupt:
            if not self.has_kept:
                raise
            return True
        return False

    def begin(self, start: Checkpoint | None) -> None:
        self.run.mkdir(parents=True, exist_ok=True)
        self.lesson = Lesson(self.material, self.recipe, start, self.team)
        if self.team.leads:
            self.listener.begins()
        head_is_new = start is None or start.classes != self.material.classes
        if start is not None and head_is_new and self.team.leads:
            text = _(
                "the checkpoint knows other classes ({classes}): what it sees is kept, their names are learned anew"
            )
            self.listener.note(text.format(classes=", ".join(start.classes)))
        if self.team.leads:
            if not head_is_new:  # kept until something better is learned; a file in its place is what it begins with
                self._keep_head(writes=not (self.run / "best.pth").is_file())
            elif self.recipe.weights != "none":
                self._keep_first()
            self.lesson.open_up()
        else:  # gets the network from the first process
            self.lesson.make_learner()

    def _keep_first(self) -> None:
        """First of some photos of each class, so that there is soon something to try; then of all."""
        is_all = self.lesson.fit_head(FIRST_PHOTOS)
        self._keep_head()
        self.listener.first(self._head)
        if not is_all:
            self.lesson.fit_head()
            self._keep_head()

    def _keep_head(self, writes: bool = True) -> None:
        logits, targets = batches.answers(self.lesson.network, self.photos, self.recipe)
        self._head = self.lesson.checkpoint(self.lesson.network, logits, targets, 0)
        reached = score([(logits, targets)])
        if self._is_better(reached):
            if writes:
                self._head.save(self.run / "best.pth")
            self.best = reached

    def go_on(self, progress: Progress) -> None:
        self.epochs, self.best = list(progress.epochs), progress.best
        kept = load_checkpoint(self.run / "best.pth") if self.has_kept else None
        begun = kept.provenance.get("started_from", {}) if kept else {}
        shape = progress.shape(begun)
        self.lesson = Lesson(self.material, self.recipe, shape, self.team)
        self.lesson.start = shape if begun else None
        self.lesson.restore(progress.lesson)
        if kept and self.team.leads and kept.metrics.get("epoch", 0) > self.number:  # of an epoch that Ctrl-C ended
            network = kept.network().to(self.lesson.device)
            self.best = score([batches.answers(network, self.photos, self.recipe)])

    def epoch(self) -> bool:
        """Learn one epoch, keep what is worth it; true where Ctrl-C ended it."""
        began, number = time.monotonic(), self.number + 1
        train_loss = train_accuracy = math.nan
        interrupted = False
        try:
            train_loss, train_accuracy = self.lesson.epoch(number)
        except KeyboardInterrupt:
            interrupted = True
        done = Epoch(number, train_loss, train_accuracy, 0.0, 0.0, self.lesson.learning_rate, 0.0)
        if self.team.leads:
            logits, targets = batches.answers(self.lesson.average, self.photos, self.recipe)
            accuracy, turned_loss = reached = score([(logits, targets)])
            done = replace(done, val_loss=-turned_loss, val_accuracy=accuracy, seconds=time.monotonic() - began)
            if self._is_better(reached):
                self.best = reached
                kept = self.lesson.checkpoint(self.lesson.average.module, logits, targets, number)
                kept.save(self.run / "best.pth")
        self.epochs.append(done)
        if self.team.leads:
            write_metrics(self.epochs, self.run / "metrics.csv")
            if not interrupted and math.isfinite(done.val_loss):
                self._progress().save(self.run)
            self.listener.epoch(done, self.recipe.epochs)
        return interrupted

    def finish(self) -> bool:
        """Fit the head of the last average once more, and keep what the best network finds familiar; true where
        Ctrl-C ended it."""
        best, material = self.run / "best.pth", self.material
        try:
            self._fit_head_again(best)
            kept = load_checkpoint(best)
            familiarised(kept, material.train, material.val, material.grounds, self.recipe).save(best)
        except KeyboardInterrupt:
            return True
        return False

    def _fit_head_again(self, best: Path) -> None:
        """Keep the head where it names more."""
        if self.is_spoiled:
            text = _(
                "epoch {epoch} ended with a loss that is no number: the network before is kept; give a smaller --lr"
            )
            self.listener.note(text.format(epoch=self.number))
            return
        former, last = load_checkpoint(best), cast(Network, self.lesson.average.module)
        done = fit_head_again(last, self.lesson.samples, self.recipe)
        was, now = (ask(each, self.material.val, self.recipe) for each in (former.network(), done))
        if score(now) > score(was):
            calibrated(replace(former, metrics={"epoch": self.number}), done, now).save(best)
            self.best = score(now[:1])
            text = _(
                "the head, fitted once more, names {now:.3f} of whole and small validation photos; before, {was:.3f}"
            )
            self.listener.note(text.format(now=score(now)[0], was=score(was)[0]))

    def _progress(self) -> Progress:
        lesson = self.lesson
        material, digest = self.material, str(self.material.dataset["digest"])
        return Progress(
            *(self.recipe, material.classes, digest, lesson.network.pads_like, self.epochs, self.best),
            lesson=lesson.state(),
            grounds=material.grounds,
            teachers=teachers_of(material),
        )
