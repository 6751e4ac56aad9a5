"""How often the machine was right here, as far as people have looked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, render_template

from edge.model.labels import UNKNOWN
from edge.review.charts.rate import wilson_range
from edge.review.web.garden import record
from edge.store.judged import Judged, judged_between

view = Blueprint("accuracy", __name__)


@dataclass(frozen=True, slots=True)
class Score:
    """Of one class, or of all of a model's."""

    label: str
    judged: int
    right: int
    low: float
    """The 95 % range of the true share."""
    high: float
    no_animal: int
    others: tuple[tuple[str, int], ...]
    """What people said instead, the most frequent first."""

    @property
    def share(self) -> float:
        return self.right / self.judged if self.judged else 0.0


@view.get("/accuracy")
def accuracy() -> str:
    """By model, the one with the most verdicts first."""
    always = (datetime.fromtimestamp(0, UTC), datetime(9999, 1, 1, tzinfo=UTC))
    found = record().ask(lambda db: judged_between(db, *always))
    models: dict[str, list[Judged]] = {}
    for one in found:
        models.setdefault(one.model_id, []).append(one)
    pages = []
    for model, every in models.items():
        named = [one for one in every if one.label != UNKNOWN and one.judged]
        unknown = next((_score(one.label, [one]) for one in every if one.label == UNKNOWN), None)
        pages.append((model, _score("", named), [_score(one.label, [one]) for one in named], unknown))
    return render_template("accuracy.html", models=sorted(pages, key=lambda page: -page[1].judged))


def _score(label: str, found: list[Judged]) -> Score:
    right, judged = sum(one.right for one in found), sum(one.judged for one in found)
    low, high = wilson_range(right, judged)
    instead: dict[str, int] = {}
    for one in found:
        for key, count in one.instead.items():
            instead[key] = instead.get(key, 0) + count
    no_animal = instead.pop("background", 0)
    others = sorted(instead.items(), key=lambda item: -item[1])
    return Score(label, judged, right, low, high, no_animal, tuple(others))
