"""A webcam's pictures become series of photos: at a measured pace, not without end, each taken back by itself."""

from __future__ import annotations

from pathlib import Path

from training.studio.series import AT_ONCE, EVERY_S, PAUSE_S, Series

PHOTO = Path("0.jpg")


def after(photos: int, label: str = "bee") -> Series:
    series = Series()
    for number in range(photos):
        series = series.taken(label, Path(f"{number}.jpg"), 100 + number * EVERY_S)
    return series


def test_photos_without_a_pause_are_one_series() -> None:
    assert [path.name for path in after(3).paths] == ["0.jpg", "1.jpg", "2.jpg"]


def test_after_a_pause_another_begins() -> None:
    first = after(3)
    assert first.taken("bee", PHOTO, first.at_s + PAUSE_S).paths == (PHOTO,)


def test_another_class_is_another_series_and_comes_at_once() -> None:
    bees = after(3)
    assert not bees.is_too_soon("snail", bees.at_s)
    assert bees.taken("snail", PHOTO, bees.at_s) == Series("snail", (PHOTO,), bees.at_s)


def test_pictures_that_come_faster_are_passed_over_but_not_for_a_beat_kept_badly() -> None:
    series = after(1)
    assert series.is_too_soon("bee", series.at_s + EVERY_S / 3)
    assert not series.is_too_soon("bee", series.at_s + EVERY_S * 0.9)


def test_a_forgotten_camera_fills_no_disk() -> None:
    series = after(AT_ONCE)
    for _second in range(600):  # it goes on recording
        assert series.is_full("bee", series.at_s + 1)
        series = series.seen(series.at_s + 1)
    assert len(series.paths) == AT_ONCE
    assert not series.is_full("bee", series.at_s + PAUSE_S)  # stopped, and started again


def test_a_series_that_is_not_full_goes_on() -> None:
    series = after(AT_ONCE - 1)
    assert not series.is_full("bee", series.at_s + EVERY_S)
