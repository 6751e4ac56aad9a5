"""Fits the head alone on what the start weights already see, so that fine-tuning starts from a working network."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

STEPS = 300
"""Full-batch steps, under a second for some thousand photos; the loss is flat by then."""


def fit_head(head: nn.Linear, embeddings: Tensor, targets: Tensor, label_smoothing: float) -> None:
    """Logistic regression of (N, D) embeddings on (N,) classes, written into `head`.

    Fitted on standardised embeddings, because their scales differ by a hundred times between channels.
    """
    mean, spread = embeddings.mean(0), embeddings.std(0, correction=0) + 1e-3
    standard = (embeddings - mean) / spread
    linear = nn.Linear(head.in_features, head.out_features, device=embeddings.device)
    nn.init.zeros_(linear.weight)
    nn.init.zeros_(linear.bias)
    # Strong weight decay: 1280 weights per class would else learn some hundred photos by heart.
    optimizer = torch.optim.AdamW(linear.parameters(), lr=3e-3, weight_decay=1.0)
    for _step in range(STEPS):
        loss = F.cross_entropy(linear(standard), targets, label_smoothing=label_smoothing)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
    with torch.no_grad():
        weight = linear.weight / spread
        head.weight.copy_(weight)
        head.bias.copy_(linear.bias - weight @ mean)
