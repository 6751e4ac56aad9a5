"""The lesson, from photos to a lamp, as a student types it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")

from tests.conftest import PROJECT
from tests.programs import SLOW_S
from tests.rigs.uno import EmulatedUno, need_pinpong
from tests.training.models import colour_model
from training import language
from training.course.ask_program import ask_script
from training.course.camera_program import camera_script
from training.course.choices import Choices
from training.course.lesson import write_folder
from training.course.readme import readme
from training.course.train_program import train_script
from training.errors import UsageError
from training.layout import read_prepared

Raw = Callable[..., Path]
CHOSEN = Choices("lenet5", "none", 1)


@pytest.fixture
def english_again() -> Iterator[None]:
    yield
    language.use("en")


def python(*words: object, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """In a folder that is not the project's, as with an installed Gardenwatch."""
    environment = os.environ | {"PYTHONPATH": str(PROJECT), "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1"} | more
    return subprocess.run(
        [sys.executable, *map(str, words)], cwd=cwd, env=environment, capture_output=True, encoding="utf-8", check=False
    )


@pytest.mark.usefixtures("english_again")
@pytest.mark.parametrize(("choice", "word"), [("en", "learn"), ("zh-CN", "学习")])
def test_the_programs_are_python_with_comments_in_the_students_language(choice: str, word: str) -> None:
    language.use(choice)
    for text in (train_script(CHOSEN), ask_script(), camera_script()):
        compile(text, "program", "exec")
    assert word in train_script(CHOSEN)
    assert word in readme(CHOSEN, ("bee", "蚜虫"))


def test_from_photos_to_programs_that_run_alone_in_another_place(raw: Raw, tmp_path: Path) -> None:
    raw(8)
    done = python("-m", "training", "lesson", "raw", "--backbone", "lenet5", "--epochs", 1, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for title in ("Step 1: Look", "Step 4: Learn", "Step 6: Camera and lamp"):
        assert title in done.stdout
    assert "DataSet('dataset').make_dataset" in done.stdout
    lesson = tmp_path / "lesson"
    assert {part for part, photos in read_prepared(lesson / "dataset").photos.items() if photos} == {
        "train", "val", "test",
    }  # fmt: skip
    moved = shutil.move(lesson, tmp_path / "到 USB 盘")
    asked = python(Path(moved) / "ask.py", cwd=tmp_path / "raw")
    assert "right: " in asked.stdout, asked.stderr
    again = python(Path(moved) / "train.py", cwd=tmp_path / "raw")
    assert again.returncode == 0, again.stderr
    assert (Path(moved) / "run2" / "best.pth").is_file()


def test_the_lamp_goes_on_at_a_pest_and_out_again(raw: Raw, tmp_path: Path) -> None:
    raw(8)
    words = ("lesson", "raw", "--backbone", "lenet5", "--only-write")
    assert python("-m", "training", *words, cwd=tmp_path).returncode == 0
    lesson = tmp_path / "lesson"
    early = python(lesson / "camera_led.py", "--dry-run", cwd=tmp_path)
    assert "run train.py first" in early.stderr
    colour_model(lesson / "model.onnx", ("blue", "green", "red"))
    film = ("--source", film_of(tmp_path))
    watched = python(lesson / "camera_led.py", "--dry-run", *film, "--pest", "green", "--sure", 0.4, cwd=tmp_path)
    assert [line.split("%")[0][:8] for line in watched.stdout.splitlines()] == ["● D13 gr", "○ D13 re"], watched.stderr
    stranger = python(lesson / "camera_led.py", "--dry-run", *film, "--pest", "slug", cwd=tmp_path)
    assert "the model knows blue, green, red" in stranger.stderr
    absent = python(lesson / "camera_led.py", "--dry-run", "--source", "absent.mp4", "--pest", "red", cwd=tmp_path)
    told = "no picture comes from the source absent.mp4; plug a camera in, or give --source film.mp4"
    assert absent.stderr.strip() == told, "without OpenCV's own words"


def test_a_real_board_shows_it_and_ctrl_c_puts_the_lamp_out(tmp_path: Path) -> None:
    """pinpong talks to the board; the lesson's own program would have ended without putting it out."""
    need_pinpong()
    lesson = tmp_path / "lesson"
    lesson.mkdir()
    write_folder(lesson, CHOSEN, ("blue", "green", "red"))
    colour_model(lesson / "model.onnx", ("blue", "green", "red"))
    film = film_of(tmp_path, seconds=60)
    with EmulatedUno(tmp_path) as uno:
        words = [lesson / "camera_led.py", "--source", film, "--pest", "blue", "--sure", "0.4"]
        path = os.pathsep.join((uno.env["PYTHONPATH"], str(PROJECT)))
        with subprocess.Popen(
            [sys.executable, *map(str, words)],
            cwd=tmp_path,
            env=uno.env | {"PYTHONPATH": path},
            stdout=subprocess.PIPE,
            text=True,
        ) as program:
            assert uno.wait_for_level(13, True, timeout_s=SLOW_S)
            program.send_signal(signal.SIGINT)
            said, _errors = program.communicate(timeout=SLOW_S)
            assert program.returncode == 0
            assert "ended with Ctrl-C" in said, "not with its film"
        assert uno.wait_for_level(13, False, timeout_s=SLOW_S)


ALONE = {"en": ("is ready; the curves are in", "right: "), "zh-CN": ("已生成；曲线在", "正确: ")}


@pytest.mark.parametrize("choice", ALONE)
def test_each_program_starts_alone_in_both_languages(raw: Raw, tmp_path: Path, choice: str) -> None:
    need_pinpong()
    raw(8)
    words = ("--language", choice, "lesson", "raw", "--backbone", "lenet5", "--epochs", 1, "--only-write")
    written = python("-m", "training", *words, cwd=tmp_path)
    assert written.returncode == 0, written.stderr
    lesson, (learned, right) = tmp_path / "lesson", ALONE[choice]
    train = python(lesson / "train.py", cwd=tmp_path)
    assert (train.returncode, learned in train.stdout) == (0, True), train.stderr
    ask = python(lesson / "ask.py", cwd=tmp_path)
    assert (ask.returncode, right in ask.stdout) == (0, True), ask.stderr
    colour_model(lesson / "model.onnx", ("blue", "green", "red"))  # which is sure of its colours after no training
    with EmulatedUno(tmp_path) as uno:
        path = os.pathsep.join((uno.env["PYTHONPATH"], str(PROJECT)))
        film = ("--source", film_of(tmp_path), "--pest", "green", "--sure", 0.4)
        watch = python(lesson / "camera_led.py", *film, cwd=tmp_path, **{**uno.env, "PYTHONPATH": path})
        assert watch.returncode == 0, watch.stderr
        assert [line[:8] for line in watch.stdout.splitlines()] == ["● D13 gr", "○ D13 re"]
        assert uno.wait_for_level(13, False, timeout_s=SLOW_S)
        assert True in uno.levels(13)


def film_of(folder: Path, seconds: int = 1) -> Path:
    """So long of each colour."""
    import cv2
    import numpy as np

    film = folder / "film.avi"
    writer = cv2.VideoWriter(str(film), cv2.VideoWriter.fourcc(*"MJPG"), 10, (320, 240))
    for colour in ((220, 60, 40), (40, 200, 40), (40, 40, 220)):
        for _frame in range(10 * seconds):
            writer.write(np.full((240, 320, 3), colour, np.uint8))
    writer.release()
    return film


def test_a_program_that_a_student_changed_is_not_written_over(tmp_path: Path) -> None:
    write_folder(tmp_path, CHOSEN, ("a", "b"))
    write_folder(tmp_path, CHOSEN, ("a", "b"))
    (tmp_path / "ask.py").write_text("print('mine')", encoding="utf-8")
    with pytest.raises(UsageError, match=r"ask\.py"):
        write_folder(tmp_path, CHOSEN, ("a", "b"))
    assert (tmp_path / "ask.py").read_text("utf-8") == "print('mine')"


def test_photos_that_cannot_be_used_are_told_before_anything_is_written(tmp_path: Path) -> None:
    done = python("-m", "training", "lesson", "absent", cwd=tmp_path)
    assert done.returncode == 2
    assert "a folder of photos" in done.stderr
    assert list(tmp_path.iterdir()) == []
