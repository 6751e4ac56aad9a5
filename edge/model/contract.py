"""What a model file says of itself: labels, preprocessing, thresholds, self-test (DESIGN, contract 1).

This is preprocessing's one home: training evaluates through it, the device runs through it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field, TypeAdapter, ValidationError

from edge.model.errors import N_, ModelError
from edge.model.labels import UNKNOWN, Label

CONTRACT_VERSION = 1
METADATA_KEY = "gardenwatch"
XEDU_KEY = "MODEL_INFO"
# The pixel values that MMEdu's pipeline subtracts and divides by, RGB, 0-255 (ImageNet's mean and deviation).
IMAGENET_MEAN = (123.675, 116.28, 103.53)
IMAGENET_STD = (58.395, 57.12, 57.375)
GREY = (104, 116, 124)
"""IMAGENET_MEAN in BGR: normalised, it is nothing."""
Resize = Literal["shorter_side", "longer_side", "squash"]


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """How a BGR picture becomes the network's input.

    `shorter_side` keeps the aspect: the shorter side becomes `resize_px`, then the centre `size_px` square is
    cut (what MMEdu validates with). `longer_side`, too: the longer side becomes `resize_px`, and grey fills the
    square. With a `resize_px` of `size_px` nothing is cut off an animal up to four times as long as wide. `squash`
    stretches to a `resize_px` square first (what XEduHub does).
    """

    size_px: int = 224
    resize_px: int = 256
    resize: Resize = "shorter_side"
    interpolation: Literal["bilinear", "area"] = "bilinear"
    """`area` averages pixels when shrinking (no aliasing of large photos) and is bilinear when enlarging."""
    mean: tuple[float, ...] = IMAGENET_MEAN
    """One per channel, of 0 to 255, RGB."""
    std: tuple[float, ...] = IMAGENET_STD
    channels: Literal[1, 3] = 3
    """1 only for a LeNet that MMEdu exported; our own LeNet turns grey inside the network."""

    def resized(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The (size_px, size_px, 3) uint8 BGR square the network sees of a (H, W, 3) uint8 BGR picture."""
        image = _not_too_narrow(image)
        height, width = image.shape[:2]
        if self.resize == "squash":
            new_w = new_h = self.resize_px
        elif self.resize == "longer_side":
            scale = self.resize_px / max(height, width)
            new_w, new_h = max(1, round(width * scale)), max(1, round(height * scale))
        else:
            scale = self.resize_px / min(height, width)
            new_w, new_h = max(self.size_px, round(width * scale)), max(self.size_px, round(height * scale))
        shrinks = new_w < width or new_h < height
        method = cv2.INTER_AREA if self.interpolation == "area" and shrinks else cv2.INTER_LINEAR
        big = cv2.resize(image, (new_w, new_h), interpolation=method)
        beside, below = max(0, self.size_px - new_w), max(0, self.size_px - new_h)
        if beside or below:  # only with `longer_side`
            sides = (below // 2, below - below // 2, beside // 2, beside - beside // 2)
            big = cv2.copyMakeBorder(big, *sides, cv2.BORDER_CONSTANT, value=GREY)
            new_h, new_w = big.shape[:2]
        top, left = (new_h - self.size_px) // 2, (new_w - self.size_px) // 2
        return np.asarray(big[top : top + self.size_px, left : left + self.size_px], np.uint8)

    def __call__(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(channels, size_px, size_px) float32, RGB, normalised, of a (H, W, 3) uint8 BGR picture."""
        square = self.resized(image)
        planes = [cv2.cvtColor(square, cv2.COLOR_BGR2GRAY)] if self.channels == 1 else cv2.split(square)[::-1]
        normal = np.empty((len(planes), *square.shape[:2]), np.float32)
        levels = np.arange(256, dtype=np.float32)
        for plane, mean, std, out in zip(planes, self.mean, self.std, normal, strict=True):
            # a table of the 256 possible values: the same numbers in a tenth of the time
            cv2.LUT(plane, (levels - np.float32(mean)) / np.float32(std), dst=out)
        return normal


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Everything a model file says of itself, as kept in its `gardenwatch` metadata."""

    model_id: str
    """Short and unique, such as `mobilenet_v2-3fa91c02` (backbone and digest of the weights)."""
    labels: tuple[Label, ...]
    """In the order of the network's outputs."""
    preprocessing: Preprocessing = field(default_factory=Preprocessing)
    unknown_below: Annotated[float, Field(ge=0, le=1)] = 0.5
    """A combined probability under this is answered `unknown`."""
    strange_below: Annotated[float, Field(ge=0, le=1)] = 0.0
    """So is an animal that is less familiar than this, however sure its name; 0 where the file does not say."""
    dataset: dict[str, Any] = field(default_factory=dict)
    """digest, counts per class and split."""
    metrics: dict[str, Any] = field(default_factory=dict)
    """Measured on the frozen test split, through this very preprocessing and ONNX Runtime."""
    self_test: tuple[float, ...] = ()
    """Expected probabilities for `self_test_image()`."""
    provenance: dict[str, Any] = field(default_factory=dict)
    """Versions, command, seed, start weights, date."""

    def answer(self, probabilities: NDArray[np.float32], familiarity: float) -> tuple[str, float]:
        """The label's key that (K,) probabilities and the familiarity of one picture amount to, or `unknown`, and how
        sure that is: of `unknown` never more than `unknown_below`."""
        best = int(probabilities.argmax())
        label, sure = self.labels[best], float(probabilities[best])
        strange = label.role != "background" and familiarity < self.strange_below
        if strange or sure < self.unknown_below:
            return UNKNOWN, min(sure, self.unknown_below)
        return label.key, sure

    def to_json(self) -> str:
        """ASCII JSON, because XEduHub decodes metadata as `unicode_escape`.

        Raises ValueError for NaN and infinity, which JSON has not."""
        return json.dumps({"contract_version": CONTRACT_VERSION, **asdict(self)}, ensure_ascii=True, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> ModelCard:
        """Raises ModelError for a contract this version does not know, or metadata that does not follow it."""
        todo = N_("export the model again with `gardenwatch-train export`")
        try:
            data = json.loads(text, parse_constant=lambda _name: None)  # older files held NaN
            version = data.pop("contract_version")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            expected = N_("JSON with a contract_version in the model's gardenwatch metadata")
            raise ModelError(expected, "{error}", todo, error=error) from error
        if version != CONTRACT_VERSION:
            raise ModelError(
                N_("a model of contract version {known}"),
                N_("version {version}"),
                N_("update Gardenwatch, or export the model again with this version"),
                known=CONTRACT_VERSION,
                version=version,
            )
        try:
            card = _CARDS.validate_python(data)
        except ValidationError as error:
            faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
            expected = N_("gardenwatch metadata of contract {known}")
            raise ModelError(expected, "{faults}", todo, known=CONTRACT_VERSION, faults="; ".join(faults)) from error
        if UNKNOWN in (label.key for label in card.labels):
            raise ModelError(
                N_("labels other than `unknown`, which means that none fits"), "`unknown`", N_("rename that class")
            )
        return card


_CARDS = TypeAdapter(ModelCard)

MOST_NARROW = 4
"""Of a picture longer than this times its width, only the middle is resized: the network sees no more of it."""


def _not_too_narrow(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The middle of a very long picture; enlarging all of a 1×20000 one would take gigabytes."""
    height, width = image.shape[:2]
    if max(height, width) <= MOST_NARROW * min(height, width):
        return image
    most = MOST_NARROW * min(height, width)
    top, left = max(0, (height - most) // 2), max(0, (width - most) // 2)
    return image[top : top + most, left : left + most]


def self_test_image() -> NDArray[np.uint8]:
    """A (240, 320, 3) uint8 BGR picture that any machine draws alike: integer arithmetic only."""
    y, x = np.mgrid[0:240, 0:320]
    image = np.stack([(x * 5 + y * 3) % 256, (x * y // 64) % 256, (255 - (x + 2 * y) // 4) % 256], axis=-1)
    disc = (x - 170) ** 2 + (y - 110) ** 2 < 60**2
    image[disc] = (30, 60, 40)
    return image.astype(np.uint8)
