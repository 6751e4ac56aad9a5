"""Measures what a network makes of a class from a source it never saw: `python -m tests.bench.other_source`.

    python -m tests.bench.other_source runs/set --weights FILE --label bee --source pollen_dataset --epochs 6

All photos of that class and source (by the start of their names) are held out of training and validation, then the
network is asked about every one of them, and about the other test photos. First the head alone on what the start
weights see; then `--epochs` with training's augmentation, and with plain turned and shifted photos (`--plain`).
`--teacher` and `--resize` as `gardenwatch-train train` has them. `--out FILE` keeps the model, of which
`gardenwatch-train ensemble` makes one with another; `--model FILE` asks such a file instead of training.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections import Counter
from pathlib import Path

import torch

import training.samples
from training import batches
from training.backbones import BACKBONES
from training.checkpoint import load_checkpoint
from training.evaluate import evaluate
from training.export import export
from training.labels import grounds_of, labels_for
from training.layout import Photo, read_prepared
from training.network import Network, load_start_weights
from training.probe import fit_head
from training.recipe import Material, Recipe
from training.samples import load_samples
from training.train import train


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--backbone", default="mobilenet_v2", choices=sorted(BACKBONES))
    parser.add_argument("--weights", default="imagenet")
    parser.add_argument("--label", default="bee")
    parser.add_argument("--source", default="pollen_dataset")
    parser.add_argument("--epochs", type=int, default=0)
    parser.add_argument("--plain", action="store_true", help="photos turned and shifted, nothing else")
    parser.add_argument("--teacher", type=Path, action="append", default=[], help="a model file whose view is learned")
    parser.add_argument("--resize", choices=("shorter_side", "longer_side"), default="shorter_side")
    parser.add_argument("--out", type=Path, help="the model file")
    parser.add_argument("--model", type=Path, help="a model file that learned without these photos")
    options = parser.parse_args()
    if options.out and (not options.epochs or options.out.exists()):
        parser.error("--out keeps what --epochs trained, in a new file")
    if options.plain:
        training.samples.SHARP = 1.0
    prepared = read_prepared(options.dataset)
    held: list[Photo] = []
    kept: dict[str, tuple[Photo, ...]] = {}
    for part, photos in prepared.photos.items():
        strange = [p for p in photos if p.label == options.label and p.path.name.startswith(options.source + "__")]
        held += strange
        kept[part] = tuple(p for p in photos if p not in set(strange))
    print(f"{len(held)} photos of {options.label} from {options.source} held out, {len(kept['train'])} to learn from")
    if options.model:
        for part, photos in (("held", tuple(held)), ("test", kept["test"])):
            figures = evaluate(options.model, photos).figures
            print(f"{options.model}: {part} {figures.top1:.3f}")
        return
    samples = {part: load_samples(photos, prepared.classes) for part, photos in kept.items()}
    samples["held"] = load_samples(tuple(held), prepared.classes)
    recipe = Recipe(options.backbone, weights=options.weights, epochs=options.epochs, patience=0, resize=options.resize)

    def tell(name: str, network: Network) -> None:
        parts = []
        for part in ("held", "test"):
            logits, targets = batches.answers(network, batches.photo_batches(samples[part], recipe), recipe)
            parts.append(f"{part} {float((logits.argmax(1) == targets).mean()):.3f}")
            if part == "held":
                named = Counter(prepared.classes[k] for k in logits.argmax(1))
                parts.append(f"called {', '.join(f'{key} {count}' for key, count in named.most_common(4))}")
        print(f"{name}: {', '.join(parts)}; load {os.getloadavg()[0]:.1f}", flush=True)

    if not options.epochs:
        network = Network(recipe.backbone, len(prepared.classes))
        load_start_weights(network, options.weights)
        seen, targets = batches.embeddings(network, batches.photo_batches(samples["train"], recipe), recipe)
        fit_head(network.head, seen, targets)
        tell("head alone", network)
        return
    torch.manual_seed(0)
    digest, teachers = {"digest": "bench"}, tuple(options.teacher)
    material = Material(
        prepared.classes, samples["train"], samples["val"], grounds_of(prepared.classes), digest, teachers
    )
    began = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        done = train(material, recipe, Path(folder))
        name = (
            f"{options.epochs} epochs{', plain photos' if options.plain else ''}, {time.process_time() - began:.0f} s"
        )
        learned = load_checkpoint(done.best)
        tell(name, learned.network())
        if options.out:
            export(learned, labels_for(learned.classes), options.out)


if __name__ == "__main__":
    main()
