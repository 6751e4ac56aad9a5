"""Takes known classes out of the training, to see whether they are then taken for strange.

The network itself is left as its start weights have it (fine-tuning it anew for each pair of classes would take hours),
so this measures the score rather than one model.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from training.embeddings import look
from training.errors import TrainingError
from training.familiar import Looks, learn_familiar
from training.language import _
from training.layout import Photo, PreparedSet
from training.probe import fit_head
from training.unknown import Row, row

AT_A_TIME = 2


def leave_out(prepared: PreparedSet, weights: str, grounds: Sequence[int]) -> tuple[list[Row], list[str]]:
    """A row for every two classes that were left out, and the names of those that no test photo shows, or no other
    animal beside them; of an odd number, the last is left out alone.

    Raises UsageError for weights that do not fit, TrainingError for too few classes, or where no two can be tried.
    """
    seen = {split: _seen(prepared.photos[split], prepared.classes, weights) for split in ("train", "val", "test")}
    animals = [k for k in range(len(prepared.classes)) if k not in grounds]
    if len(animals) < AT_A_TIME + 2:
        found = _("{count}, not counting background").format(count=len(animals))
        raise TrainingError(_("four classes or more to leave two out"), found, _("leave --weights away"))
    rows, untried = [], []
    for i in range(0, len(animals), AT_A_TIME):
        out = animals[i : i + AT_A_TIME]
        name, others = ", ".join(prepared.classes[k] for k in out), [k for k in animals if k not in out]
        if not all(np.isin(seen["test"][1], classes).any() for classes in (out, others)):
            untried.append(name)
            continue
        keep = [k for k in range(len(prepared.classes)) if k not in out]
        kept = {split: _only(*seen[split], keep) for split in seen}
        head = _Head(*kept["train"], len(keep))
        strange = _only(*seen["test"], out)[0]
        looks = {split: Looks(head(e), e, t) for split, (e, t) in kept.items()}
        familiar = learn_familiar(looks["train"], [looks["val"]], [keep.index(ground) for ground in grounds])
        unknown = Looks(head(strange), strange, np.full(len(strange), -1, np.int64))
        rows.append(row(name, familiar, looks["test"], unknown))
    if not rows:
        expected = _("test photos of animals that are left out, and of others")
        found = _("none in {path}").format(path=prepared.root)
        raise TrainingError(expected, found, _("run `gardenwatch-train prepare` again"))
    return rows, untried


def _seen(
    photos: tuple[Photo, ...], classes: tuple[str, ...], weights: str
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    seen = look(photos, weights)
    return seen.embeddings, np.array([classes.index(photos[i].label) for i in seen.kept], np.int64)


def _only(
    embeddings: NDArray[np.float32], targets: NDArray[np.int64], classes: list[int]
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Those of these classes, which are counted anew."""
    mask = np.isin(targets, classes)
    return embeddings[mask], np.array([classes.index(k) for k in targets[mask].tolist()], np.int64)


class _Head:
    """Probabilities of embeddings, by logistic regression."""

    def __init__(self, embeddings: NDArray[np.float32], targets: NDArray[np.int64], classes: int) -> None:
        torch.manual_seed(0)
        self.linear = torch.nn.Linear(embeddings.shape[1], classes)
        fit_head(self.linear, torch.from_numpy(embeddings), torch.from_numpy(targets))

    @torch.no_grad()
    def __call__(self, embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(torch.softmax(self.linear(torch.from_numpy(embeddings)), 1).numpy(), np.float32)
