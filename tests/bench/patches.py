"""Asks a model about pieces cut out of films with ground truth: `python -m tests.bench.patches [FILM ...]`.

Each animal by every second of its true boxes, with the camera's margin; and every 2.5 seconds six squares of 60 to
240 px that touch no box, drawn with a fixed seed, as the camera cuts them where wind or shadows move. It tells the
network's part in a film's score from that of gate, tracks and decision. The shared clips if no film is named.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from edge.assets import DEFAULT_MODEL
from edge.model.classifier import Classifier
from edge.model.labels import UNKNOWN
from edge.records import Image
from tests.bench.clips import CLIPS

EVERY_S, PER_FRAME = 2.5, 6
MARGIN = 0.35
"""On each side, as the camera cuts."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("films", nargs="*", type=Path)
    parser.add_argument("--model", type=Path, action="append", help="several are asked about the same pieces")
    options = parser.parse_args()
    films = options.films or sorted(CLIPS.glob("*.mp4"))
    pieces = [piece for film in films for piece in pieces_of(film)]
    for model in options.model or [DEFAULT_MODEL]:
        tell(model, pieces)


def tell(model: Path, pieces: list[tuple[str, Image]]) -> None:
    classifier = Classifier.open(model)
    names = [label.key for label in classifier.card.labels]
    right, asked, taken = Counter[str](), Counter[str](), Counter[str]()
    for truth, image in pieces:
        said = classifier.classify([image])
        name = names[int(said.probabilities[0].argmax())]
        answer, _sure = classifier.card.answer(said.probabilities[0], float(said.familiarity[0]))
        kind = "ground" if truth == "background" else "animals"
        asked[kind] += 1
        right[kind] += name == truth
        if kind == "ground":
            right["ground or unknown"] += name == truth or answer == UNKNOWN
            taken[name] += name != truth
    print(
        f"{classifier.card.model_id}: {right['animals']} of {asked['animals']} animals named right"
        f" ({right['animals'] / max(asked['animals'], 1):.3f}); of {asked['ground']} pieces of ground"
        f" {right['ground'] / max(asked['ground'], 1):.3f} background,"
        f" {right['ground or unknown'] / max(asked['ground'], 1):.3f} background or unknown;"
        f" others called {', '.join(f'{name} {count}' for name, count in taken.most_common(5))}",
        flush=True,
    )


def pieces_of(film: Path) -> Iterator[tuple[str, Image]]:
    """The class and the picture of each piece."""
    truth = json.loads(film.with_suffix(".json").read_text())
    rng = np.random.default_rng(0)
    boxes: dict[int, list[tuple[str, list[int]]]] = {}
    for visit in truth["visits"]:
        for frame, *box in visit["boxes"]:
            boxes.setdefault(frame, []).append((visit["label"], box))
    capture = cv2.VideoCapture(str(film))
    step, index = round(truth["fps"] * EVERY_S), 0
    while True:
        good, image = capture.read()
        if not good:
            return
        here = boxes.get(index, [])
        if index // 5 % 2 == 0:  # boxes come every five frames, counted from when an animal came
            yield from ((label, _with_margin(image, box)) for label, box in here)  # type: ignore[arg-type]
        if index % step == 0:
            near = [box for frame in range(index - 5, index + 6) for _label, box in boxes.get(frame, [])]
            for _try in range(PER_FRAME):
                side = int(rng.integers(60, 241))
                x, y = int(rng.integers(0, image.shape[1] - side)), int(rng.integers(0, image.shape[0] - side))
                if not any(_touch((x, y, side, side), box) for box in near):
                    yield "background", np.ascontiguousarray(image[y : y + side, x : x + side], np.uint8)
        index += 1


def _touch(one: tuple[int, int, int, int], other: list[int]) -> bool:
    (ax, ay, aw, ah), (bx, by, bw, bh) = one, other
    return ax < bx + bw + 20 and bx < ax + aw + 20 and ay < by + bh + 20 and by < ay + ah + 20


def _with_margin(image: Image, box: list[int]) -> Image:
    x, y, width, height = box
    side = max(width, height) * (1 + 2 * MARGIN)
    left, top = max(0, int(x + width / 2 - side / 2)), max(0, int(y + height / 2 - side / 2))
    return np.ascontiguousarray(image[top : top + int(side), left : left + int(side)])


if __name__ == "__main__":
    main()
