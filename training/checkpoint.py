"""Keeps a trained network in one file, with all that export needs."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from edge.model.contract import Preprocessing, Resize
from training.errors import TrainingError, UsageError
from training.language import _
from training.network import Network
from training.recipe import preprocessing_of

FORMAT = "gardenwatch-checkpoint-1"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A network after some epoch; plain values only, so that loading it runs no code."""

    backbone: str
    classes: tuple[str, ...]
    state: dict[str, Tensor]
    size_px: int
    temperature: float
    unknown_below: float
    pads_like: str = "torchvision"
    resize: Resize = "shorter_side"
    familiar: dict[str, Any] = field(default_factory=dict)
    """What tells strange from familiar (`Familiar.kept`); empty where it was not learned."""
    dataset: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)
    provenance: dict[str, Any] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Whole or not at all: a full disk or a pulled plug leaves the former file."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        save_whole({"format": FORMAT, **values, "classes": list(self.classes)}, path)

    @property
    def preprocessing(self) -> Preprocessing:
        """What the device shows the network of a photo."""
        return preprocessing_of(self.resize, self.size_px)

    def network(self) -> Network:
        """The network with these weights, ready to answer."""
        network = Network(self.backbone, len(self.classes), self.pads_like)
        network.take_shape_of(self.state)
        network.load_state_dict(self.state)
        return network.eval()


def save_whole(values: dict[str, Any], path: Path) -> None:
    """Write a file of torch's, and put it in place when it is safe on the disk. Raises TrainingError."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            torch.save(values, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except (OSError, RuntimeError) as error:  # torch reports a full disk as a RuntimeError
        part.unlink(missing_ok=True)
        expected = _("to write the checkpoint {path}").format(path=path)
        raise TrainingError(expected, str(error), _("make room on the disk")) from error


def load_checkpoint(path: Path) -> Checkpoint:
    """Of a `.pth` file of a training, or of a `.onnx` file that was exported from one (MobileNetV2 only).

    Raises UsageError for a file that is missing or that `gardenwatch-train` did not write.
    """
    expected = _("a checkpoint that `gardenwatch-train train` wrote")
    todo = _("give RUN/best.pth of a training run")
    if not path.is_file():
        raise UsageError(expected, _("nothing at {path}").format(path=path), todo)
    try:
        if path.suffix == ".onnx":
            from training.exported import read_exported  # which needs the class above

            return read_exported(path)
        data = torch.load(path, map_location="cpu", weights_only=True)
        if data.pop("format") != FORMAT:
            raise ValueError("another format")
        data["classes"] = tuple(data["classes"])
        return Checkpoint(**data)
    except Exception as error:  # torch raises whatever the damage makes it trip over
        found = _("{path}, which is none ({error})").format(path=path, error=str(error)[:120])
        raise UsageError(expected, found, todo) from error
