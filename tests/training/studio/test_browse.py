"""The system's window for choosing a folder, where there is none."""

from __future__ import annotations

import pytest

from training.errors import TrainingError
from training.studio.browse import can_browse, chosen_folder


def test_without_a_window_system_the_button_is_not_shown_and_the_reason_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert not can_browse()
    with pytest.raises(TrainingError, match="type the path"):
        chosen_folder()
