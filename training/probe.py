"""Fits the head alone on what a network sees: before it learns as a whole, and once more when it has learned."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

PENALTY = 0.03
"""Times the squared weights, beside the mean loss. On our photos, a third or three times as much changes top-1 by half
a point; steps of AdamW with decay instead, which is no penalty on the loss, cost three points."""
MOST_STEPS = 100
"""Of L-BFGS, over all photos at once: a second for some thousand."""

LEAST_SPREAD = 1e-4
"""Of what a channel is on the average: float32 rounds a thousand times finer, and a head that told noise apart would
answer otherwise on the next processor."""


def fit_head(head: nn.Linear, embeddings: Tensor, targets: Tensor) -> None:
    """Logistic regression of (N, D) embeddings on (N,) classes, written into `head`.

    Fitted on standardised embeddings, because their scales differ by a hundred times between channels.
    """
    mean, spread = embeddings.mean(0), embeddings.std(0, correction=0)
    # A channel that never fires would else be divided by nothing, and one that is always the same by rounding errors.
    spread = spread + 1e-3 * spread.mean() + LEAST_SPREAD * embeddings.abs().mean() + 1e-12
    standard = (embeddings - mean) / spread
    weight = torch.zeros_like(head.weight, requires_grad=True)
    bias = torch.zeros_like(head.bias, requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=MOST_STEPS, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        value = F.cross_entropy(F.linear(standard, weight, bias), targets) + PENALTY * weight.square().sum()
        torch.autograd.backward(value)
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    with torch.no_grad():
        scaled = weight / spread
        head.weight.copy_(scaled)
        head.bias.copy_(bias - scaled @ mean)
