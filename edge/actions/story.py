"""What rules did and held back, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from edge.actions.lamp_words import pattern_in_words
from edge.actions.rules import Outcome
from edge.actions.settings import DoSettings, PinSettings
from edge.language import _, _n, listed


def teller(say: Callable[[str], None]) -> Callable[[Outcome], None]:
    """Says what fired."""

    def tell(outcome: Outcome) -> None:
        if outcome.held is None:
            say(sentence(outcome))

    return tell


def sentence(outcome: Outcome) -> str:
    """The rule, and what it did, or why it did nothing."""
    rule = outcome.rule
    if outcome.held is None:
        return _("rule {name}: {deeds}").format(name=rule.name, deeds=deeds(rule.do))
    match outcome.held:
        case "hours":
            why = _("it holds from {hours} only").format(hours=rule.when.hours)
        case "not_first":
            why = _("not the first of the day")
        case "count":
            why = _("{count} of {needed} within {seconds:.0f} s").format(
                count=int(outcome.value), needed=rule.when.count, seconds=rule.when.within_s
            )
        case "quiet":
            why = _("quiet hours {hours}").format(hours=rule.quiet)
        case "cooldown":
            why = _("cooldown, {left:.0f} of {whole:.0f} s left").format(left=outcome.value, whole=rule.cooldown_s)
        case "per_day":
            why = _("already {count}× today").format(count=int(outcome.value))
    return _("rule {name} held back: {why}").format(name=rule.name, why=why)


def deeds(wish: DoSettings) -> str:
    """All that a rule does, in one line."""
    lamp = (
        []
        if wish.led is None
        else [_("lamp “{pattern}” for {seconds:g} s").format(pattern=pattern_in_words(wish.led), seconds=wish.led_s)]
    )
    told = [_("a message to {names}").format(names=listed(wish.notify))] if wish.notify else []
    return listed([*lamp, *map(_deed, wish.pins), *_photos(wish), *told])


def _photos(wish: DoSettings) -> Iterator[str]:
    if wish.burst is not None:
        yield _n("{count} photo, one each {seconds:g} s", "{count} photos, one each {seconds:g} s", wish.burst).format(
            count=wish.burst, seconds=wish.burst_every_s
        )
    elif wish.photo:
        yield _("a photo")
    if wish.full_frame:
        yield _("the whole picture")


def _deed(action: PinSettings) -> str:
    text = {
        "pulse": _("{pin} {times}× high for {seconds:g} s") if action.times > 1 else _("{pin} high for {seconds:g} s"),
        "while_here": _("{pin} high while it is there"),
        "high": _("{pin} high"),
        "low": _("{pin} low"),
    }[action.level]
    return text.format(pin=action.pin, seconds=action.seconds, times=action.times)
