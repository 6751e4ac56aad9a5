"""The lamp: on while a pest is there."""

from __future__ import annotations

from collections.abc import Sequence

from edge.board.base import Board
from edge.records import Change
from edge.settings import LedSettings


class PestLamp:
    """Keeps the lamp's pin high while at least one sighting of a pest is open."""

    def __init__(self, board: Board, settings: LedSettings) -> None:
        self._board = board
        self._settings = settings
        self._pests: set[str] = set()
        board.write(settings.pin, False)

    @property
    def is_on(self) -> bool:
        """Whether it is wanted to be."""
        return bool(self._pests)

    def act(self, changes: Sequence[Change]) -> None:
        """Follows the sightings; a label that improves from pest to something else puts the lamp out."""
        if not changes:
            return
        was_on = bool(self._pests)
        for change in changes:
            sighting = change.sighting
            is_pest = sighting.role == "pest" and sighting.confidence >= self._settings.min_confidence
            if is_pest and change.kind != "closed":
                self._pests.add(sighting.id)
            else:
                self._pests.discard(sighting.id)
        if bool(self._pests) != was_on:
            self._board.write(self._settings.pin, bool(self._pests))
