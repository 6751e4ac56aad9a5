"""Measures how well `fix` finds wrong labels: `python -m tests.bench.fix PHOTOS WEIGHTS`.

5 % of the labels of PHOTOS (a raw folder) are changed at random, three times. Their own label noise would spoil the
figure: what is suspected before anything was changed is left out, as far as it was not changed.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import torch
from tabulate import tabulate

from training.duplicates import groups_of, near_duplicates
from training.embeddings import look
from training.fix.suspects import Suspect, find_suspects
from training.manifest import read_manifest, same_group
from training.places import read_places

FLIPPED = 0.05


def average_precision(suspects: list[Suspect], wrong: set[int]) -> float:
    """Mean over the wrong ones among the suspects of the share of wrong ones down to each."""
    hits = np.array([s.index in wrong for s in suspects])
    return float((np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits].mean())


def measure(root: Path, weights: str) -> None:
    """Prints a line per seed, and the seconds."""
    torch.set_num_threads(1)
    began = time.monotonic()
    places = read_places(root)
    names = list(places.photos)
    seen = look(list(places.photos.values()), weights)
    looked = time.monotonic() - began
    kept = [names[i] for i in seen.kept]
    labels = [places.classes.index(places.photos[name].label) for name in kept]
    pairs = near_duplicates(seen.signatures) + same_group(kept, read_manifest(root))
    groups = groups_of(len(kept), pairs)
    before = {s.index for s in find_suspects(seen.embeddings, labels, groups).suspects}
    print(f"{len(kept)} photos looked at in {looked:.0f} s (one thread); {len(before)} suspected as they are")
    rows = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        wrong = {int(i) for i in rng.choice(len(labels), round(FLIPPED * len(labels)), replace=False)}
        given = list(labels)
        for i in sorted(wrong):
            given[i] = int(rng.choice([c for c in range(len(places.classes)) if c != labels[i]]))
        began = time.monotonic()
        suspects = find_suspects(seen.embeddings, given, groups).suspects
        seconds = time.monotonic() - began
        new = [s for s in suspects if s.index in wrong or s.index not in before]
        found = [s for s in suspects if s.index in wrong]
        right = sum(s.proposed == labels[s.index] for s in found) / len(found)
        aps = [f"{average_precision(some, wrong):.3f}" for some in (new, suspects)]
        rows.append([seed, len(wrong), len(found), len(suspects), *aps, f"{right:.3f}", f"{seconds:.1f}"])
    head = ["seed", "flipped", "found", "suspects", "AP", "AP with suspects of before", "proposal right", "s"]
    print(tabulate(rows, head, disable_numparse=True))


if __name__ == "__main__":
    measure(Path(sys.argv[1]), sys.argv[2])
