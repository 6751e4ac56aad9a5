"""The lamp's language: the most urgent of what it may say, as a pattern."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

from edge.actions.lamp_words import meaning_in_words, pattern_in_words
from edge.actions.patterns import PATTERNS, PatternName, Player, Steps, code
from edge.board.base import Board
from edge.camera.base import CameraHealth
from edge.language import _
from edge.records import Change
from edge.settings import LedSettings, Meaning
from edge.store.store import StoreHealth

CAMERA_LOST, NOT_RECORDED, NO_PHOTOS = 1, 2, 3
"""Fault codes: counted in flashes. A dead board cannot tell of itself: its lamp is dark."""
SAYS: dict[Meaning, Steps] = {
    "pest": PATTERNS["steady"],
    "blind": PATTERNS["three_flashes"],
    "resting": PATTERNS["one_long"],
    "starting": PATTERNS["fast"],
    "visited": PATTERNS["two_flashes"],
    "watching": PATTERNS["one_flash"],
}
"""By urgency; a fault, with its code, comes after the pest, which asks for a look now."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How the watcher is in this turn."""

    starting: bool = False
    blind: bool = False
    fault: int = 0
    """A code; 0 where all is well."""
    resting: bool = False
    """Nobody watches: a pause, the hours, or to save power."""
    looked_at: bool = False
    """Somebody looks at the page now."""

    @classmethod
    def of(cls, camera: CameraHealth, blind: str | None, store: StoreHealth, looked_at: bool) -> Self:
        """`blind` is the reason why nothing can be seen, as effort counts it."""
        starting = blind == "learning" or camera.state == "opening"
        fault = CAMERA_LOST if camera.state == "lost" else 0
        fault = fault or (NOT_RECORDED if store.state != "ok" else NO_PHOTOS if store.photos_stopped else 0)
        is_blind = blind not in (None, "learning", "light_changed", "opening")
        return cls(starting, is_blind, fault, camera.state == "resting", looked_at)


class Lamp:
    """Its pin; high while at least one sighting of a pest is open, where nothing else was chosen."""

    def __init__(self, board: Board, settings: LedSettings, tell: Callable[[bool, str], None] | None = None) -> None:
        """`tell` hears what it begins to show: whether that is light at all, and in words what blinks."""
        self._tell = tell
        self._board, self._settings = board, settings
        self._pests: set[str] = set()
        self._visited = False
        self._condition = Condition(starting=True)
        self._wish: tuple[PatternName, float] | None = None
        self._steps: Steps = ()
        self._player: Player | None = None
        self.is_on = False
        """Whether it is wanted to be."""
        board.write(settings.pin, False)

    @property
    def is_borrowed(self) -> bool:
        """Whether a rule lets it shine now."""
        return self._wish is not None

    @property
    def says(self) -> str:
        """What it shows now, in one line."""
        return _("lamp: {what}").format(what=what) if (what := self._in_words()) else _("lamp dark")

    def remember_a_visit(self) -> None:
        """A pest came before this run, and nobody has looked since."""
        self._visited = True

    def follow(self, changes: Sequence[Change]) -> None:
        """Follows the sightings; a label that improves from pest to something else puts the lamp out."""
        for change in changes:
            sighting = change.sighting
            is_pest = sighting.role == "pest" and sighting.confidence >= self._settings.min_confidence
            self._visited |= is_pest
            if is_pest and change.kind != "closed":
                self._pests.add(sighting.id)
            else:
                self._pests.discard(sighting.id)
        self._choose()
        self._show()

    def play(self, pattern: PatternName, until_s: float) -> None:
        """A rule's wish goes before all meanings, until that tick."""
        self._wish, self._steps = (pattern, until_s), ()
        self._choose()
        self._show()

    def turn(self, tick_s: float, condition: Condition) -> None:
        self._condition = condition
        self._visited = self._visited and not condition.looked_at
        if self._wish is not None and tick_s >= self._wish[1]:
            self._wish = None
        self._choose()
        if self._player is not None:
            self._player.turn(tick_s)
        self._show()

    @property
    def meaning(self) -> Meaning | None:
        """The most urgent thing that is so and may be said; None where it is dark."""
        condition = self._condition
        so: list[tuple[Meaning, bool]] = [
            ("pest", bool(self._pests)),
            ("fault", condition.fault > 0),
            ("blind", condition.blind),
            ("resting", condition.resting),
            ("starting", condition.starting),
            ("visited", self._visited),
            ("watching", not condition.resting),
        ]
        return next((meaning for meaning, holds in so if holds and meaning in self._settings.show), None)

    def _choose(self) -> None:
        steps = self._wanted()
        if steps != self._steps:
            self._steps, self._player = steps, Player(steps) if steps else None
            if self._tell is not None:
                self._tell(bool(steps), self._in_words() if len(steps) > 1 else "")

    def _in_words(self) -> str:
        if self._wish is not None:
            return pattern_in_words(self._wish[0])
        return meaning_in_words(self.meaning, self._condition.fault) if self.meaning else ""

    def _show(self) -> None:
        on = self._player is not None and self._player.on
        if on != self.is_on:
            self.is_on = on
            self._board.write(self._settings.pin, on)

    def _wanted(self) -> Steps:
        if self._wish is not None:
            return PATTERNS[self._wish[0]]
        meaning = self.meaning
        if meaning is None:
            return ()
        return code(self._condition.fault) if meaning == "fault" else SAYS[meaning]
