"""Seconds watched and blind, summed up."""

from __future__ import annotations

from edge.store.effort import EffortLog
from tests.store.visits import moment


def test_seconds_that_could_not_be_written_come_again_with_the_later_ones() -> None:
    log = EffortLog()
    log.add(moment(10), 4.0, None)
    efforts, _ = log.take()
    log.add(moment(20), 3.0, None)
    log.give_back(efforts)
    (again,), last = log.take()
    assert (again.kind, again.seconds, again.slice_start) == ("watched", 7.0, moment(10).wall)
    assert last == moment(20).wall


def test_withheld_movers_are_counted_by_quarter_of_an_hour_and_come_again_where_they_could_not_be_written() -> None:
    log = EffortLog()
    log.withhold(moment(10), 2)
    log.withhold(moment(20), 1)
    log.withhold(moment(2000), 5)
    counts = log.take_withheld()
    assert [one.count for one in counts] == [3, 5]
    log.withhold(moment(30), 1)
    log.give_back_withheld(counts)
    assert sorted(one.count for one in log.take_withheld()) == [4, 5]
    assert log.take_withheld() == []


def test_what_was_taken_is_not_told_twice() -> None:
    log = EffortLog()
    log.add(moment(10), 4.0, "dark")
    assert [effort.kind for effort in log.take()[0]] == ["dark"]
    assert log.take()[0] == []
