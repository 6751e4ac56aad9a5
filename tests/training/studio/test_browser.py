"""The studio in a real browser: from a folder to a model file and a photo that it names."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

pytest.importorskip("selenium", reason="pip install selenium")
pytest.importorskip("gradio", reason="the studio is not installed: pip install 'gardenwatch[training,studio]'")
pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")

from edge.model.classifier import Classifier
from tests.programs import gardenwatch
from tests.review.web.driving import Person
from tests.training.studio.test_page import opened

pytestmark = [pytest.mark.system, pytest.mark.filterwarnings("ignore::ResourceWarning")]

Visitor = Callable[[str], Person]
PHOTOS, NETWORK, CODE, TRAINING, UNDERSTAND, USE = range(6)
WORDS = {
    "en": ("24 photos of 4 classes", "run1 is done, after 2 epochs", "How good is run1.onnx?"),
    "zh-CN": ("4 个类别的 24 张照片", "run1 已完成，共 2 轮", "run1.onnx 有多好"),
}


@pytest.fixture
def visitor(tmp_path: Path) -> Iterator[Visitor]:
    with ExitStack() as stack:

        def come(language: str) -> Person:
            person = Person(stack.enter_context(opened(tmp_path / "studio", language)), language=language)
            stack.callback(person.leaves_for_good)
            person.opens()
            waits(person, "#folder textarea, #folder input")
            return person

        yield come


def waits(person: Person, css: str, text: str = "") -> None:
    person._wait(lambda: person.all(css)[0].is_displayed() and text in person.all(css)[0].text, f"{css} {text}")


def goes_to(person: Person, tab: int, css: str) -> None:
    person.clicks("button[role=tab]", tab)
    waits(person, css)


def puts(person: Person, css: str, file: Path) -> None:
    person._wait(lambda: bool(person.all(f"{css} input[type=file]")), css)
    person.all(f"{css} input[type=file]")[0].send_keys(str(file))


def chooses_lenet(person: Person) -> None:
    goes_to(person, NETWORK, "#epochs")
    person.types("#epochs input", "2")
    person.types("#batch-size input", "8")
    field = person.all("#backbone input")[0]
    field.clear()
    field.send_keys("lenet5\n")


@pytest.mark.parametrize("language", WORDS)
def test_from_a_folder_to_a_photo_that_is_named(visitor: Visitor, tmp_path: Path, language: str) -> None:
    counted, done, how_good = WORDS[language]
    photos = tmp_path / "drawn"
    assert gardenwatch("draw", photos, "--per-class", 6).returncode == 0
    bee = next((photos / "images" / "bee").iterdir())
    person = visitor(language)
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
    assert [line for line in person.complaints() if "http" in line and person.address not in line] == []


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
    assert list((tmp_path / "studio" / "uploads").iterdir()) == []
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
