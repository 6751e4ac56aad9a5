"""Tries the board once, for the doctor."""

from __future__ import annotations

import time
from contextlib import closing

from edge.board.base import BoardHealth
from edge.board.pinpong import PinpongBoard
from edge.settings import BoardSettings

LOOK_EVERY_S = 0.05


def probe(settings: BoardSettings, timeout_s: float = 8.0) -> BoardHealth:
    """How a board of kind pinpong is, as soon as that is known; a good one takes 2.5 s, a mute one 6 s.

    Lights nothing, flashes nothing. A board that a running daemon uses is `backoff` (in use), and not disturbed.
    """
    until = time.monotonic() + timeout_s
    with closing(PinpongBoard(settings)) as board:
        while board.health().state == "connecting" and time.monotonic() < until:
            time.sleep(LOOK_EVERY_S)
        return board.health()
