"""When looks at a track become a sighting, and why not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edge.decision import Decision
from edge.model.labels import Label
from edge.records import Box, Change, Frame, Guess, Track
from edge.settings import DecisionSettings
from tests.vision.bed import beetle, moment, soil

BEE = Label("bee", "bee", "蜜蜂", role="beneficial")
SLUG = Label("slug", "slug", "蛞蝓", role="pest")
GROUND = Label("background", "background", "背景", role="background")
SURE_SLUG, SURE_BEE, SURE_GROUND = (0.05, 0.9, 0.05), (0.9, 0.05, 0.05), (0.02, 0.03, 0.95)
WALKER = Track(
    id=1,
    first_seen=moment(0),
    arrived=moment(0),
    last_seen=moment(0),
    box=Box(200, 100, 40, 30),
    velocity=(20.0, 0.0),
    turns_seen=20,
    visible=True,
    reach=3.0,
    at_edge=False,
    from_edge=True,
    steadiness=1.0,
    stretch_s=2.0,
    fastest=0.5,
    shifts=1.0,
    sank=0.0,
)


def test_opens_once_after_enough_agreeing_looks():
    garden = Garden()
    garden.look(1.0, SURE_SLUG)
    garden.look(1.2, SURE_SLUG)
    assert garden.kinds == []
    garden.look(1.4, SURE_SLUG)
    garden.look(1.6, SURE_SLUG)
    assert garden.kinds == ["opened"]
    sighting = garden.changes[0].sighting
    assert (sighting.label, sighting.role) == ("slug", "pest")
    assert 0.9 < sighting.confidence < 1


@pytest.mark.parametrize(("familiarity", "label"), [(0.3, "unknown"), (0.6, "slug")])
def test_an_animal_like_none_that_was_learned_is_unknown(familiarity, label):
    garden = Garden(strange_below=0.5)
    for number in range(5):
        garden.look(1 + number / 5, SURE_SLUG, familiarity=familiarity)
    sighting = garden.changes[0].sighting
    assert (sighting.label, sighting.role) == (label, "neutral" if label == "unknown" else "pest")
    assert (sighting.confidence <= 0.55) == (label == "unknown"), "nobody is 90 % sure of unknown"
    details = sighting.receipt.details
    assert (details["familiarity"], details["strange_below"]) == (familiarity, 0.5)
    assert ("like none that the model learned" in sighting.receipt.reason) == (label == "unknown")


def test_looks_at_the_ground_do_not_make_an_animal_strange():
    garden = Garden(strange_below=0.5)
    garden.look(1.0, SURE_GROUND, familiarity=0.0)
    for number in range(8):
        garden.look(1.2 + number / 5, SURE_SLUG, familiarity=0.6)
    assert garden.changes[0].sighting.label == "slug"


def test_a_sighting_begins_when_the_animal_was_first_seen_not_when_it_was_named():
    garden = Garden()
    garden.looks(5, SURE_SLUG)
    sighting = garden.changes[0].sighting
    assert sighting.first_seen.tick_s == 0
    assert sighting.decided.tick_s == pytest.approx(1.4)


def test_a_sighting_begins_when_the_animal_had_arrived():
    garden = Garden()
    garden.looks(5, SURE_SLUG, track=replace(WALKER, arrived=moment(0.6)))
    assert garden.changes[0].sighting.first_seen.tick_s == 0.6


def test_a_sighting_never_begins_after_it_was_decided_on():
    garden = Garden()
    garden.looks(5, SURE_SLUG, track=replace(WALKER, arrived=moment(9.0)))
    changes = [*garden.changes, *garden.decision.finish()]
    assert {change.sighting.first_seen.tick_s for change in changes} == {changes[0].sighting.decided.tick_s}


def test_an_opened_sighting_carries_a_photo_with_margin():
    garden = Garden(photo_margin=0.5)
    garden.looks(3, SURE_SLUG)
    shot = garden.changes[0].shot
    assert shot is not None
    assert shot.image.shape == (30 + 40, 40 + 40, 3)
    assert garden.changes[0].sighting.box == shot.box == WALKER.box


def test_closes_when_the_track_is_over_at_the_last_time_it_was_seen():
    garden = Garden()
    garden.looks(3, SURE_SLUG)
    garden.turn(9.0, [])
    assert garden.kinds == ["opened", "closed"]
    assert garden.changes[-1].sighting.last_seen.tick_s == pytest.approx(1.4)


def test_closes_when_the_looks_show_only_ground_where_it_sat():
    garden = Garden(slug_sits=True)
    garden.looks(12, SURE_SLUG)
    garden.slug_sits = False
    garden.looks(6, SURE_GROUND, start=10)
    assert garden.kinds == ["opened", "closed"]
    assert garden.changes[-1].sighting.last_seen.tick_s == pytest.approx(3.2)
    assert garden.changes[-1].sighting.label == "slug"


def test_an_animal_that_sits_unchanged_has_not_left_whatever_the_looks_say():
    garden = Garden(slug_sits=True)
    garden.looks(12, SURE_SLUG)
    garden.looks(6, SURE_GROUND, start=10)
    assert "closed" not in garden.kinds


def test_a_leaf_taken_for_an_animal_while_it_fell_ends_as_background():
    garden = Garden()
    garden.looks(3, SURE_SLUG)
    garden.looks(9, SURE_GROUND, start=5)
    assert garden.kinds[0] == "opened"
    assert garden.kinds[-1] == "closed"
    assert garden.changes[-1].sighting.label == "background"


def test_what_only_fell_is_counted_once_it_moves_by_itself():
    fell = replace(WALKER, sank=0.9, fastest=4.0)
    garden = Garden()
    garden.looks(5, SURE_BEE, track=fell)
    assert garden.kinds == []
    garden.looks(1, SURE_BEE, start=3, track=replace(fell, sank=0.5))
    assert garden.kinds == ["opened"]


def test_one_look_at_a_shadow_closes_nothing():
    garden = Garden()
    garden.looks(6, SURE_SLUG)
    garden.look(4, SURE_GROUND)
    garden.looks(2, SURE_SLUG, start=5)
    assert "closed" not in garden.kinds


def test_a_better_label_improves_the_sighting():
    garden = Garden()
    garden.looks(3, (0.5, 0.4, 0.1))
    garden.looks(8, SURE_SLUG, start=8)
    assert [(c.kind, c.sighting.label) for c in garden.changes[:2]] == [("opened", "bee"), ("improved", "slug")]


def test_improves_at_most_every_few_seconds():
    garden = Garden()
    garden.looks(3, SURE_SLUG)
    for step in range(40):
        garden.look(1.6 + step / 5, SURE_SLUG, replace(WALKER, box=Box(200, 100, 40 + 4 * step, 30)))
    assert garden.kinds.count("improved") <= 2


def test_an_animal_that_fits_no_label_is_unknown():
    garden = Garden()
    garden.looks(3, (0.45, 0.45, 0.1))
    assert garden.changes[0].sighting.label == "unknown"
    assert garden.changes[0].sighting.role == "neutral"


def test_agreeing_looks_are_surer_together_but_never_worth_more_than_two():
    garden = Garden()
    garden.looks(60, (0.3, 0.6, 0.1), start=0)
    garden.turn(30, [])
    alone, together = 0.6 / 0.9, garden.changes[-1].sighting.confidence
    assert alone < together <= alone**2 / (alone**2 + (1 - alone) ** 2)


def test_looks_that_disagree_are_outvoted():
    garden = Garden()
    for second, guess in enumerate([SURE_SLUG, SURE_BEE, SURE_SLUG, SURE_GROUND, SURE_SLUG], start=1):
        garden.look(second, guess)
    assert garden.changes[0].sighting.label == "slug"


@pytest.mark.parametrize(
    ("track", "guess", "looks", "reason"),
    [
        (WALKER, SURE_GROUND, 5, "background"),
        (WALKER, SURE_SLUG, 2, "too_few_looks"),
        (WALKER, (0.33, 0.33, 0.34), 5, "below_threshold"),
        (replace(WALKER, box=Box(200, 100, 9, 4)), SURE_SLUG, 5, "too_small"),
        (replace(WALKER, reach=0.4, from_edge=False), (0.1, 0.8, 0.1), 5, "moves_like_a_plant"),
        (replace(WALKER, steadiness=0.3), (0.1, 0.8, 0.1), 5, "moves_like_a_plant"),
        (replace(WALKER, sank=0.9, fastest=4.0), (0.8, 0.1, 0.1), 5, "falls_like_a_leaf"),
    ],
    ids=["background", "too few looks", "below threshold", "too small", "sways in place", "flickers", "falls"],
)
def test_what_is_no_sighting_has_a_named_reason(
    track: Track, guess: tuple[float, float, float], looks: int, reason: str
):
    garden = Garden()
    garden.looks(looks, guess, track=track)
    garden.turn(20, [])
    assert garden.changes == []
    assert dict(garden.decision.rejected) == {reason: 1}


def test_what_stops_looking_like_an_animal_before_it_came_from_somewhere_has_left():
    garden, swaying = Garden(slug_sits=True), replace(WALKER, reach=0.4, from_edge=False)
    garden.looks(15, (0.1, 0.8, 0.1), track=swaying)
    garden.slug_sits = False
    garden.looks(4, SURE_GROUND, start=5, track=swaying)
    garden.turn(6, [replace(WALKER, last_seen=moment(6))])
    garden.turn(20, [])
    assert garden.changes == []
    assert dict(garden.decision.rejected) == {"left": 1}


def test_what_came_in_faster_than_a_slug_can_is_no_slug():
    """A leaf that fell."""
    garden = Garden()
    garden.looks(8, SURE_SLUG, track=replace(WALKER, fastest=6.0))
    garden.turn(9, [])
    assert garden.kinds == []
    assert dict(garden.decision.rejected) == {"background": 1}


def test_a_visit_ends_with_the_last_look_that_showed_an_animal():
    """The plant it sat on sways on, and is once taken for it."""
    garden = Garden(slug_sits=True)
    garden.looks(8, SURE_SLUG)
    garden.slug_sits = False
    garden.looks(2, SURE_GROUND, start=4)
    garden.look(5, SURE_SLUG)
    garden.slug_sits = True
    garden.look(7, SURE_GROUND)
    garden.turn(9, [])
    assert garden.changes[-1].kind == "closed"
    assert garden.changes[-1].sighting.last_seen.tick_s == 5


def test_what_flew_in_may_be_something_that_flies():
    garden = Garden()
    garden.looks(4, SURE_BEE, track=replace(WALKER, fastest=6.0))
    assert garden.kinds == ["opened"]
    assert garden.changes[0].sighting.label == "bee"


def test_something_rooted_counts_only_when_the_looks_are_quite_sure():
    garden = Garden()
    rooted = replace(WALKER, reach=0.4, from_edge=False)
    garden.looks(5, (0.98, 0.01, 0.01), track=rooted)
    assert garden.kinds == []
    garden.looks(10, (0.98, 0.01, 0.01), start=3, track=rooted)
    assert garden.kinds[0] == "opened"


def test_a_slug_that_was_suddenly_there_counts_once_it_has_crawled():
    """A landed leaf lies there for good, and looks like a slug all the time."""
    garden = Garden()
    lies = replace(WALKER, reach=0.4, from_edge=False)
    garden.looks(20, (0.01, 0.98, 0.01), track=lies)
    assert garden.kinds == []
    garden.looks(2, (0.01, 0.98, 0.01), start=6, track=replace(lies, reach=1.2))
    assert garden.kinds == ["opened"]


def test_the_last_of_a_fall_is_too_fast_for_a_slug_that_comes_out_from_under_a_leaf():
    garden = Garden()
    garden.looks(20, (0.01, 0.98, 0.01), track=replace(WALKER, reach=1.2, fastest=1.5, from_edge=False))
    assert garden.kinds == []


def test_a_slow_animal_that_came_over_the_edge_need_not_have_gone_its_own_length():
    garden = Garden()
    garden.looks(3, (0.1, 0.75, 0.15), track=replace(WALKER, reach=0.4, stretch_s=4.0))
    assert garden.kinds == ["opened"]


def test_what_walked_in_before_the_camera_s_eyes_needs_looks_less_sure():
    garden = Garden()
    doubtful = (0.1, 0.45, 0.45)
    garden.looks(20, doubtful, track=replace(WALKER, stretch_s=4.0, steadiness=0.8))
    assert garden.kinds == []
    garden.looks(2, doubtful, start=6, track=replace(WALKER, stretch_s=4.0))
    assert garden.kinds == ["opened"]


def test_what_fell_in_aslant_needs_looks_as_sure_as_ever():
    garden = Garden()
    garden.looks(20, (0.45, 0.1, 0.45), track=replace(WALKER, stretch_s=4.0, sank=0.5, fastest=4.0))
    assert garden.kinds == []


def test_an_open_sighting_is_kept_from_the_background():
    garden = Garden()
    garden.looks(3, SURE_SLUG)
    assert garden.decision.open_count == 1
    assert any(box.overlap(WALKER.box) > 0.5 for box in garden.decision.animals)
    garden.turn(9, [])
    assert garden.decision.animals == ()


def test_what_looks_like_ground_is_left_to_the_background():
    garden = Garden()
    garden.looks(4, SURE_GROUND)
    assert garden.decision.animals == ()


def test_the_end_of_a_film_closes_what_is_open():
    garden = Garden()
    garden.looks(3, SURE_SLUG)
    assert [change.kind for change in garden.decision.finish()] == ["closed"]
    assert garden.decision.finish() == []


class Garden:
    """Feeds a decision with turns of the loop and keeps what it says."""

    def __init__(self, photo_margin: float = 0.35, slug_sits: bool = False, strange_below: float = 0.0) -> None:
        self.slug_sits = slug_sits
        settings = DecisionSettings(animal=0.6)  # three looks at 0.9 reach it
        self.decision = Decision(settings, (BEE, SLUG, GROUND), 0.55, photo_margin, strange_below=strange_below)
        self.changes: list[Change] = []

    @property
    def kinds(self) -> list[str]:
        return [change.kind for change in self.changes]

    def turn(self, second: float, tracks: list[Track], guesses: dict[int, Guess] | None = None) -> None:
        image = soil().copy()
        if self.slug_sits:
            beetle(image, *WALKER.box.centre)
        frame = Frame(image, round(second * 10), moment(second))
        self.changes += self.decision.step(frame, tracks, guesses or {})

    def look(
        self,
        second: float,
        probabilities: tuple[float, float, float],
        track: Track = WALKER,
        familiarity: float = 1.0,
    ) -> None:
        now = moment(second)
        seen = replace(track, last_seen=now)
        self.turn(second, [seen], {track.id: Guess(now, track.box, probabilities, familiarity)})

    def looks(
        self, count: int, probabilities: tuple[float, float, float], start: float = 1.0, track: Track = WALKER
    ) -> None:
        """So many looks, five a second."""
        for number in range(count):
            self.look(start + number / 5, probabilities, track)
