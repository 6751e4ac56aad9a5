"""A source's name tells which camera it asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.camera.source import kind_of
from edge.errors import EXIT_USAGE, SourceError


@pytest.mark.parametrize(
    "source",
    [0, "0", "2", "/dev/video0", "/dev/v4l/by-id/not-plugged-in", "rtsp://garden/1", "HTTP://10.0.0.7:8080/video"],
)
def test_numbers_devices_and_addresses_are_live_even_if_nobody_is_there(source: str | int) -> None:
    assert kind_of(source) == "live"


def test_a_link_to_a_device_is_live(tmp_path: Path) -> None:
    (tmp_path / "camera").symlink_to("/dev/null")
    assert kind_of(str(tmp_path / "camera")) == "live"


def test_files_folders_and_the_demo_are_told_apart(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.touch()
    assert [kind_of(str(clip)), kind_of(str(tmp_path)), kind_of("demo")] == ["file", "folder", "demo"]


@pytest.mark.parametrize("source", ["no/such/clip.mp4", "ftp://garden/1", "", "file:///clip.mp4"])
def test_anything_else_is_a_usage_error_that_says_what_can_be_given(source: str) -> None:
    with pytest.raises(SourceError, match=r"expected a camera number, .* or demo; found .*; ") as caught:
        kind_of(source)
    assert caught.value.exit_code == EXIT_USAGE
