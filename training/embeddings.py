"""Looks at photos with a network that was not trained on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from edge.model.contract import Preprocessing
from training.batches import half_precision
from training.duplicates import Signature, signature
from training.language import _
from training.layout import Photo
from training.network import Network, load_start_weights
from training.pictures import UnreadablePicture, read_picture
from training.samples import LONGEST_PX

BATCH = 32
"""More at once gains no speed on a processor, and 20 000 photos shall not lie in memory."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of each photo that could be read; `embeddings` are (N, D) float32, `left_out` says why by index."""

    kept: list[int]
    embeddings: NDArray[np.float32]
    signatures: list[Signature]
    left_out: dict[int, str]


def look(photos: Sequence[Photo], weights: str) -> Seen:
    """Start weights as `load_start_weights` takes them. Raises UsageError for weights that do not fit."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = Network("mobilenet_v2", 2)
    load_start_weights(network, weights)
    network.eval().to(device).to(memory_format=torch.channels_last)
    cut = Preprocessing()
    kept, parts, signatures = [], [], []
    left_out: dict[int, str] = {}
    waiting: list[NDArray[np.float32]] = []

    def look_at_waiting() -> None:
        with torch.inference_mode(), half_precision(device):
            batch = torch.from_numpy(np.stack(waiting)).to(device).contiguous(memory_format=torch.channels_last)
            parts.append(network(batch)[1].float().cpu().numpy())
        waiting.clear()

    for index, photo in enumerate(tqdm(photos, desc=_("looking"), unit=_("photo"))):
        try:
            picture = read_picture(photo.path, LONGEST_PX)
        except UnreadablePicture as error:
            left_out[index] = str(error)
            continue
        kept.append(index)
        signatures.append(signature(picture))
        waiting.append(cut(picture))
        if len(waiting) == BATCH:
            look_at_waiting()
    if waiting:
        look_at_waiting()
    return Seen(kept, np.concatenate(parts) if parts else np.empty((0, 1), np.float32), signatures, left_out)
