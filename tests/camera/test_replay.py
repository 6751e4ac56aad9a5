"""Videos are replayed whole, in order, with their own time, and what is wrong with them is told."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from edge.camera.replay import PictureFolder, VideoFile
from edge.errors import EXIT_USAGE, SourceError
from tests.camera.recordings import all_frames, claim_rate, number_of, stamp, video
from tests.programs import SLOW_S

CHANGED = datetime(2026, 4, 1, 6, 30, tzinfo=UTC)


def set_changed(path: Path, when: datetime = CHANGED) -> None:
    os.utime(path, (when.timestamp(), when.timestamp()))


@pytest.mark.parametrize("name", ["clip.avi", "clip.mp4"])
def test_every_frame_of_a_video_comes_once_and_in_order(tmp_path: Path, name: str) -> None:
    camera = VideoFile(video(tmp_path / name, frames=30))
    frames = all_frames(camera)
    assert [number_of(frame.image) for frame in frames] == list(range(30))
    assert [frame.index for frame in frames] == list(range(30))
    assert camera.name == name
    assert not camera.live
    assert (camera.health().state, camera.health().complete) == ("ended", True)


@pytest.mark.parametrize("realtime", [False, True], ids=["unpaced", "paced"])
def test_frames_that_need_no_look_are_passed_over_by_their_own_time(tmp_path: Path, realtime: bool) -> None:
    camera = VideoFile(video(tmp_path / "clip.mp4", frames=8, fps=20), realtime=realtime)
    frames = [camera.read(1), camera.read(1, not_before_s=0.15), camera.read(1), camera.read(1, not_before_s=0.3)]
    assert [frame and (frame.index, number_of(frame.image)) for frame in frames] == [(0, 0), (3, 3), (4, 4), (6, 6)]
    assert camera.read(1, not_before_s=9) is None
    assert (camera.health().state, camera.health().complete) == ("ended", True)


def test_a_frame_that_is_held_is_not_decoded_over(tmp_path: Path) -> None:
    camera = VideoFile(video(tmp_path / "clip.avi", frames=20))
    held = [frame.image[:, 5:] for frame in all_frames(camera)]  # views: the frames themselves are gone
    assert [number_of(np.pad(image, ((0, 0), (5, 0), (0, 0)))) for image in held] == list(range(20))


def test_a_frame_that_nobody_holds_lends_its_memory_to_a_later_one(tmp_path: Path) -> None:
    camera = VideoFile(video(tmp_path / "clip.avi", frames=20))
    places = set()
    while (frame := camera.read(0.1)) is not None:
        places.add(frame.image.ctypes.data)
    assert len(places) <= 4


def test_seconds_into_a_video_are_its_own_time_stamps(tmp_path: Path) -> None:
    frames = all_frames(VideoFile(video(tmp_path / "clip.mp4", frames=6, fps=4)))
    assert [frame.moment.source_s for frame in frames] == [0.0, 0.25, 0.5, 0.75, 1.0, 1.25]
    assert all(frame.moment.tick_s == frame.moment.source_s for frame in frames)


def test_a_frame_rate_that_no_camera_has_is_not_believed(tmp_path: Path) -> None:
    path = video(tmp_path / "clip.avi", frames=5)
    claim_rate(path, 90000)
    frames = all_frames(VideoFile(path))
    assert [frame.moment.source_s for frame in frames] == [0.0, 0.1, 0.2, 0.3, 0.4]


def test_wall_time_starts_where_the_person_says(tmp_path: Path) -> None:
    start = datetime(2026, 5, 2, 15, 0, tzinfo=timezone(timedelta(hours=8)))
    camera = VideoFile(video(tmp_path / "clip.avi", frames=3), start=start)
    frames = all_frames(camera)
    assert frames[0].moment.wall == start
    assert frames[0].moment.wall.tzinfo is UTC
    assert frames[2].moment.wall == start + timedelta(seconds=0.2)
    assert camera.start_from == "start"


def test_a_start_without_a_time_zone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="aware"):
        VideoFile(video(tmp_path / "clip.avi", frames=2), start=datetime(2026, 5, 2))


def test_wall_time_comes_from_the_creation_time_in_the_container(tmp_path: Path) -> None:
    path = video(tmp_path / "clip.mp4", frames=2)
    created = datetime(2026, 3, 3, 9, 15, 7, tzinfo=UTC)
    stamp(path, created)
    camera = VideoFile(path)
    assert (camera.start, camera.start_from) == (created, "container")


@pytest.mark.parametrize("year", [1970, 1980, 2031])
def test_a_creation_time_of_a_camera_without_a_set_clock_is_not_believed(tmp_path: Path, year: int) -> None:
    path = video(tmp_path / "clip.mp4", frames=2)
    stamp(path, datetime(year, 1, 1, tzinfo=UTC))
    set_changed(path)
    camera = VideoFile(path)
    assert (camera.start, camera.start_from) == (CHANGED, "modified")


def test_wall_time_is_the_files_time_of_change_where_nothing_else_is_known(tmp_path: Path) -> None:
    path = video(tmp_path / "clip.avi", frames=2)
    set_changed(path)
    camera = VideoFile(path)
    assert (camera.start, camera.start_from) == (CHANGED, "modified")


def test_a_truncated_video_gives_what_it_has_then_says_what_is_missing(tmp_path: Path) -> None:
    path = video(tmp_path / "cut.avi", frames=50)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 5])
    camera = VideoFile(path)
    frames = all_frames(camera)
    assert 10 <= len(frames) < 30
    assert [number_of(frame.image) for frame in frames] == list(range(len(frames)))
    health = camera.health()
    assert (health.state, health.complete) == ("ended", False)
    assert f"ended early: expected 50 frames, found {len(frames)}" in health.detail


def test_a_broken_frame_in_the_middle_costs_only_itself(tmp_path: Path) -> None:
    path = video(tmp_path / "scratch.avi", frames=40)
    data = bytearray(path.read_bytes())
    starts = [place for place in range(len(data) - 2) if data[place : place + 3] == b"\xff\xd8\xff"]
    assert len(starts) == 40
    data[starts[20] : starts[20] + 600] = bytes(600)
    path.write_bytes(data)
    frames = all_frames(VideoFile(path))
    assert [number_of(frame.image) for frame in frames] == [index for index in range(40) if index != 20]
    assert frames[20].moment.source_s == pytest.approx(2.1), "the time of the lost frame is kept"


@pytest.mark.parametrize("content", [b"", b"this is no video\n" * 50])
def test_a_file_that_cannot_be_decoded_is_refused_with_what_to_do(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.mp4"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"expected a video file; found .*notes\.mp4: \d+ bytes") as caught:
        VideoFile(path)
    assert caught.value.exit_code == EXIT_USAGE


def test_a_missing_source_is_refused_by_name(tmp_path: Path) -> None:
    for kind in (VideoFile, PictureFolder):
        with pytest.raises(SourceError, match=r"nowhere"):
            kind(tmp_path / "nowhere")


def test_our_own_error_is_all_that_is_heard_of_a_broken_file(tmp_path: Path) -> None:
    path = tmp_path / "broken.mp4"
    path.write_bytes(video(tmp_path / "clip.mp4").read_bytes()[:400])
    # In a process of its own, because FFmpeg asks only once how loud it may be.
    program = "import sys, pathlib, edge.camera.replay as r; r.VideoFile(pathlib.Path(sys.argv[1]))"
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, timeout=SLOW_S)
    assert "SourceError: expected a video file" in done.stderr
    assert "moov" not in done.stderr
    assert "VIDEOIO" not in done.stderr


def test_realtime_paces_a_video(tmp_path: Path) -> None:
    camera = VideoFile(video(tmp_path / "clip.avi", frames=4, fps=10), realtime=True)
    assert camera.read(1) is not None
    began = time.monotonic()
    assert camera.read(0.01) is None, "not due yet"
    assert camera.health().state == "open"
    assert [camera.read(1) is not None for _ in range(3)] == [True, True, True]
    assert time.monotonic() - began >= 0.25


def test_a_closed_replay_gives_nothing_more(tmp_path: Path) -> None:
    camera = VideoFile(video(tmp_path / "clip.avi"))
    camera.close()
    camera.close()
    assert camera.read(0.1) is None


def test_the_dev_clips_give_every_frame_at_ten_a_second(shared: Path) -> None:
    camera = VideoFile(shared / "data" / "clips" / "idle_01.mp4")
    frames = [camera.read(1) for _ in range(80)]
    assert [frame and frame.moment.source_s for frame in frames] == [round(index / 10, 6) for index in range(80)]
    assert camera.health().state == "open"
