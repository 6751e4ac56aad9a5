"""The studio in a real browser: from a folder to a model file and a photo that it names."""

from __future__ import annotations

import time
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("selenium", reason="pip install selenium")
pytest.importorskip("gradio", reason="the studio is not installed: pip install 'gardenwatch[training,studio]'")
pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")

from edge.model.classifier import Classifier
from tests.model.tiny import colour_model
from tests.programs import gardenwatch
from tests.review.web.driving import Person
from tests.training.studio.conftest import Visitor
from tests.training.studio.visiting import (
    CODE,
    NETWORK,
    PHOTOS,
    TRAINING,
    UNDERSTAND,
    USE,
    chooses_lenet,
    goes_to,
    puts,
    trained_in,
    waits,
)
from training.studio.series import EVERY_S

pytestmark = [pytest.mark.system, pytest.mark.filterwarnings("ignore::ResourceWarning")]

WORDS = {
    "en": ("24 photos of 4 classes", "run1 is done, after 2 epochs", "How good is run1.onnx?", "would say “unknown”"),
    "zh-CN": ("4 个类别的 24 张照片", "run1 已完成，共 2 轮", "run1.onnx 有多好", "会回答“未知”"),
}


DROP_HERE = {"en": "Drop File Here", "zh-CN": "将文件拖放到此处"}


def uploads_left(folder: Path) -> list[Path]:
    """What gradio still holds of what was uploaded."""
    kept = (folder / "temporary").glob("gardenwatch-studio-*/**/*")
    return [path for path in kept if path.is_file()]


@pytest.mark.parametrize("language", WORDS)
def test_from_a_folder_to_a_photo_that_is_named(visitor: Visitor, tmp_path: Path, language: str) -> None:
    counted, done, how_good, unknown = WORDS[language]
    photos = tmp_path / "drawn"
    assert gardenwatch("draw", photos, "--per-class", 6).returncode == 0
    bee = next((photos / "images" / "bee").iterdir())
    person = visitor(language)
    waits(person, "#packed", DROP_HERE[language])
    assert person.driver.execute_script("return document.documentElement.lang") == language
    person.types("#folder textarea, #folder input", str(photos))
    person.clicks("#open-folder")
    waits(person, "#chosen", counted)
    chooses_lenet(person)
    goes_to(person, CODE, "#commands")
    waits(person, "#commands", "--backbone lenet5")
    waits(person, "#xedu", "LeNet")
    goes_to(person, TRAINING, "#start")
    person.clicks("#start")
    waits(person, "#status", "run1")
    person.opens()  # closed and opened again
    waits(person, "#folder textarea, #folder input")
    goes_to(person, TRAINING, "#start")
    waits(person, "#status", done)
    waits(person, "#curves img")
    goes_to(person, UNDERSTAND, "#measure")
    person.clicks("#measure")
    person._wait(lambda: how_good in (person.all("#report iframe")[0].get_attribute("srcdoc") or ""), how_good)
    puts(person, "#look-photo", bee)
    waits(person, "#heat img")
    goes_to(person, USE, "#export")
    person.clicks("#export")
    waits(person, "#exported", "run1.onnx")
    puts(person, "#photo", bee)
    waits(person, "#answer", "%")
    model = Classifier.open(tmp_path / "studio" / "models" / "run1.onnx")
    assert {label.key for label in model.card.labels} == {"background", "bee", "caterpillar", "snail"}
    colour_model(tmp_path / "studio" / "models" / "run1.onnx", familiar=0.3, strange_below=0.5)
    puts(person, "#photo", next((photos / "images" / "snail").iterdir()))
    waits(person, "#doubt", unknown)
    assert elsewhere(person) == []


def elsewhere(person: Person) -> list[str]:
    """What the browser asked other computers for, or would have, had the page's policy not refused it."""
    asked = person.driver.execute_script("return performance.getEntriesByType('resource').map(entry => entry.name)")
    assert asked
    blocked = [line for line in person.complaints() if "http" in line and person.address not in line]
    return blocked + [one for one in asked if not one.startswith((person.address, "data:", "blob:"))]


def starts_the_webcam(person: Person, css: str) -> None:
    """Allows the drawn camera, and records."""
    person.clicks(f"{css} [title='grant webcam access'] button")
    person.clicks(f"{css} button[aria-label='capture photo']")


def rests(person: Person, folder: Path) -> None:
    """Waits until nothing more comes: pictures of the webcam were on their way when it was stopped."""
    seen = [frozenset[Path]()]

    def is_at_rest() -> bool:
        before, seen[0] = seen[0], frozenset(folder.iterdir())
        time.sleep(6 * EVERY_S)
        return before == seen[0] == frozenset(folder.iterdir())

    person._wait(is_at_rest, f"rest in {folder}")


def test_a_set_is_made_of_dropped_photos_and_of_the_webcams(visitor: Visitor, tmp_path: Path) -> None:
    photos = tmp_path / "drawn" / "images"
    assert gardenwatch("draw", photos.parent, "--per-class", 4).returncode == 0
    (tmp_path / "notes.txt").write_text("bees are nice", encoding="utf-8")
    person = visitor("en")
    person.clicks("#own > button")
    person.types("#own-class input", "bee\n")
    puts(person, "#own-files", *sorted((photos / "bee").iterdir()), tmp_path / "notes.txt")
    waits(person, "#own-said", "4 photos added to bee. Left out: notes.txt: no picture")
    person.types("#own-class input", "green\n")
    starts_the_webcam(person, "#own-camera")
    taken = tmp_path / "studio" / "photos" / "my photos" / "images" / "green"
    person._wait(lambda: taken.is_dir() and len(list(taken.iterdir())) >= 4, "4 photos of green")
    waits(person, "#own-said", "taken of green.")
    person.clicks("#own-camera button[aria-label='capture photo']")  # which stops it
    rests(person, taken)
    person.clicks("#own-use")
    waits(person, "#chosen", "2 classes (bee, green)")
    before = len(list(taken.iterdir()))
    person.clicks("#own-undo")
    waits(person, "#own-said", "taken back.")
    back = int(person.all("#own-said")[0].text.split()[0])  # where the machine paused, the last series of them
    assert 1 <= back == before - len(list(taken.glob("*")))


def test_a_thousand_files_dropped_at_once_come_in_and_what_is_none_is_named(visitor: Visitor, tmp_path: Path) -> None:
    assert gardenwatch("draw", tmp_path / "drawn", "--per-class", 1).returncode == 0
    photo = next((tmp_path / "drawn" / "images" / "bee").iterdir()).read_bytes()
    dropped = [tmp_path / "drop" / f"{number:04}.{'jpg' if number < 990 else 'txt'}" for number in range(1000)]
    dropped[0].parent.mkdir()
    for path in dropped:
        path.write_bytes(photo if path.suffix == ".jpg" else b"no photo")
    person = visitor("en")
    person.clicks("#own > button")
    person.types("#own-class input", "bee\n")
    puts(person, "#own-files", *dropped)
    waits(person, "#own-said", "990 photos added to bee. Left out: 0990.txt: no picture")
    assert len(list((tmp_path / "studio" / "photos" / "my photos" / "images" / "bee").iterdir())) == 990
    assert uploads_left(tmp_path) == []


def test_a_photo_in_the_wrong_class_is_moved_and_moved_back(visitor: Visitor, tmp_path: Path) -> None:
    photos = tmp_path / "drawn"
    assert gardenwatch("draw", photos, "--per-class", 8).returncode == 0
    person = visitor("zh-CN")
    person.types("#folder textarea, #folder input", str(photos))
    person.clicks("#open-folder")
    waits(person, "#chosen", "4 个类别")
    goes_to(person, NETWORK, "#more")
    person.clicks("#more > button")
    waits(person, "#weights input")
    person.types("#weights input", "none\n")
    goes_to(person, PHOTOS, "#suspects")
    person.clicks("#suspects > button")
    person.clicks("#find-suspects")
    waits(person, "#suspects-said", "可能放错了类别")
    before = sorted(path.relative_to(photos) for path in photos.rglob("*.jpg"))
    person.clicks("button.move")
    waits(person, "#suspects-said", "现在属于")
    assert sorted(path.relative_to(photos) for path in photos.rglob("*.jpg")) != before
    person.clicks("#undo-move")
    waits(person, "#suspects-said", "已放回原处")
    assert sorted(path.relative_to(photos) for path in photos.rglob("*.jpg")) == before


def test_a_name_that_is_typed_while_a_training_begins_stays(visitor: Visitor, tmp_path: Path) -> None:
    trained_in(tmp_path)
    person = visitor("en")
    chooses_lenet(person)
    goes_to(person, TRAINING, "#start")
    person.clicks("#start")

    def named() -> bool:
        """The start may propose the next name after the field was cleared and before this one is typed."""
        person.types("#run-name textarea, #run-name input", "mine")
        return person.value_of("#run-name textarea, #run-name input") == "mine"

    person._wait(named, "the name that was typed")
    waits(person, "#status", "run2 is done")
    assert person.value_of("#run-name textarea, #run-name input") == "mine"
    person.clicks("#start")
    waits(person, "#status", "mine is done")
    person._wait(lambda: person.value_of("#run-name textarea, #run-name input") == "run3", "the next one's name")


def test_a_model_is_made_smaller_and_watches_the_webcam_and_a_clip(visitor: Visitor, tmp_path: Path) -> None:
    workspace = trained_in(tmp_path)
    person = visitor("en")
    goes_to(person, USE, "#export")
    person.clicks("#anyway input")
    person.clicks("#quantize")
    waits(person, "#exported", "written to")
    assert (workspace.models / "run1-int8.onnx").is_file()
    person.clicks("#live > button")
    starts_the_webcam(person, "#live-camera")
    waits(person, "#live-answer", "%")
    person.clicks("#live-camera button[aria-label='capture photo']")
    person.clicks("#clip > button")
    waits(person, "#clip-seconds input")
    person.types("#clip-seconds input", "1")
    person.clicks("#watch-clip")
    playable = "const film = document.querySelector('#film video'); return film !== null && film.readyState >= 2"
    person._wait(lambda: bool(person.driver.execute_script(playable)), "a film that plays")
    person.clicks("#send > button")
    waits(person, "#send-lines", "gardenwatch model install 'run1.onnx'")


def test_what_cannot_be_used_is_told_and_leaves_nothing(visitor: Visitor, tmp_path: Path) -> None:
    person = visitor("en")
    person.types("#folder textarea, #folder input", str(tmp_path / "absent"))
    person.clicks("#open-folder")
    person.sees("give the folder that holds images/ or training_set/")
    with zipfile.ZipFile(tmp_path / "slip.zip", "w") as archive:
        archive.writestr("bee/1.jpg", b"x")
        archive.writestr("../../slipped.jpg", b"x")
    puts(person, "#packed", tmp_path / "slip.zip")
    person.sees("do not open this file")
    assert list((tmp_path / "studio" / "uploads").iterdir()) == uploads_left(tmp_path) == []
    assert list(tmp_path.rglob("slipped*")) == []
    person.opens()  # the messages lie over the buttons
    waits(person, "#folder textarea, #folder input")
    goes_to(person, TRAINING, "#start")
    person.clicks("#start")
    person.sees("open a folder in the tab of the photos first")


def test_a_file_that_is_no_photo_is_told(visitor: Visitor, tmp_path: Path) -> None:
    person = visitor("en")
    (tmp_path / "text.jpg").write_text("not a photo", encoding="utf-8")
    goes_to(person, USE, "#export")
    puts(person, "#photo", tmp_path / "text.jpg")
    person.sees("no picture")
