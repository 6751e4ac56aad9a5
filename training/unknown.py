"""Measures how well a model tells what it was never taught from what it knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from edge.model.classifier import Classifier
from training.errors import TrainingError
from training.familiar import Familiar, find_prototypes, fit_familiar
from training.language import _
from training.layout import Photo, class_folders, pictures_below
from training.pictures import Picture, UnreadablePicture, read_picture
from training.sizes import reduced

SMALL_PX = 64
"""The size at which strange and known things are compared, too; else a blur detector would win."""
BATCH = 16


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """What a model says of N photos, and sees in them; `targets` is -1 where the photo is of no class."""

    probabilities: NDArray[np.float32]
    embeddings: NDArray[np.float32]
    targets: NDArray[np.int64]

    def where(self, mask: NDArray[np.bool_]) -> Looks:
        return Looks(self.probabilities[mask], self.embeddings[mask], self.targets[mask])


@dataclass(frozen=True, slots=True)
class Row:
    """AUROC (1 tells all apart, 0.5 none) on one kind of strange things, by three scores."""

    strange: str
    count: int
    by_confidence: float
    """The largest probability, the textbook's baseline."""
    by_animal: float
    """The largest probability of an animal: `background` is an answer, too."""
    by_familiar: float
    """The same of what the model would say with prototypes."""


def look(classifier: Classifier, photos: Sequence[Photo], px: int | None = None) -> Looks:
    """Ask about photos, as they are or reduced. Photos that cannot be read are passed over."""
    labels = [label.key for label in classifier.card.labels]
    change = partial(reduced, px=px) if px else _same
    answers, seen, targets = [], [], []
    for start in tqdm(range(0, len(photos), BATCH), desc=_("looking"), leave=False):
        pictures: list[Picture] = []
        for photo in photos[start : start + BATCH]:
            try:
                pictures.append(change(read_picture(photo.path)))
            except UnreadablePicture:
                continue
            targets.append(labels.index(photo.label) if photo.label in labels else -1)
        probabilities, embeddings = classifier.classify(pictures)
        if embeddings is None:
            todo = _("export it again with `gardenwatch-train export`")
            raise TrainingError(_("a model with the output `embedding`"), _("none"), todo)
        answers.append(probabilities)
        seen.append(embeddings)
    return Looks(np.concatenate(answers), np.concatenate(seen), np.array(targets, np.int64))


def _same(picture: Picture) -> Picture:
    return picture


def both_sizes(classifier: Classifier, photos: Sequence[Photo]) -> Looks:
    """As they are, and small."""
    large, small = look(classifier, photos), look(classifier, photos, SMALL_PX)
    return Looks(
        np.concatenate([large.probabilities, small.probabilities]),
        np.concatenate([large.embeddings, small.embeddings]),
        np.concatenate([large.targets, small.targets]),
    )


def learn_familiar(train: Looks, val: Looks, background: int | None) -> Familiar:
    """Prototypes of the training photos' animals, fitted on validation photos of animals."""
    prototypes = find_prototypes(train.embeddings, train.targets, background)
    animals = val if background is None else val.where(val.targets != background)
    return fit_familiar(prototypes, animals.probabilities, animals.embeddings, animals.targets)


def row(name: str, familiar: Familiar, known: Looks, strange: Looks, background: int | None) -> Row:
    """How well known animals are told from strange things."""
    animals = known if background is None else known.where(known.targets != background)

    def of_animal(probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
        kept = probabilities if background is None else np.delete(probabilities, background, axis=1)
        return np.asarray(kept.max(axis=1), np.float64)

    pairs = [
        (looks.probabilities, familiar.answers(looks.probabilities, looks.embeddings)) for looks in (animals, strange)
    ]
    return Row(
        name,
        len(strange.targets),
        auroc(pairs[0][0].max(axis=1), pairs[1][0].max(axis=1)),
        auroc(of_animal(pairs[0][0]), of_animal(pairs[1][0])),
        auroc(of_animal(pairs[0][1]), of_animal(pairs[1][1])),
    )


def auroc(known: NDArray[np.floating], strange: NDArray[np.floating]) -> float:
    """The probability that something known scores higher than something strange; half where they are equal."""
    order = np.sort(strange)
    below, upto = np.searchsorted(order, known, "left"), np.searchsorted(order, known, "right")
    return float((below + upto).mean() / 2 / max(len(strange), 1))


def choose_limit(familiar: Familiar, val: Looks, small: Looks) -> float:
    """The confidence under which an answer becomes `unknown`: 98 % of the right answers on validation photos reach it,
    and 80 % of all of them reduced to 64 px."""
    probabilities = familiar.answers(val.probabilities, val.embeddings)
    right = probabilities.max(1)[probabilities.argmax(1) == val.targets]
    soft = familiar.answers(small.probabilities, small.embeddings).max(1)
    limits = [float(np.quantile(right, 0.02))] if right.size else []
    return round(min([*limits, float(np.quantile(soft, 0.20))]), 3)


def strange_photos(folder: Path) -> dict[str, list[Photo]]:
    """The photos below each subfolder, or of the folder itself."""
    folders = class_folders(folder) or [folder]
    found = {one.name: [Photo(path, "") for path in pictures_below(one)] for one in folders}
    return {name: photos for name, photos in found.items() if photos}
