"""Measures how well a model tells what it was never taught from what it knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from edge.model.classifier import Classifier
from training.errors import TrainingError
from training.familiar import SMALL_PX, Familiar, Looks, joined, learn_familiar, of_animal
from training.language import _
from training.layout import Photo, class_folders, pictures_below
from training.pictures import Picture, UnreadablePicture, read_picture
from training.sizes import reduced

SIZES = (None, SMALL_PX)
BATCH = 16


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
    """The familiarity."""
    called: float
    """The part of them that is called strange."""


@dataclass(frozen=True, slots=True)
class Sized:
    """What is strange beside what is known, all at one size."""

    name: str
    rows: list[Row]
    known_called: float
    """The part of the known animals that is called strange."""


def look(classifier: Classifier, photos: Sequence[Photo], px: int | None = None) -> Looks:
    """Ask about photos, as they are or reduced. Photos that cannot be read are passed over.

    Raises TrainingError where none can be read."""
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
        if not pictures:
            continue
        probabilities, embeddings, _familiarity = classifier.classify(pictures)
        if embeddings is None:
            todo = _("export it again with `gardenwatch-train export`")
            raise TrainingError(_("a model with the output `embedding`"), _("none"), todo)
        answers.append(probabilities)
        seen.append(embeddings)
    if not answers:
        todo = _("look at those in {folder}").format(folder=photos[0].path.parent if photos else ".")
        raise TrainingError(_("readable photos"), _("no photo at all"), todo)
    return Looks(np.concatenate(answers), np.concatenate(seen), np.array(targets, np.int64))


def _same(picture: Picture) -> Picture:
    return picture


def sized(classifier: Classifier, familiar: Familiar, known: Sequence[Photo], strange: Path, px: int | None) -> Sized:
    """A row for each kind of strange photos, all reduced to `px`; as they are with None.

    Raises TrainingError where no known animal, or nothing of a kind, can be read.
    """
    name = f"{px} px" if px else _("full size")
    animals = look(classifier, known, px).animals(familiar.grounds)
    if not len(animals.targets):
        raise _only_unreadable(sorted({photo.label for photo in known} - _grounds(classifier, familiar)))
    kinds = strange_photos(strange)
    titles = {kind: f"{kind}, {px} px" if px else kind for kind in kinds}  # not translated: files keep them
    rows = [row(titles[kind], familiar, animals, look(classifier, of, px)) for kind, of in kinds.items()]
    return Sized(name, rows, called_strange(familiar, animals))


def _grounds(classifier: Classifier, familiar: Familiar) -> set[str]:
    return {classifier.card.labels[place].key for place in familiar.grounds}


def _only_unreadable(names: Sequence[str]) -> TrainingError:
    found = _("only unreadable ones of {names}").format(names=", ".join(names))
    todo = _("`gardenwatch-train check` names what is wrong with each; mend that, or add photos")
    return TrainingError(_("test photos of animals"), found, todo)


def row(name: str, familiar: Familiar, known: Looks, strange: Looks) -> Row:
    """How well known animals are told from strange things."""
    animals = known.animals(familiar.grounds)
    scores: list[Callable[[Looks], NDArray[np.floating]]] = [
        lambda looks: looks.probabilities.max(axis=1),
        lambda looks: of_animal(looks.probabilities, familiar.grounds),
        familiar.familiarity,
    ]
    by_confidence, by_animal, by_familiar = (auroc(score(animals), score(strange)) for score in scores)
    return Row(name, len(strange.targets), by_confidence, by_animal, by_familiar, called_strange(familiar, strange))


def called_strange(familiar: Familiar, looks: Looks) -> float:
    """The part of them that is less familiar than the limit."""
    return float((familiar.familiarity(looks) < familiar.strange_below).mean())


def auroc(known: NDArray[np.floating], strange: NDArray[np.floating]) -> float:
    """The probability that something known scores higher than something strange; half where they are equal.

    There is one of each at least."""
    order = np.sort(strange)
    below, upto = np.searchsorted(order, known, "left"), np.searchsorted(order, known, "right")
    return float((below + upto).mean() / 2 / len(strange))


def learn(classifier: Classifier, train: Sequence[Photo], val: Sequence[Photo], grounds: Sequence[int]) -> Familiar:
    """What `classifier` finds familiar, by photos at full size and at 64 px."""
    sides = [[look(classifier, photos, px) for px in (None, SMALL_PX)] for photos in (train, val)]
    return learn_familiar(joined(sides[0]), sides[1], grounds)


def strange_photos(folder: Path) -> dict[str, list[Photo]]:
    """The photos below each subfolder, or of the folder itself."""
    folders = class_folders(folder) or [folder]
    found = {one.name: [Photo(path, "") for path in pictures_below(one)] for one in folders}
    return {name: photos for name, photos in found.items() if photos}
