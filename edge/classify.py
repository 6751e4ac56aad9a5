"""The command that names the animals on photos."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import cv2
import numpy as np
from numpy.typing import NDArray
from tabulate import tabulate

from edge.assets import DEFAULT_MODEL
from edge.language import _, current
from edge.model.classifier import Classifier
from edge.model.labels import UNKNOWN
from edge.records import Image


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model says of one photo, or why it says nothing."""

    path: Path
    label: str | None = None
    confidence: float | None = None
    probabilities: dict[str, float] | None = None
    familiarity: float | None = None
    error: str | None = None

    def to_json(self) -> str:
        data: dict[str, object] = {"path": str(self.path), "label": self.label, "confidence": self.confidence}
        known = {"probabilities": self.probabilities, "familiarity": self.familiarity}
        data |= known if self.error is None else {"error": self.error}
        return json.dumps(data, ensure_ascii=False)


def answers(classifier: Classifier, paths: Iterable[Path]) -> Iterator[Answer]:
    """One answer per path, in order; an unreadable file is an answer with an error."""
    for path in paths:
        try:
            image = read_picture(path)
        except ValueError as error:
            yield Answer(path, error=str(error))
            continue
        said = classifier.classify([image])
        row, familiarity = said.probabilities[0], float(said.familiarity[0])
        labels = [label.key for label in classifier.card.labels]
        probabilities = {key: round(float(value), 4) for key, value in zip(labels, row, strict=True)}
        label, sure = classifier.card.answer(row, familiarity)
        yield Answer(path, label, round(sure, 4), probabilities, round(familiarity, 4))


def read_picture(path: Path) -> Image:
    """The picture as (H, W, 3) uint8 BGR, turned upright as its EXIF says, transparency on white, 16-bit grey scaled to
    its own range: as training reads it. Raises ValueError saying what was found.
    """
    todo = _("check the path, or save it again as JPEG or PNG")
    try:
        data = np.fromfile(path, np.uint8)  # cv2.imread cannot open Chinese paths on Windows
    except OSError as error:
        raise ValueError(
            _("expected a picture; found {found}; {todo}").format(found=error.strerror, todo=todo)
        ) from error
    try:
        image = _plain(data, cv2.imdecode(data, cv2.IMREAD_COLOR)) if data.size else None
    except cv2.error:  # a picture larger than OpenCV's limit raises instead of giving None
        image = None
    if image is None:
        found = _("a file of {size} bytes that cannot be decoded").format(size=data.size)
        raise ValueError(_("expected a picture; found {found}; {todo}").format(found=found, todo=todo))
    return np.asarray(image, np.uint8)


def _plain(data: Image, image: NDArray[np.generic] | None) -> NDArray[np.generic] | None:
    """`image`, of which OpenCV drops the transparency and, of 16-bit grey, the lower half."""
    whole = None if image is None else cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    if image is None or whole is None or whole.shape[:2] != image.shape[:2]:
        return image
    if whole.ndim == 3 and whole.shape[2] == 4:
        share = np.asarray(whole[:, :, 3:], np.float32) / (255 if whole.dtype == np.uint8 else 65535)
        return np.asarray(np.rint(255 + share * (np.asarray(image, np.float32) - 255)), np.uint8)
    if whole.ndim == 2 and whole.dtype != np.uint8:
        grey = whole.astype(np.float32)
        scaled = (grey - grey.min()) * (255 / max(float(grey.max() - grey.min()), 1.0))
        return np.repeat(scaled.astype(np.uint8)[:, :, None], 3, axis=2)
    return image


@click.command()
@click.argument("images", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--model", type=click.Path(path_type=Path), help="Model file; the bundled one if left out.")
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
@click.pass_context
def classify(context: click.Context, images: tuple[Path, ...], model: Path | None, form: str) -> None:
    """Name the animals on photos, one line per IMAGE.

    An unreadable file is reported on its line, the others go on, and the exit status is 1.
    """
    classifier = Classifier.open(model or DEFAULT_MODEL)
    names = {label.key: label.name(current()) for label in classifier.card.labels} | {UNKNOWN: _("unknown")}
    found: list[Answer] = []
    for answer in answers(classifier, images):
        found.append(answer)
        if form == "jsonl":
            click.echo(answer.to_json())
    if form == "table":
        rows = [
            (a.path, names[a.label], f"{a.confidence:.2f}") if a.label else (a.path, "-", a.error or "") for a in found
        ]
        click.echo(tabulate(rows, [_("photo"), _("label"), _("confidence")], disable_numparse=True))
    if any(answer.error for answer in found):
        context.exit(1)
