"""Takes out of MobileNetV2 the channels that matter least, so that what is left can be trained again.

Each block widens its input before it looks at it; of these inner channels those are kept that add most to the block's
output: the norm of what follows times the scale of the batch norm before it (Li et al. 2017, "Pruning filters for
efficient ConvNets"; Liu et al. 2017, "Network slimming"). The blocks' outputs stay as wide as they were.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from training.checkpoint import Checkpoint
from training.errors import UsageError
from training.language import _

MULTIPLE = 8
"""Processors work on eight channels at a time; the last ones of an odd number cost as much as eight."""


def slim(checkpoint: Checkpoint, keep: float) -> Checkpoint:
    """The checkpoint with this part of the inner channels. Raises UsageError for another backbone."""
    if checkpoint.backbone != "mobilenet_v2":
        found = _("one of {backbone}").format(backbone=checkpoint.backbone)
        todo = _("train a smaller backbone instead, such as mobilenet_v3_small")
        raise UsageError(_("a checkpoint of mobilenet_v2"), found, todo)
    state = dict(checkpoint.state)
    for block in range(2, 18):  # the first block does not widen
        _slim_block(state, f"features.{block}.conv", keep)
    now = checkpoint.provenance | {"slimmed_to": keep}
    return replace(checkpoint, state=state, familiar={}, metrics={}, provenance=now)


def _slim_block(state: dict[str, Tensor], block: str, keep: float) -> None:
    after, scale = state[f"{block}.2.weight"], state[f"{block}.1.1.weight"]
    matters = after.flatten(2).norm(dim=(0, 2)) * scale.abs()
    left = max(MULTIPLE, round(keep * len(matters) / MULTIPLE) * MULTIPLE)
    best = torch.topk(matters, min(left, len(matters))).indices.sort().values
    state[f"{block}.2.weight"] = after[:, best]
    for step in ("0", "1"):  # widening, looking
        state[f"{block}.{step}.0.weight"] = state[f"{block}.{step}.0.weight"][best]
        for name in ("weight", "bias", "running_mean", "running_var"):
            state[f"{block}.{step}.1.{name}"] = state[f"{block}.{step}.1.{name}"][best]
