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


def test_what_was_taken_is_not_told_twice() -> None:
    log = EffortLog()
    log.add(moment(10), 4.0, "dark")
    assert [effort.kind for effort in log.take()[0]] == ["dark"]
    assert log.take()[0] == []
