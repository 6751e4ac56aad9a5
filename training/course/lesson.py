"""The lesson's steps, told and done one after the other."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2

from training.course.ask_program import ask_script
from training.course.camera_program import camera_script
from training.course.choices import Choices
from training.course.readme import readme
from training.course.train_program import train_script
from training.errors import TrainingError, UsageError
from training.labels import labels_for
from training.language import _
from training.layout import read_prepared
from training.pictures import UnreadablePicture, read_picture
from training.prepare import prepare
from training.sources import read_source


@dataclass(frozen=True, slots=True)
class Step:
    """What it is about, what somebody would type for it, the lesson's own tools for the same, and doing it."""

    title: str
    typed: str
    xedu: str
    do: Callable[[], None]


WRITING = 3
"""The step with which the folder is whole."""
FILM = "test_photos.avi"
FILM_SIZE = (640, 480)
FILM_FPS = 10
SHOWN_FRAMES = 8
"""Of each photo in the film: three answers must agree before the lamp changes."""
SHOWN_PHOTOS = 15
"""The film then takes twelve seconds at most."""


def steps(photos: Path, out: Path, chosen: Choices) -> Iterator[Step]:
    """In order; each may use what the one before has made. Raises TrainingError where one fails."""
    dataset, film = out / "dataset", out / FILM
    yield Step(
        _("Look at the photos: is every class there, can every photo be read?"),
        f"gardenwatch-train check {photos}",
        _("XEdu: look through the folders images/CLASS by hand"),
        lambda: run(["-m", "training", "check", str(photos)], tolerated=(0, 1)),
    )
    yield Step(
        _("Split them: seven parts to learn, two to check meanwhile, one for the test at the end"),
        f"gardenwatch-train prepare {photos} {dataset}",
        "XEdu: DataSet('dataset').make_dataset('photos', src_format='IMAGENET', train_ratio=0.7, ...)",
        lambda: _split(photos, dataset),
    )
    yield Step(
        _("Write the programs"),
        f"{out}: train.py, ask.py, camera_led.py, README.md",
        _("XEdu: copy them from the lesson's page"),
        lambda: write_folder(out, chosen, read_prepared(dataset).classes),
    )
    yield Step(
        _("Learn"),
        f"python {out / 'train.py'}",
        "XEdu: model = cls(backbone='MobileNet'); model.load_dataset(...); model.train(...); model.convert(...)",
        lambda: run([str(out / "train.py")]),
    )
    yield Step(
        _("Ask about the test photos, which it has never seen"),
        f"python {out / 'ask.py'}",
        "XEdu: wf(task='mmedu', checkpoint='model.onnx').inference(data='photo.jpg')",
        lambda: run([str(out / "ask.py")]),
    )
    pests = _pests(read_prepared(dataset).classes)
    yield Step(
        _("Camera and lamp, without a board for now"),
        f"python {out / 'camera_led.py'} --dry-run --source {film} --pest {' '.join(pests)}",
        "XEdu: cv2.VideoCapture(0), Board('uno').begin(), Pin(Pin.D13, Pin.OUT).write_digital(1)",
        lambda: _try_camera(dataset, out, pests),
    )


def write_folder(out: Path, chosen: Choices, classes: tuple[str, ...]) -> None:
    """The programs, beside `dataset`. Raises UsageError rather than write over a program that a student changed."""
    files = {
        "train.py": train_script(chosen),
        "ask.py": ask_script(),
        "camera_led.py": camera_script(),
        "README.md": readme(chosen, classes),
    }
    changed = [name for name, text in files.items() if (out / name).is_file() and _read(out / name) != text]
    if changed:
        found = ", ".join(changed)
        raise UsageError(_("a folder without programs of another lesson"), found, _("choose another folder with --out"))
    for name, text in files.items():
        (out / name).write_text(text, encoding="utf-8", newline="\n")


def run(words: Sequence[str], tolerated: tuple[int, ...] = (0,)) -> None:
    """Python with these words; what it says goes to the terminal. Raises TrainingError where it fails."""
    sys.stdout.flush()
    environment = os.environ | {"PYTHONUTF8": "1", "GARDENWATCH_LANG": _("en")}
    done = subprocess.run([sys.executable, *words], env=environment, check=False)
    if done.returncode not in tolerated:
        todo = _("read what it says above; the steps before this one need not be done again")
        raise TrainingError(_("a step that succeeds"), _("exit status {code}").format(code=done.returncode), todo)


def expect_photos(photos: Path) -> None:
    """Raises TrainingError before anything is written."""
    read_source(photos)


def _split(photos: Path, dataset: Path) -> None:
    if dataset.exists():
        read_prepared(dataset)
        return
    prepare(photos, dataset)


def _pests(classes: Sequence[str]) -> list[str]:
    """Classes of the user's own have no roles: the first one stands for a pest then."""
    known = [label.key for label in labels_for(tuple(classes)) if label.role == "pest"]
    return known or [name for name in classes if name != "background"][:1]


def _try_camera(dataset: Path, out: Path, pests: Sequence[str]) -> None:
    """Before a film of the test photos: a camera is not at hand everywhere."""
    _write_film(dataset, out / FILM)
    run([str(out / "camera_led.py"), "--dry-run", "--source", str(out / FILM), "--pest", *pests])


def _write_film(dataset: Path, film: Path) -> None:
    writer = cv2.VideoWriter(str(film), cv2.VideoWriter.fourcc(*"MJPG"), FILM_FPS, FILM_SIZE)
    photos = read_prepared(dataset).photos
    tested = photos["test"] or photos["val"]
    for photo in tested[:: -(-len(tested) // SHOWN_PHOTOS)]:
        try:
            picture = cv2.resize(read_picture(photo.path), FILM_SIZE, interpolation=cv2.INTER_AREA)
        except UnreadablePicture:
            continue
        for _frame in range(SHOWN_FRAMES):
            writer.write(picture)
    writer.release()


def _read(path: Path) -> str:
    return path.read_text("utf-8", errors="replace")
