"""Networks that see more than ours can yet: what they see of a view of a photo, ours shall see in any guise of it.

A label says one of fifteen names; a teacher's embedding says a thousand things, and ours shall say the same of the
smallest, most blurred view (Romero et al. 2015, "FitNets"; Zhu et al. 2019, "Low-resolution visual recognition via deep
feature distillation").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from tqdm import tqdm

from edge.model.classifier import Classifier
from edge.model.contract import Preprocessing
from training.errors import UsageError
from training.language import _
from training.recipe import preprocessing_of
from training.samples import Sample
from training.views import PLAIN, VIEWS, fixed_view

WEIGHT = 4.0
"""Of the mean distance to what the teachers see (1 - cosine, 0 to 2), beside the loss of the names."""


def look(teachers: Sequence[Path], samples: Sequence[Sample], cut: Preprocessing) -> list[Tensor]:
    """(N, VIEWS + 1, D) unit vectors for each teacher, float16: what it sees of every `fixed_view` of photos that the
    device cuts so, and of the plain ones in the mean, which is what pictures that are none of these shall show, too.

    Each takes 20 KB a photo where D is 1280. Raises ModelError for a bad model file, UsageError for one that gives no
    embedding.
    """
    return [_look(path, samples, cut) for path in teachers]


def _look(path: Path, samples: Sequence[Sample], cut: Preprocessing) -> Tensor:
    classifier = Classifier.open(path, threads=torch.get_num_threads())
    exactly = replace(classifier.card.preprocessing, resize="squash", resize_px=classifier.card.preprocessing.size_px)
    classifier.card = replace(classifier.card, preprocessing=exactly)  # a view is square, and seen to its edges
    sharp = preprocessing_of(cut.resize, max(cut.size_px, exactly.size_px))  # a small pupil's teacher need not squint
    seen, total = torch.empty(0), torch.zeros(())
    name = _("what {model} sees").format(model=path.name)
    for place, sample in enumerate(tqdm(samples, desc=name, leave=False)):
        picture = sample.picture
        found = classifier.classify([fixed_view(picture, place, number, sharp) for number in range(VIEWS)])[1]
        if found is None:
            expected = _("a teacher that gives embeddings, as `gardenwatch-train export` writes them")
            raise UsageError(expected, str(path), _("export it from its checkpoint"))
        if not place:
            seen = torch.empty(len(samples), VIEWS + 1, found.shape[1], dtype=torch.float16)
        seen[place, :VIEWS] = torch.from_numpy(found)
        total = total + torch.from_numpy(found).sum(0)
    # Channels differ by a hundred times in scale: as they are, a few would be all that is learned.
    mean = total / (len(seen) * VIEWS)
    squares = sum((one.float() - mean).square().sum(0) for one in seen[:, :VIEWS])
    scale = (squares / (len(seen) * VIEWS)).sqrt() + 1e-3
    for one in seen:
        views = F.normalize((one[:VIEWS].float() - mean) / scale, dim=1)
        one[:VIEWS], one[VIEWS] = views, F.normalize(views[:PLAIN].mean(0), dim=0)
    return seen


class Pupil(nn.Module):
    """A network with one linear guess for each teacher; without teachers, no more than the network."""

    def __init__(self, network: nn.Module, embedding: int, seen: Sequence[Tensor]) -> None:
        super().__init__()
        self.network = network
        self.guesses = nn.ModuleList(nn.Linear(embedding, each.shape[-1]) for each in seen)

    def forward(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """(N, classes) logits, and a guess of (N, D) for each teacher."""
        logits, embedding = self.network(x)
        return logits, [guess(embedding) for guess in self.guesses]

    @torch.no_grad()
    def begin(self, embeddings: Tensor, seen: Sequence[Tensor]) -> None:
        """Guess as well as a ridge regression of whole photos' (N, D) embeddings can."""
        mean = embeddings.mean(0)
        centred = embeddings - mean
        square = centred.T @ centred
        square += torch.eye(len(square), device=square.device) * square.diagonal().mean()
        for guess, wanted in zip(self.guesses, seen, strict=True):
            assert isinstance(guess, nn.Linear)
            whole = wanted[:, VIEWS].to(square)
            solved = torch.linalg.solve(square, centred.T @ whole)
            guess.weight.copy_(solved.T)
            guess.bias.copy_(-(mean @ solved))


def distance(guesses: Sequence[Tensor], seen: Sequence[Tensor], places: Tensor, views: Tensor) -> Tensor:
    """Mean of 1 - cosine over the teachers and those `places` of a batch that are photos; a drawn ground is none.

    `views` are the numbers of what is shown of them.
    """
    total = torch.zeros((), device=places.device)
    for guess, each in zip(guesses, seen, strict=True):
        is_photo = (places < len(each)).float()
        wanted = each[places.clamp(max=len(each) - 1), views].float()
        apart = 1 - F.cosine_similarity(guess.float(), wanted, dim=1)
        total = total + (apart * is_photo).sum() / is_photo.sum().clamp(min=1) / len(seen)
    return total
