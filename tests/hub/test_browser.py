"""The page over all gardens in a real browser."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml

from edge.hub.keeper import Keeper, Message
from edge.hub.photo_files import PhotoFiles
from edge.hub.schema import connect, migrate
from tests.hub.tales import effort, photo, sighting
from tests.programs import SLOW_S, command

pytest.importorskip("selenium", reason="pip install selenium")
from tests.review.web.driving import DESKTOP, PHONE, Person

pytestmark = [pytest.mark.system, pytest.mark.filterwarnings("ignore::ResourceWarning")]
Visitor = Callable[..., Person]
GARDENS = 12
FIRST = f"{0:032x}"
KINDS = (("slug", "pest"), ("bee", "beneficial"), ("unknown", "neutral"))


def fill(database: str, data: Path) -> None:
    """Twelve gardens with three visitors each; one lost its connection, one its camera."""
    said: list[Message] = []
    for number in range(GARDENS):
        name = f"g{number}"
        said += [effort(1, name), Message(f"{name}/availability", b"online")]
        for kind, (label, role) in enumerate(KINDS):
            id = f"{number * 10 + kind:032x}"
            first = f"2026-05-01T1{kind}:{number + 10}:00.000+08:00"
            more: Any = {"label": label, "role": role, "truth": label, "truth_role": role, "closed": True}
            said.append(sighting(2 * kind + 2, name, id=id, first_seen=first, last_seen=first, **more))
            said.append(photo(2 * kind + 3, garden=name, id=id, shade=60 + 10 * number))
    said += [
        Message("g3/availability", b"offline"),
        Message("g5/health", b'{"well": false, "camera": "lost", "waiting": 17}'),
    ]
    with connect(database) as db:
        migrate(db)
        assert Keeper(db, PhotoFiles(data)).store(said).refused == 0


@pytest.fixture
def visitor(database: str, tmp_path: Path) -> Iterator[Visitor]:
    fill(database, tmp_path / "data")
    names = {"g0": "East School", "g1": "西城小学", "g2": "A garden with a name that is far longer than any other"}
    said = {"data": "data", "database": database, "broker": {"host": "127.0.0.1"}, "names": names}
    (tmp_path / "hub.yaml").write_text(yaml.safe_dump(said), encoding="utf-8")
    process = subprocess.Popen(
        command("hub", "--config", tmp_path / "hub.yaml", "review", "--port", "0"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    with ExitStack() as stack:
        stack.callback(process.communicate, timeout=SLOW_S)
        stack.callback(process.kill)
        line = process.stdout.readline()
        assert "http://" in line, process.communicate(timeout=SLOW_S)

        def come(**how: object) -> Person:
            person = Person(line.split()[1], **how)  # type: ignore[arg-type]
            stack.callback(person.leaves_for_good)
            return person

        yield come


def test_a_teacher_finds_a_garden_and_judges_what_it_saw(visitor: Visitor) -> None:
    teacher = visitor()
    teacher.opens()
    teacher.sees("East School")
    teacher.sees("17 messages to come")
    teacher.leaves(lambda: teacher.clicks("tbody th a"))
    assert len(teacher.all(".shot")) == 3
    teacher.leaves(lambda: teacher.clicks(".shot a", 2))
    teacher.sees("What you say here stays here")
    teacher.types('input[name="by"]', "Li Hua")
    teacher.clicks("h1")
    bee = teacher.all('button[value="bee"]')[0].get_attribute("data-key")
    assert bee
    teacher.leaves(lambda: teacher.presses(bee))
    teacher.sees("1 judged as bee")
    teacher.sees("Li Hua")
    teacher.leaves(lambda: teacher.presses("z"))
    teacher.sees_not("judged as")
    assert teacher.complaints() == []


def test_the_charts_of_one_of_many_gardens_are_chosen_from_a_list(visitor: Visitor) -> None:
    teacher = visitor()
    teacher.opens("/charts?span=all")
    teacher.chooses('select[name="garden"]', "g7")
    teacher.leaves(lambda: teacher.clicks(".which button"))
    assert "garden=g7" in teacher.driver.current_url
    assert "span=all" in teacher.driver.current_url
    assert teacher.all('option[value="g7"]')[0].is_selected()


@pytest.mark.parametrize(
    ("size", "dark", "language"), [(PHONE, False, "zh-CN"), (DESKTOP, True, "en"), (DESKTOP, False, "zh-CN")]
)
def test_nobody_is_shut_out(visitor: Visitor, size: tuple[int, int], dark: bool, language: str) -> None:
    """Contrast, names, order, keyboard: what axe can check, on every page; pictures go to GARDENWATCH_SCREENSHOTS."""
    person = visitor(size=size, dark=dark, language=language)
    for path in ("/", "/gallery", "/gallery?garden=g2&role=pest", f"/sighting/{FIRST}", "/charts", "/charts?span=all"):
        person.opens(path)
        assert person.barriers() == [], path
        assert not person.is_too_wide(), path
        if folder := os.environ.get("GARDENWATCH_SCREENSHOTS"):
            name = f"hub{path.replace('/', '-').replace('?', '-')}-{size[0]}-{language}{'-dark' if dark else ''}"
            person.driver.save_screenshot(f"{folder}/{name}.png")
    assert person.complaints() == []
