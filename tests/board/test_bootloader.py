"""What the bootloader of a real Uno does when its port is opened, and what it must never be asked for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from edge.board.pinpong import PinpongBoard
from edge.settings import BoardSettings
from tests.board.conftest import eventually
from tests.rigs.uno import UnoOfSomebodyElse, UnoWithBootloader, need_bootloader, need_pinpong

pytestmark = pytest.mark.system
THREE_BLINKS = [True, False] * 3


def test_it_blinks_once_for_a_connection_and_the_lamp_then_follows(see: Callable[..., None], tmp_path: Path) -> None:
    """As long as the connection holds, D13 says what we say."""
    need_pinpong()
    need_bootloader()
    with UnoWithBootloader(tmp_path) as uno:
        see(uno)
        with closing(PinpongBoard(BoardSettings(kind="pinpong"))) as board:
            assert eventually(lambda: board.health().state == "ready"), board.health()
            assert uno.levels(13) == THREE_BLINKS
            for level in (True, False, True):
                board.write("D13", level)
                assert uno.wait_for_level(13, level)
        assert uno.wait_for_level(13, False)
        assert uno.levels(13) == [*THREE_BLINKS, True, False, True, False]
        assert uno.opened == 1


def test_the_sketch_of_somebody_else_is_still_there_when_we_have_looked(
    see: Callable[..., None], tmp_path: Path
) -> None:
    """pinpong alone overwrites it in eight seconds, through this bootloader."""
    need_pinpong()
    need_bootloader()
    with UnoOfSomebodyElse(tmp_path) as uno:
        see(uno)
        with closing(PinpongBoard(BoardSettings(kind="pinpong"))) as board:
            assert eventually(lambda: board.health().restarts >= 2), board.health()
            assert "pinpong's firmware" in board.health().detail
        so_far = len(uno.changes(8))
        uno.reset()
        assert uno.wait_for(lambda: len(uno.changes(8)) > so_far + 10), "it blinks no more"
