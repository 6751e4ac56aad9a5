"""No picture of a person is kept; what passes for an animal is kept as before."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edge.decision import Decision
from edge.evidence import BEFORE_S
from edge.privacy import HELD_S, Privacy
from edge.records import Box, Change, Frame, Guess, Moment, Region, Rejection, Track
from edge.settings import DecisionSettings, PrivacySettings
from tests import people
from tests.films import passing_person
from tests.model.tiny import colour_model
from tests.programs import gardenwatch, listed
from tests.test_decision import BEE, GROUND, SLUG, SURE_SLUG, WALKER
from tests.vision.bed import moment

PERSON = Box(100, 20, 90, 300)
"""In a picture 360 pixels high."""


class Garden:
    """A decision with the real privacy, fed with drawn tracks: one track, and what else moves."""

    def __init__(self) -> None:
        self.privacy = Privacy(PrivacySettings())
        self.decision = Decision(DecisionSettings(), (BEE, SLUG, GROUND), 0.5, further_photos=3)
        self.changes: list[Change] = []

    def pass_time(
        self, begin_s: float, end_s: float, track: Track, *others: Box, changed: bool = False, shaken: bool = False
    ) -> list[Change]:
        """What the decision says meanwhile; a look four times a second."""
        said = []
        for number in range(round((end_s - begin_s) * 4)):
            now = moment(begin_s + number / 4)
            frame = Frame(np.zeros((360, 640, 3), np.uint8), number, now)
            seen = replace(track, last_seen=now)
            hidden = self.privacy.hides(frame, [Region(box) for box in (track.box, *others)], changed, shaken)
            guesses = {track.id: Guess(now, track.box, SURE_SLUG)}
            said += self.decision.step(frame, [seen], guesses, hidden)
        self.changes += said
        return said

    def rejections(self) -> list[Rejection]:
        self.changes += self.decision.finish()
        return self.decision.take_rejections()


def test_what_is_as_large_as_a_person_is_counted_without_a_picture() -> None:
    garden = Garden()
    garden.pass_time(0, 5, replace(WALKER, box=PERSON))
    assert garden.changes == []
    (one,) = garden.rejections()
    assert (one.reason, one.shot, one.box) == ("withheld", None, PERSON)
    assert garden.decision.withheld == 1


def test_something_under_the_limit_keeps_its_photo() -> None:
    garden = Garden()
    (opened,) = garden.pass_time(0, 5, replace(WALKER, box=Box(100, 100, 60, 125)))
    assert opened.shot is not None
    assert not opened.withheld


def test_who_was_large_for_a_moment_only_leaves_no_picture_either() -> None:
    garden = Garden()
    garden.pass_time(0, 0.5, WALKER)
    garden.pass_time(0.5, 0.75, replace(WALKER, box=PERSON))
    (one,) = garden.rejections()
    assert one.shot is None


def test_an_animal_that_seemed_large_for_a_moment_keeps_its_photo() -> None:
    """It flew past another."""
    garden = Garden()
    garden.pass_time(0, 3, WALKER)
    garden.pass_time(3, 3.25, replace(WALKER, box=PERSON))
    garden.pass_time(3.25, 6, WALKER)
    assert [change.kind for change in garden.changes if change.shot][:1] == ["opened"]
    assert not any(change.withheld for change in garden.changes)


def test_parts_that_walk_together_are_a_person() -> None:
    """Head, body and legs come apart; none of them is large."""
    head, body, legs = Box(130, 20, 40, 50), Box(110, 80, 80, 120), Box(120, 210, 60, 100)
    garden = Garden()
    garden.pass_time(0, 5, replace(WALKER, box=head), body, legs)
    assert [change.shot for change in garden.changes] == [None]
    assert garden.changes[0].withheld


def test_a_gust_that_moves_much_for_a_moment_is_no_person() -> None:
    garden = Garden()
    garden.pass_time(0, 3, WALKER)
    assert garden.pass_time(3, 3.5, WALKER, Box(180, 20, 90, 300)) == []
    garden.pass_time(3.5, 6, WALKER)
    assert not any(change.withheld for change in garden.changes)


def test_a_knock_that_makes_all_of_the_picture_move_is_no_person() -> None:
    """Animals were withheld for twenty seconds after each."""
    garden = Garden()
    garden.pass_time(0, 3, WALKER)
    assert garden.pass_time(3, 4.25, WALKER, Box(180, 20, 400, 300), shaken=True) == []
    garden.pass_time(4.25, 7, WALKER)
    assert not any(change.withheld for change in garden.changes)


def test_who_stands_before_a_camera_that_goes_on_shaking_is_a_person() -> None:
    garden = Garden()
    garden.pass_time(0, 3, WALKER)
    (taken_back,) = [one for one in garden.pass_time(3, 7, WALKER, Box(180, 20, 90, 300), shaken=True) if one.withheld]
    assert taken_back.shot is None


def test_leaves_all_over_the_picture_are_no_person() -> None:
    garden = Garden()
    leaves = [Box(x, y, 12, 10) for x in range(100, 300, 45) for y in range(40, 300, 45)]
    (opened,) = garden.pass_time(0, 5, replace(WALKER, box=Box(110, 100, 40, 30)), *leaves)
    assert opened.shot is not None


def test_a_photo_taken_just_before_a_person_was_seen_there_is_taken_back() -> None:
    """The animal may have been a foot."""
    garden = Garden()
    garden.pass_time(0, 3, WALKER)
    (taken_back,) = [one for one in garden.pass_time(3, 4.5, WALKER, Box(180, 20, 90, 300)) if one.withheld]
    assert (taken_back.withheld, taken_back.shot) == (True, None)


def test_further_pictures_from_just_before_a_person_came_are_given_up() -> None:
    garden = Garden()
    garden.pass_time(0, 20, WALKER)
    garden.pass_time(20, 21, WALKER, Box(180, 20, 90, 300))
    (closed,) = garden.decision.finish()
    taken = [shot.moment.tick_s - moment(0).tick_s for shot in closed.further]
    assert taken
    assert max(taken) <= 21 - BEFORE_S


def test_a_visit_whose_photo_is_withheld_keeps_no_further_ones() -> None:
    garden = Garden()
    garden.pass_time(0, 5, WALKER)
    garden.pass_time(5, 6, WALKER, Box(180, 20, 90, 300))
    (closed,) = garden.decision.finish()
    assert (closed.shot, closed.further) == (None, ())


def test_an_earlier_photo_of_an_animal_is_kept_when_a_person_passes() -> None:
    garden = Garden()
    garden.pass_time(0, 3, WALKER)
    later = 3 + BEFORE_S + 1
    garden.pass_time(3, later, replace(WALKER, box=Box(200, 100, 8, 6)))  # worse looks, so no better photo
    assert [
        change for change in garden.pass_time(later, later + 1, WALKER, Box(180, 20, 90, 300)) if change.withheld
    ] == []


def test_what_was_rejected_just_before_a_person_was_seen_there_keeps_no_picture() -> None:
    """It was a foot; what lay elsewhere keeps its picture."""
    garden = Garden()
    garden.pass_time(0, 1, WALKER)
    garden.pass_time(1, 1.75, replace(WALKER, id=2, box=Box(560, 300, 20, 20)))
    assert garden.decision.take_rejections(moment(2)) == [], "they wait"
    garden.pass_time(2, 4, replace(WALKER, id=3, box=Box(180, 20, 90, 300)))
    kept = {one.box: one.shot is not None for one in garden.decision.take_rejections(moment(2 + BEFORE_S))}
    assert kept == {WALKER.box: False, Box(560, 300, 20, 20): True}


def test_nothing_is_taken_beside_a_person_until_some_time_after() -> None:
    garden = Garden()
    beside = Box(WALKER.box.x + WALKER.box.w + 5, 20, 90, 300)
    said = garden.pass_time(0, 3, WALKER, beside)
    assert [(change.shot, change.withheld) for change in said] == [(None, True)]
    assert [change.shot for change in garden.pass_time(3, 3 + HELD_S - 1, WALKER) if change.shot] == []
    assert [change.shot for change in garden.pass_time(3 + HELD_S, 5 + HELD_S, WALKER) if change.shot]


def test_what_came_in_just_before_the_whole_picture_changed_keeps_no_picture() -> None:
    """Somebody who steps before the camera changes all of it, and came in as something small."""
    garden = Garden()
    garden.pass_time(0, 3, WALKER)
    assert garden.pass_time(3, 3.5, WALKER, changed=True)[0].withheld
    rested = Garden()
    rested.pass_time(0, 3, replace(WALKER, from_edge=False))
    assert rested.pass_time(3, 3.5, replace(WALKER, from_edge=False), changed=True) == []


def test_the_limit_may_be_chosen() -> None:
    frame = Frame(np.zeros((360, 640, 3), np.uint8), 0, Moment(moment(0).wall, 0.0, None))
    regions = [Region(Box(0, 0, 60, 100))]
    assert not Privacy(PrivacySettings(max_region=0.3)).hides(frame, regions, False).perhaps
    assert Privacy(PrivacySettings(max_region=0.2)).hides(frame, regions, False).perhaps


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return colour_model(tmp_path_factory.mktemp("model") / "colours.onnx")


@pytest.mark.parametrize(
    "draw",
    [
        pytest.param(people.walks_through(0.45), id="walks_through_far_away"),
        pytest.param(people.walks_through(0.9), id="walks_through_near"),
        people.stands_a_while,
        people.reaches_in,
        people.kneels_down,
        people.in_parts,
        people.legs_only,
    ],
)
def test_a_person_in_the_garden_leaves_no_picture(draw: people.Draw, model: Path, tmp_path: Path) -> None:
    """In the colours of the model's pest, so that without privacy photos would be kept."""
    film = people.film_of(tmp_path / "person.avi", draw)
    run = gardenwatch("run", "--source", film, "--model", model, "--data", tmp_path / "data", "--dry-run")
    assert run.returncode == 0, run.stderr
    assert "withheld, because a person may be on the picture" in run.stdout
    assert kept_pictures(tmp_path / "data") == 0
    with closing(sqlite3.connect(tmp_path / "data" / "gardenwatch.db")) as db:
        assert db.execute("SELECT sum(count) FROM withheld").fetchone()[0] >= 1
    assert b"\xff\xd8\xff" not in (tmp_path / "data" / "gardenwatch.db").read_bytes(), "no JPEG is left in a free page"


def test_without_the_limit_a_picture_of_them_would_be_kept(model: Path, tmp_path: Path) -> None:
    """That the film shows what the test above takes for granted."""
    film = passing_person(tmp_path / "person.avi", 0.45)
    (tmp_path / "c.yaml").write_text(f"privacy: {{max_region: 1.0}}\nmodel: {{path: {model}}}\ndata: data\n")
    run = gardenwatch("run", "--config", tmp_path / "c.yaml", "--source", film, "--dry-run")
    assert run.returncode == 0, run.stderr
    assert kept_pictures(tmp_path / "data") > 0


def test_an_animal_s_photo_with_a_person_on_it_goes_from_the_disk(model: Path, tmp_path: Path) -> None:
    film = passing_person(tmp_path / "person.avi", 0.6, dot=True)
    run = gardenwatch("run", "--source", film, "--model", model, "--data", tmp_path / "data", "--dry-run")
    assert run.returncode == 0, run.stderr
    (row,) = listed(tmp_path / "data")
    assert (row["label"], row["photo"], row["photo_missing"]) == ("beetle", None, "withheld")
    assert kept_pictures(tmp_path / "data") == 0


def kept_pictures(data: Path) -> int:
    with closing(sqlite3.connect(data / "gardenwatch.db")) as db:
        small = db.execute("SELECT count(*) FROM rejections WHERE picture IS NOT NULL").fetchone()[0]
    return int(small) + len(list((data / "photos").rglob("*.jpg")))
