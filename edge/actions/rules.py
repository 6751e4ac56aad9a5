"""Which rules fire at what is seen, and which are held back, for what reason."""

from __future__ import annotations

import difflib
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from edge.actions.settings import Hours, RuleSettings, WhenSettings
from edge.board.fake import PINS
from edge.errors import ConfigError
from edge.language import _
from edge.model.labels import UNKNOWN, Label
from edge.records import Change, Moment, Sighting
from edge.settings import Config

Held = Literal["hours", "not_first", "count", "quiet", "cooldown", "per_day"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one rule made of one visit that is what it asks for."""

    rule: RuleSettings
    sighting: Sighting
    held: Held | None
    """Why it did not fire; None where it did."""
    value: float = 0.0
    """Seconds of the cooldown that are left, or how many visits there were."""


@dataclass(slots=True)
class _Past:
    """What one rule remembers."""

    fired_s: float | None = None
    day: date | None = None
    fired_today: int = 0
    seen_today: set[str] = field(default_factory=set)
    lately_s: deque[float] = field(default_factory=deque)
    asked: set[str] = field(default_factory=set)
    """Visits that are there now, and were asked."""


class Rules:
    """All rules; each asks a visit once, when it first is what the rule wants."""

    def __init__(self, settings: Sequence[RuleSettings], local: Callable[[datetime], datetime]) -> None:
        """`local` gives an instant on the site's clock."""
        self._local = local
        self._rules = [(rule, _Past(lately_s=deque(maxlen=rule.when.count))) for rule in settings]

    @property
    def pins(self) -> set[str]:
        return {action.pin for rule, _past in self._rules for action in rule.do.pins}

    @property
    def memory(self) -> timedelta:
        """How far back what they remember can matter."""
        spans = [max(rule.cooldown_s, rule.when.within_s) for rule, _past in self._rules]
        return max(timedelta(days=1), timedelta(seconds=max(spans, default=0)))

    def judge(self, change: Change, now: Moment) -> list[Outcome]:
        """What each rule makes of that change; nothing of those that ask for something else."""
        outcomes = []
        for rule, past in self._rules:
            sighting = change.sighting
            if change.kind == "closed":
                past.asked.discard(sighting.id)
            elif sighting.id not in past.asked and is_meant(rule.when, sighting):
                past.asked.add(sighting.id)
                outcomes.append(self._ask(rule, past, sighting, now))
        return outcomes

    def no_longer(self, change: Change) -> list[str]:
        """Names of the rules for which that animal is gone, or is something else by now."""
        gone = change.kind == "closed"
        return [rule.name for rule, _past in self._rules if gone or not is_meant(rule.when, change.sighting)]

    def _ask(self, rule: RuleSettings, past: _Past, sighting: Sighting, now: Moment) -> Outcome:
        when, clock = rule.when, self._local(now.wall)
        if clock.date() != past.day:
            past.day, past.fired_today, past.seen_today = clock.date(), 0, set()
        if when.hours and not _is_within(when.hours, clock):
            return Outcome(rule, sighting, "hours")
        is_first = sighting.label not in past.seen_today
        past.seen_today.add(sighting.label)
        if when.first_of_day and not is_first:
            return Outcome(rule, sighting, "not_first")
        past.lately_s.append(now.tick_s)
        lately = sum(now.tick_s - tick_s <= when.within_s for tick_s in past.lately_s)
        if lately < when.count:
            return Outcome(rule, sighting, "count", lately)
        if rule.quiet and _is_within(rule.quiet, clock):
            return Outcome(rule, sighting, "quiet")
        left_s = 0.0 if past.fired_s is None else past.fired_s + rule.cooldown_s - now.tick_s
        if left_s > 0:
            return Outcome(rule, sighting, "cooldown", left_s)
        if rule.per_day is not None and past.fired_today >= rule.per_day:
            return Outcome(rule, sighting, "per_day", past.fired_today)
        past.fired_s, past.fired_today = now.tick_s, past.fired_today + 1
        past.lately_s.clear()
        return Outcome(rule, sighting, None)


def is_meant(when: WhenSettings, sighting: Sighting) -> bool:
    """Whether it is what the rule asks for, whatever the hour."""
    return (
        (not when.labels or sighting.label in when.labels)
        and (not when.roles or sighting.role in when.roles)
        and sighting.confidence >= when.min_confidence
    )


def rules_of(settings: Config, labels: Sequence[Label], local: Callable[[datetime], datetime]) -> Rules:
    """The configured rules. Raises ConfigError for a label that the model does not know, which would never come, and
    for a pin that the board does not have, which would fail all of it."""
    known = [*(label.key for label in labels if label.role != "background"), UNKNOWN]
    pins = {f"D{number}" for number in PINS.get(settings.board.name.lower(), ())}
    for rule in settings.rules:
        if rule.do.takes_photos and settings.watch.mode == "frame":
            found = _("mode frame, and photos in the rule {rule}").format(rule=rule.name)
            raise ConfigError("watch.mode: regions", found, _("there are no crops in that mode"))
        for action in rule.do.pins:
            if pins and action.pin not in pins:
                numbers = PINS[settings.board.name.lower()]
                raise ConfigError(
                    _("a pin from D{first} to D{last} of the board {board}").format(
                        first=numbers[0], last=numbers[-1], board=settings.board.name
                    ),
                    _("{pin} in the rule {rule}").format(pin=action.pin, rule=rule.name),
                    _("choose another pin"),
                )
        for label in rule.when.labels:
            if label not in known:
                near = difflib.get_close_matches(label, known, n=1)
                raise ConfigError(
                    _("labels of the model in rules ({labels})").format(labels=", ".join(known)),
                    _("{label} in the rule {rule}").format(label=label, rule=rule.name),
                    _("write {label}").format(label=near[0]) if near else _("write one of these"),
                )
    return Rules(settings.rules, local)


def _is_within(hours: Hours, clock: datetime) -> bool:
    """The end is no part of it."""
    begin, end, now = hours[:5], hours[6:], f"{clock:%H:%M}"
    return begin <= now < end if begin < end else now >= begin or now < end
