"""Pictures that rules ask for: so many, of the animal, and none where a person may be."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from edge.actions.photos import Order, RulePhotos
from edge.actions.settings import DoSettings
from edge.decision import Decision
from edge.evidence import Evidence
from edge.further import MOST_ORDERED, FurtherShots
from edge.model.labels import Label
from edge.privacy import NOTHING, Hidden
from edge.records import Box, Frame, Shot, Track
from edge.settings import DecisionSettings
from tests.films import SIZE, walking_dot
from tests.model.tiny import colour_model
from tests.programs import gardenwatch
from tests.store.conftest import Folder
from tests.store.visits import sighting
from tests.test_decision import WALKER
from tests.vision.bed import moment

LABELS = [Label("slug", "slug", "蛞蝓", role="pest")]
HERE = Box(100, 50, 40, 30)
FAR_AWAY = Hidden(large=(Box(900, 50, 300, 600),), longest_px=250)
OVER_IT = Hidden(large=(Box(80, 40, 300, 600),), longest_px=250)


class Visit:
    """One animal that stays in its place while frames go by; `photos` has what was taken of it."""

    def __init__(self, **wish: object) -> None:
        self.photos = RulePhotos(0.35)
        self.decision = Decision(DecisionSettings(), LABELS, 0.5)
        self.track: Track = dataclasses.replace(WALKER, id=1, box=HERE, visible=True)
        self.case = Evidence(LABELS, self.track, FurtherShots(0))
        self.case.sighting = sighting()
        self.decision._cases[1] = self.case
        order = Order.of(DoSettings.model_validate(wish), self.case.sighting.id)
        self.orders = [] if order is None else [order]
        self.second = 0.0

    def pass_s(self, seconds: float, hidden: Hidden = NOTHING, visible: bool = True) -> None:
        """Ten frames a second."""
        track = dataclasses.replace(self.track, visible=visible)
        for _frame in range(round(seconds * 10)):
            frame = Frame(np.zeros((720, 1280, 3), np.uint8), 0, moment(self.second))
            self.photos.take(self.orders, frame, [track], self.decision, hidden)
            self.orders = []
            self.second = round(self.second + 0.1, 3)

    def kept(self) -> tuple[Shot, ...]:
        return self.case.further.chosen(None)

    def times(self) -> list[float]:
        return [round(shot.moment.tick_s, 1) for shot in self.kept()]


def test_a_photo_is_taken_at_once_and_once() -> None:
    visit = Visit(photo=True)
    visit.pass_s(3)
    assert visit.times() == [0.0]
    assert visit.kept()[0].image.shape[:2] == (58, 68), "the animal with its margin"


def test_a_burst_has_so_many_and_so_far_apart() -> None:
    visit = Visit(burst=4, burst_every_s=0.5)
    visit.pass_s(10)
    assert visit.times() == [0.0, 0.5, 1.0, 1.5]


def test_while_the_animal_is_hidden_nothing_is_taken() -> None:
    visit = Visit(photo=True)
    visit.pass_s(2, visible=False)
    visit.pass_s(1)
    assert visit.times() == [2.0]


def test_near_a_person_no_photo_is_taken_but_far_from_one() -> None:
    near, far = Visit(photo=True), Visit(photo=True)
    near.pass_s(2, OVER_IT)
    far.pass_s(2, FAR_AWAY)
    assert near.times() == []
    assert far.times() == [0.0]


def test_a_person_anywhere_forbids_the_whole_picture() -> None:
    visit = Visit(full_frame=True)
    visit.pass_s(2, FAR_AWAY)
    assert visit.times() == []
    visit.pass_s(1)
    assert visit.times() == [2.0]
    assert visit.kept()[0].image.shape == (720, 1280, 3)


def test_a_person_who_comes_shortly_after_takes_the_whole_picture_away() -> None:
    soon, later = Visit(full_frame=True), Visit(full_frame=True)
    soon.pass_s(5)
    soon.pass_s(1, FAR_AWAY)
    later.pass_s(15)
    later.pass_s(1, FAR_AWAY)
    assert soon.times() == []
    assert later.times() == [0.0]


def test_nothing_is_taken_of_what_is_as_large_as_a_person() -> None:
    visit = Visit(photo=True)
    visit.case.large = True
    visit.pass_s(2)
    assert visit.times() == []


def test_all_rules_together_fill_a_visit_with_a_dozen_at_most() -> None:
    visit = Visit(burst=12, burst_every_s=0.1)
    visit.orders.append(Order(visit.orders[0].sighting_id, 12, 0.1, whole=False))
    visit.pass_s(5)
    assert len(visit.kept()) == MOST_ORDERED


@pytest.mark.parametrize("full", [False, True])
def test_a_rule_of_a_real_run_leaves_its_photos_with_the_visit(tmp_path: Path, full: bool) -> None:
    walking_dot(tmp_path / "dot.avi")
    colour_model(tmp_path / "colours.onnx")
    wish = "{burst: 3, burst_every_s: 0.5" + (", full_frame: true}" if full else "}")
    (tmp_path / "c.yaml").write_text(
        "model: {path: colours.onnx}\ndata: data\nstore: {further_photos: 0}\n"
        f"privacy: {{full_frames: {str(full).lower()}}}\nrules:\n- {{name: look, do: {wish}}}\n",
        encoding="utf-8",
    )
    run = gardenwatch("run", "--config", tmp_path / "c.yaml", "--source", tmp_path / "dot.avi", "--dry-run")
    assert run.returncode == 0, run.stderr
    assert "→ rule look: 3 photos, one each 0.5 s" + (", the whole picture" if full else "") in run.stdout
    data = Folder(tmp_path / "data")
    sizes = [tuple(row) for row in data.query("SELECT width, height FROM further_photos ORDER BY number")]
    assert len(sizes) == 3 + full
    assert (SIZE in sizes) == full
