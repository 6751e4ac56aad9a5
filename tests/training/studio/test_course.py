"""The course of a training, read while it is written."""

from __future__ import annotations

from pathlib import Path

from training.studio.course import best_of, minutes_left, read_course

HEAD = "epoch,train_loss,train_accuracy,val_loss,val_accuracy,learning_rate,seconds\n"
LINES = ["1,1.2,0.3,1.1,0.5,0.001,10.0\n", "2,1.0,0.5,0.9,0.8,0.001,20.0\n", "3,0.9,0.6,1.0,0.8,0.001,30.0\n"]


def course(folder: Path, text: str) -> Path:
    (folder / "metrics.csv").write_text(text, encoding="utf-8")
    return folder


def test_the_best_epoch_is_the_one_whose_network_is_kept(tmp_path: Path) -> None:
    best = best_of(read_course(course(tmp_path, HEAD + "".join(LINES))))
    assert best is not None
    assert best.epoch == 2, "as accurate as the third, with less loss"


def test_a_line_that_is_half_written_waits_until_it_is_whole(tmp_path: Path) -> None:
    assert [e.epoch for e in read_course(course(tmp_path, HEAD + LINES[0] + "2,1.0,0.5"))] == [1]
    assert read_course(course(tmp_path, HEAD)) == read_course(tmp_path / "absent") == []


def test_the_time_left_is_known_after_the_first_epoch(tmp_path: Path) -> None:
    epochs = read_course(course(tmp_path, HEAD + "".join(LINES)))
    assert minutes_left([], 6) is None
    assert minutes_left(epochs, 6) == 1.0, "three epochs of 20 s"


def test_a_network_that_lost_its_way_is_still_shown(tmp_path: Path) -> None:
    epochs = read_course(course(tmp_path, HEAD + "1,nan,nan,nan,0.2,0.1,1.0\n"))
    assert [e.epoch for e in epochs] == [1]
