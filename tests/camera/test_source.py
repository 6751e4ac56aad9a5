"""A source's name tells which camera it asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.camera.address import without_secrets
from edge.camera.source import kind_of
from edge.errors import EXIT_USAGE, SourceError
from tests.rights import without_rights


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


@pytest.mark.parametrize("name", ["clip.mp4", "pictures"])
def test_a_source_behind_a_closed_folder_is_named_with_what_to_do(tmp_path: Path, name: str) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    with (
        without_rights(closed),
        pytest.raises(SourceError, match=rf"{name}, which cannot be read \(Permission denied\); give"),
    ):
        kind_of(str(closed / name))


def test_a_path_that_is_too_long_is_a_usage_error() -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        kind_of("x" * 5000)


@pytest.mark.parametrize(
    "source",
    [
        "rstp://admin:geheim@10.0.0.7/1",
        "rtsp:/admin:geheim@10.0.0.7/1",
        "admin:geheim@10.0.0.7:554/1",
        "admin:geheim@http://10.0.0.7/1",
        "10.0.0.7/user=admin_password=geheim_channel=1",
    ],
)
def test_a_mistyped_address_is_refused_without_its_password(source: str) -> None:
    with pytest.raises(SourceError) as caught:
        kind_of(source)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (
            "rtsp://10.0.0.7:554/user=admin_password=ge_heim_channel=1_stream=0.sdp?real_stream",
            "rtsp://10.0.0.7:554/user=admin_password=***_channel=1_stream=0.sdp?real_stream",
        ),
        ("rtsp://10.0.0.7/user=admin&password=geheim&channel=1", "rtsp://10.0.0.7/user=admin&password=***&channel=1"),
        (
            "http://10.0.0.7/v?user=admin_password=geheim_channel=1",
            "http://10.0.0.7/v?user=admin_password=***_channel=1",
        ),
        ("http://10.0.0.7/password=ge/heim", "http://10.0.0.7/password=***"),
        ("http://10.0.0.7/keys/live?channel=1", "http://10.0.0.7/keys/live?channel=1"),
        (r"C:\clips@school\a.mp4", r"C:\clips@school\a.mp4"),
        ("clips@school/a.mp4", "clips@school/a.mp4"),
        (0, "0"),
    ],
)
def test_an_address_is_shown_without_its_password(source: str | int, shown: str) -> None:
    assert without_secrets(source) == shown
