"""Networks that see more than ours can yet: what they see of a whole photo, ours shall see in any guise of it.

A label says one of fifteen names; a teacher's embedding says a thousand things, and ours shall say the same of the
smallest, most blurred view (Romero et al. 2015, "FitNets"; Zhu et al. 2019, "Low-resolution visual recognition via deep
feature distillation").
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from tqdm import tqdm

from edge.model.classifier import Classifier
from training.errors import UsageError
from training.language import _
from training.samples import Sample

WEIGHT = 2.0
"""Of the mean distance to what the teachers see (1 - cosine, 0 to 2), beside the loss of the names."""
AT_A_TIME = 8


def look(teachers: Sequence[Path], samples: Sequence[Sample]) -> list[Tensor]:
    """(N, D) unit vectors for each teacher: what it sees of every photo and its mirror image, in the mean.

    Raises ModelError for a bad model file, UsageError for one that gives no embedding.
    """
    return [_look(path, samples) for path in teachers]


def _look(path: Path, samples: Sequence[Sample]) -> Tensor:
    classifier = Classifier.open(path, threads=torch.get_num_threads())
    parts = []
    name = _("what {model} sees").format(model=path.name)
    for start in tqdm(range(0, len(samples), AT_A_TIME), desc=name, leave=False):
        pictures = [sample.picture for sample in samples[start : start + AT_A_TIME]]
        views = [classifier.classify(views)[1] for views in (pictures, [np.fliplr(one) for one in pictures])]
        if views[0] is None or views[1] is None:
            expected = _("a teacher that gives embeddings, as `gardenwatch-train export` writes them")
            raise UsageError(expected, str(path), _("export it from its checkpoint"))
        parts.append((views[0] + views[1]) / 2)
    seen = torch.from_numpy(np.concatenate(parts))
    # Channels differ by a hundred times in scale: as they are, a few would be all that is learned.
    return F.normalize((seen - seen.mean(0)) / (seen.std(0, correction=0) + 1e-3), dim=1)


class Pupil(nn.Module):
    """A network with one linear guess for each teacher; without teachers, no more than the network."""

    def __init__(self, network: nn.Module, embedding: int, seen: Sequence[Tensor]) -> None:
        super().__init__()
        self.network = network
        self.guesses = nn.ModuleList(nn.Linear(embedding, each.shape[1]) for each in seen)

    def forward(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """(N, classes) logits, and a guess of (N, D) for each teacher."""
        logits, embedding = self.network(x)
        return logits, [guess(embedding) for guess in self.guesses]

    @torch.no_grad()
    def begin(self, embeddings: Tensor, seen: Sequence[Tensor]) -> None:
        """Guess as well as a ridge regression of (N, D) embeddings can."""
        mean = embeddings.mean(0)
        centred = embeddings - mean
        square = centred.T @ centred
        square += torch.eye(len(square), device=square.device) * square.diagonal().mean()
        for guess, wanted in zip(self.guesses, seen, strict=True):
            assert isinstance(guess, nn.Linear)
            solved = torch.linalg.solve(square, centred.T @ wanted.to(square.device))
            guess.weight.copy_(solved.T)
            guess.bias.copy_(-(mean @ solved))


def distance(guesses: Sequence[Tensor], seen: Sequence[Tensor], places: Tensor) -> Tensor:
    """Mean of 1 - cosine over the teachers and those `places` of a batch that are photos; a drawn ground is none."""
    total = torch.zeros((), device=places.device)
    for guess, wanted in zip(guesses, seen, strict=True):
        is_photo = (places < len(wanted)).float()
        apart = 1 - F.cosine_similarity(guess.float(), wanted[places.clamp(max=len(wanted) - 1)], dim=1)
        total = total + (apart * is_photo).sum() / is_photo.sum().clamp(min=1) / len(seen)
    return total
