"""What rules would have done, counted beside being told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from edge.actions.rules import Held, Outcome
from edge.actions.settings import RuleSettings
from edge.actions.story import sentence
from edge.language import _, listed


class Trial:
    """The tally of one trial."""

    def __init__(self, rules: Sequence[RuleSettings]) -> None:
        self._fired: Counter[str] = Counter({rule.name: 0 for rule in rules})
        self._held: Counter[tuple[str, Held]] = Counter()

    def told_to(self, say: Callable[[str], None]) -> Callable[[Outcome], None]:
        """For each outcome: counts it, and says it, whether the rule fired or not."""

        def tell(outcome: Outcome) -> None:
            say(sentence(outcome))
            if outcome.held is None:
                self._fired[outcome.rule.name] += 1
            else:
                self._held[outcome.rule.name, outcome.held] += 1

        return tell

    def summary(self) -> Iterator[str]:
        """A line per rule."""
        words: dict[Held, str] = {
            "hours": _("at another time of day"),
            "not_first": _("not the first of the day"),
            "count": _("not yet so many"),
            "quiet": _("quiet hours"),
            "cooldown": _("cooldown"),
            "per_day": _("daily cap"),
        }
        for name, count in self._fired.items():
            held = [f"{words[why]} {number}×" for (rule, why), number in self._held.items() if rule == name]
            if not count and not held:
                yield _("rule {name}: nothing came that it asks for").format(name=name)
                continue
            text = _("rule {name}: fired {count}×; held back: {held}")
            yield text.format(name=name, count=count, held=listed(held) or _("never"))
