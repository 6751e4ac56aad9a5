"""Everything that `evaluate` says of a model, with how sure it is."""

from __future__ import annotations

import csv
import json
import math
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from training.bootstrap import Interval, Intervals, intervals
from training.calibration import reliability
from training.evaluate import Evaluation, evaluate, speed_ms
from training.layout import Photo
from training.manifest import read_manifest
from training.plots import plot_confusion
from training.sizes import AtSize, at_sizes

MOST_WRONG = 20


@dataclass(frozen=True, slots=True)
class OfSource:
    """The photos of one source."""

    source: str
    photos: int
    top1: float


@dataclass(frozen=True, slots=True)
class Wrong:
    """A photo that is called something else, with the confidence of that."""

    path: Path
    label: str
    answer: str
    confidence: float


@dataclass(frozen=True, slots=True, eq=False)
class Assessment:
    """All of it; `sources` are empty where no manifest names them."""

    model: str
    evaluation: Evaluation
    intervals: Intervals
    sizes: list[AtSize]
    sources: list[OfSource]
    most_wrong: list[Wrong]
    speed_ms: dict[int, float]


def assess(model: Path, photos: tuple[Photo, ...], root: Path) -> Assessment:
    """`root` is the set, whose manifest names groups and sources. Raises as `evaluate` does."""
    return assessed(model, evaluate(model, photos), photos, root)


def assessed(model: Path, done: Evaluation, photos: tuple[Photo, ...], root: Path) -> Assessment:
    """The same of an evaluation that is there."""
    answers = done.probabilities.argmax(1)
    return Assessment(
        model=model.name,
        evaluation=done,
        intervals=intervals(done.truth, answers, len(done.figures.labels), groups_of(done.photos, root)),
        sizes=at_sizes(model, photos),
        sources=_by_source(done, root),
        most_wrong=_most_wrong(done),
        speed_ms=speed_ms(model, done.photos[0].path),
    )


def groups_of(photos: list[Photo], root: Path) -> list[str]:
    """What each photo belongs to: its group in the manifest, which may hold several sightings, or its sighting, else
    the photo alone."""
    rows = read_manifest(root)
    groups = []
    for name in (_name(photo, root) for photo in photos):
        row = rows.get(name, {})
        told = (f"{column} {row[column]}" for column in ("group", "sighting_id") if row.get(column))
        groups.append(next(told, name))
    return groups


def write_assessment(assessment: Assessment, out: Path) -> None:
    """figures.json, confusion.csv, confusion.png, and answers.csv with every photo's answer, into the folder."""
    done = assessment.evaluation
    figures = done.figures
    text = json.dumps(to_dict(assessment), indent=1, ensure_ascii=False)
    (out / "figures.json").write_text(text + "\n", encoding="utf-8")
    with (out / "confusion.csv").open("w", encoding="utf-8-sig", newline="") as file:  # BOM: for spreadsheets
        writer = csv.writer(file)
        writer.writerow(["true \\ answer", *figures.labels])
        writer.writerows([label, *row] for label, row in zip(figures.labels, figures.confusion.tolist(), strict=True))
    with (out / "answers.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["path", "class", "answer", "confidence"])
        for photo, row in zip(done.photos, done.probabilities, strict=True):
            best = int(row.argmax())
            writer.writerow([photo.path.as_posix(), photo.label, figures.labels[best], f"{row[best]:.4f}"])
    plot_confusion(figures, out / "confusion.png")


def to_dict(assessment: Assessment) -> dict[str, Any]:
    """Plain values for JSON; intervals are [low, high], null where there is nothing to tell."""
    done, limits = assessment.evaluation, assessment.intervals
    data = done.figures.to_dict()
    for i, figures in enumerate(done.figures.classes):
        data["per_class"][figures.label] |= {
            "f1": figures.f1,
            "precision_interval": _plain(limits.precision[i]),
            "recall_interval": _plain(limits.recall[i]),
            "f1_interval": _plain(limits.f1[i]),
        }
    return data | {
        "model": assessment.model,
        "model_id": done.card.model_id,
        "top1_interval": _plain(limits.top1),
        "macro_recall_interval": _plain(limits.macro_recall),
        "ece": done.ece,
        "reliability": [asdict(one) for one in reliability(done.probabilities, done.truth)],
        "sizes": [asdict(size) for size in assessment.sizes],
        "sources": [asdict(source) for source in assessment.sources],
        "most_wrong": [asdict(wrong) | {"path": wrong.path.as_posix()} for wrong in assessment.most_wrong],
        "speed_ms": {str(threads): round(ms, 2) for threads, ms in assessment.speed_ms.items()},
        "left_out": done.left_out,
    }


def _plain(interval: Interval) -> list[float] | None:
    return None if math.isnan(interval[0]) else list(interval)


def _name(photo: Photo, root: Path) -> str:
    return photo.path.relative_to(root).as_posix() if photo.path.is_relative_to(root) else photo.path.as_posix()


def _by_source(done: Evaluation, root: Path) -> list[OfSource]:
    rows = read_manifest(root)
    right: dict[str, list[bool]] = defaultdict(list)
    for photo, true, answer in zip(done.photos, done.truth, done.probabilities.argmax(1), strict=True):
        source = rows.get(_name(photo, root), {}).get("source")
        if source:
            right[source].append(bool(true == answer))
    return [OfSource(name, len(hits), sum(hits) / len(hits)) for name, hits in sorted(right.items())]


def _most_wrong(done: Evaluation) -> list[Wrong]:
    """First those to which their right class seemed least likely."""
    rows = np.arange(len(done.truth))
    order = np.argsort(done.probabilities[rows, done.truth], kind="stable")
    answers = done.probabilities.argmax(1)
    wrong = [int(i) for i in order if answers[i] != done.truth[i]][:MOST_WRONG]
    labels = done.figures.labels
    return [
        Wrong(done.photos[i].path, done.photos[i].label, labels[answers[i]], float(done.probabilities[i, answers[i]]))
        for i in wrong
    ]
