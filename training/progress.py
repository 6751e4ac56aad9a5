"""Keeps where a run stands, so that a killed one goes on."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from training.checkpoint import Checkpoint, save_whole
from training.errors import TrainingError, UsageError
from training.language import _
from training.recipe import Epoch, Material, Recipe
from training.safe_files import replace

FORMAT = "gardenwatch-progress-1"
NAME = "progress.pth"
KEPT = ("classes", "digest", "pads_like", "best", "lesson", "grounds", "teachers")


@dataclass(frozen=True, slots=True)
class Progress:
    """A run after its last whole epoch."""

    recipe: Recipe
    classes: tuple[str, ...]
    digest: str
    pads_like: str
    epochs: list[Epoch]
    best: tuple[float, float]
    lesson: dict[str, Any]
    grounds: tuple[int, ...] | None = None
    """As in the material; None, as `teachers`, in files of before they were kept: nothing is compared then."""
    teachers: tuple[str, ...] | None = None
    """Model ids, in their order."""

    def save(self, run: Path) -> None:
        """Whole or not at all. Raises TrainingError for a full disk."""
        values = {"recipe": asdict(self.recipe), "epochs": [asdict(epoch) for epoch in self.epochs]}
        plain = {name: getattr(self, name) for name in KEPT}
        save_whole({"format": FORMAT, **plain, **values}, run / NAME)

    def shape(self, begun: dict[str, Any]) -> Checkpoint:
        """Its network as it is now, calibrated by nothing; `begun` is said of what the run began with."""
        return Checkpoint(
            backbone=self.recipe.backbone,
            classes=self.classes,
            size_px=self.recipe.size_px,
            state=self.lesson["network"],
            pads_like=self.pads_like,
            temperature=1.0,
            unknown_below=0.0,
            provenance=begun,
        )

    def check(self, material: Material) -> None:
        """Raises UsageError where the set, its grounds, or the teachers are not those that the run began with."""
        if self.classes != material.classes or self.digest != material.dataset["digest"]:
            found = _("other photos or classes ({classes})").format(classes=", ".join(material.classes))
            todo = _("give that set, and the same --extra where one was given, or begin anew without --resume")
            expected = _("the set that the run began with ({classes})").format(classes=", ".join(self.classes))
            raise UsageError(expected, found, todo)
        if self.grounds is not None and self.grounds != material.grounds:
            expected = _("the classes without an animal that the run began with ({classes})")
            todo = _("give the same --labels, or none where none was given")
            raise UsageError(expected.format(classes=self._named(self.grounds)), self._named(material.grounds), todo)
        if self.teachers is not None and self.teachers != teachers_of(material):
            expected = _("the teachers that the run began with ({teachers})")
            todo = _("give the same --teacher files, in their order")
            raise UsageError(expected.format(teachers=_list(self.teachers)), _list(teachers_of(material)), todo)

    def _named(self, places: Iterable[int]) -> str:
        return _list(self.classes[place] for place in places)


def teachers_of(material: Material) -> tuple[str, ...]:
    """The model ids of those that the material names."""
    return tuple(material.dataset.get("teachers", ()))


def _list(names: Iterable[str]) -> str:
    return ", ".join(names) or _("none")


def load_progress(run: Path) -> Progress:
    """Raises UsageError where there is no run that could go on."""
    path = run / NAME
    todo = _("begin anew without --resume, or give --checkpoint {best}").format(best=run / "best.pth")
    if not path.is_file():
        raise UsageError(_("a run that was broken off after an epoch"), _("no {path}").format(path=path), todo)
    try:
        data = torch.load(path, map_location="cpu", weights_only=True)
        if data.pop("format") != FORMAT:
            raise ValueError("another format")
        data["recipe"] = Recipe(**data["recipe"])
        data["epochs"] = [Epoch(**epoch) for epoch in data["epochs"]]
        data["classes"], data["best"] = tuple(data["classes"]), tuple(data["best"])
        return Progress(**data)
    except Exception as error:  # torch raises whatever the damage makes it trip over
        found = _("{path}, which is none ({error})").format(path=path, error=str(error)[:120])
        raise UsageError(_("a run that was broken off after an epoch"), found, todo) from error


def write_metrics(epochs: Sequence[Epoch], path: Path) -> None:
    """One line per epoch; the former lines stay until these are there. Raises TrainingError for a full disk."""
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, [*Epoch.__dataclass_fields__], lineterminator="\n")
    table.writeheader()
    table.writerows(asdict(epoch) for epoch in epochs)
    try:
        replace(path, text.getvalue().encode())
    except OSError as error:
        expected = _("to write {path}").format(path=path)
        raise TrainingError(expected, error.strerror or str(error), _("make room on the disk")) from error
