"""Fetches the sets that every course knows by name, through torchvision."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

from training.errors import TrainingError
from training.language import _

NAMES = ("cifar10", "cifar100", "mnist")
CACHE = Path.home() / ".cache" / "gardenwatch" / "sets"
"""Downloads are kept here; CIFAR has 170 MB."""


@contextmanager
def unpack(name: str, out: Path, cache: Path | None = None) -> Iterator[tuple[Path, Path]]:
    """A raw folder of PNG files beside `out`, with a list of those that the set's makers test with; gone afterwards.

    Raises TrainingError where the set can neither be found in `cache` nor downloaded.
    """
    from torchvision import datasets

    cache = cache or CACHE
    kind = {"cifar10": datasets.CIFAR10, "cifar100": datasets.CIFAR100, "mnist": datasets.MNIST}[name]
    try:
        parts = {part: kind(str(cache), train=part == "train", download=True) for part in ("train", "test")}
    except (OSError, RuntimeError) as error:
        todo = _("check the network, or copy the set there as torchvision keeps it")
        expected = _("the set {name} in {path} or to download").format(name=name, path=cache)
        raise TrainingError(expected, str(error), todo) from error
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=out.name + ".raw") as folder:
        root, tested = Path(folder), []
        names = [label.split(" - ")[0] for label in parts["train"].classes]  # MNIST says "3 - three"
        for part, photos in parts.items():
            for index in tqdm(range(len(photos)), desc=_("unpacking"), unit=_("photo")):
                picture, label = photos[index]
                path = root / "images" / names[int(label)] / f"{part}_{index:05}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                picture.save(path)
                if part == "test":
                    tested.append(path.relative_to(root).as_posix() + "\n")
        (root / "classes.txt").write_text("".join(label + "\n" for label in names), encoding="utf-8")
        (root / "test.txt").write_text("".join(tested), encoding="utf-8")
        yield root, root / "test.txt"
