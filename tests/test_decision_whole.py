"""Mode `frame`: consecutive agreeing answers about the whole picture are one visit."""

from __future__ import annotations

from edge.decision_whole import WholeDecision
from edge.model.labels import Label
from edge.records import Change, Frame, Guess
from edge.settings import DecisionSettings
from edge.vision.whole import WholeGate, WholeLooks, WholeTracker
from tests.vision.bed import moment, soil

BEE = Label("bee", "bee", "蜜蜂", role="beneficial")
SLUG = Label("slug", "slug", "蛞蝓", role="pest")
GROUND = Label("background", "background", "背景", role="background")
ANSWERS = {"bee": (0.9, 0.05, 0.05), "slug": (0.05, 0.9, 0.05), "ground": (0.05, 0.05, 0.9), "unsure": (0.4, 0.3, 0.3)}


def test_agreeing_answers_in_a_row_are_one_visit():
    changes = _watch(["ground"] * 3 + ["slug"] * 8 + ["ground"] * 3)
    assert [change.kind for change in changes] == ["opened", "closed"]
    sighting = changes[-1].sighting
    assert (sighting.label, sighting.first_seen.tick_s, sighting.last_seen.tick_s) == ("slug", 3, 10)


def test_another_animal_begins_another_visit():
    changes = _watch(["slug"] * 4 + ["bee"] * 4 + ["ground"])
    assert [(c.kind, c.sighting.label) for c in changes] == [
        ("opened", "slug"),
        ("closed", "slug"),
        ("opened", "bee"),
        ("closed", "bee"),
    ]


def test_an_unsure_answer_does_not_cut_a_visit_in_two():
    changes = _watch(["slug", "slug", "slug", "unsure", "slug", "ground"])
    assert [change.kind for change in changes] == ["opened", "closed"]


def test_unsure_answers_in_a_row_end_a_visit():
    """Else the lamp would stay on where nothing is sure any more."""
    changes = _watch(["slug"] * 4 + ["unsure"] * 5 + ["slug"])
    assert [change.kind for change in changes] == ["opened", "closed"]
    assert changes[-1].sighting.last_seen.tick_s == 3


def test_two_answers_are_not_enough():
    assert _watch(["slug", "slug", "ground"]) == []


def test_the_end_closes_what_is_open():
    assert [change.kind for change in _watch(["slug"] * 5)] == ["opened", "closed"]


def test_the_photo_is_the_whole_picture_where_a_person_chose_to_keep_those():
    shot = _watch(["slug"] * 3, keeps_pictures=True)[0].shot
    assert shot is not None
    assert shot.image.shape == soil().shape


def test_a_whole_picture_is_not_kept_unasked():
    change = _watch(["slug"] * 3)[0]
    assert (change.shot, change.withheld) == (None, True)


def test_what_is_like_nothing_that_was_learned_is_no_visit():
    assert _watch(["slug"] * 4, familiarity=0.3) == []
    assert [change.kind for change in _watch(["slug"] * 4, familiarity=0.6)] == ["opened", "closed"]


def _watch(answers: list[str], keeps_pictures: bool = False, familiarity: float = 1.0) -> list[Change]:
    """One answer a second, ten frames a second."""
    gate, tracker, looks = WholeGate(), WholeTracker(), WholeLooks(1.0)
    decision = WholeDecision(DecisionSettings(), (BEE, SLUG, GROUND), 0.5, keeps_pictures, strange_below=0.5)
    changes: list[Change] = []
    for index in range(10 * len(answers)):
        frame = Frame(soil(), index, moment(index / 10))
        tracks = tracker.follow(frame, gate.regions(frame, decision.animals))
        guesses = {
            look.track_id: Guess(frame.moment, look.box, ANSWERS[answers[index // 10]], familiarity)
            for look in looks.choose(frame, tracks)
        }
        changes += decision.step(frame, tracks, guesses)
    return changes + decision.finish()
