"""The page in a real browser, used as a class uses it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge.masks import MaskFile
from edge.review.web import passwords
from edge.store.store import Store
from tests.programs import Daemon
from tests.review.web.conftest import PASSWORDS, judge, verdicts
from tests.review.web.test_commands import served
from tests.store.conftest import Folder
from tests.store.visits import SETTINGS, run, sighting, visit

pytest.importorskip("selenium", reason="pip install selenium")
from tests.review.web.driving import DESKTOP, PHONE, Person

pytestmark = [pytest.mark.system, pytest.mark.filterwarnings("ignore::ResourceWarning")]

LABELS = ["slug", "bee", "unknown", "snail", "wasp", "slug", "bee", "unknown"]
ROLES: dict[str, Any] = {"slug": "pest", "snail": "pest", "bee": "beneficial", "wasp": "neutral", "unknown": "neutral"}
Visitor = Callable[..., Person]


@pytest.fixture
def season(tmp_path: Path) -> Folder:
    """Eight sightings, the eighth the newest."""
    folder = Folder(tmp_path / "data")
    with Store.open(folder.path, SETTINGS, run()) as store:
        for n, label in enumerate(LABELS):
            seen = sighting(10 * n, label, ROLES[label], 0.9 - n / 20, id=f"{n + 1:032x}")
            store.record(visit(seen, 40 + 20 * n, further=2 if n == 0 else 0))
    return folder


@pytest.fixture
def visitor(season: Folder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Visitor]:
    """Serves the page once somebody comes."""
    monkeypatch.chdir(tmp_path)  # where masks.yaml is
    with ExitStack() as stack:
        address: list[str] = []

        def come(**how: Any) -> Person:
            if not address:
                address.append(stack.enter_context(served(season.path))[1])
            person = Person(address[0], **how)
            stack.callback(person.leaves_for_good)
            return person

        yield come


def truth(folder: Folder) -> list[str]:
    return [label for (label,) in folder.query("SELECT truth FROM sightings ORDER BY first_at")]


def test_a_student_opens_filters_judges_with_a_key_and_takes_it_back(visitor: Visitor, season: Folder) -> None:
    student = visitor()
    student.opens()
    student.sees("8 visitors")
    student.leaves(lambda: student.clicks("header nav a", 1))
    student.clicks("summary")
    student.chooses('select[name="label"]', "slug")
    student.leaves(lambda: student.clicks(".filters button"))
    assert len(student.all(".shot")) == 2
    student.leaves(lambda: student.clicks(".shot a"))
    student.sees("What do you say?")
    student.types('input[name="by"]', "Li Hua")
    student.clicks("h1")
    bee = student.all('button[value="bee"]')[0].get_attribute("data-key")
    assert bee
    student.leaves(lambda: student.presses(bee))
    student.sees("1 judged as bee")
    assert verdicts(season) == [(f"{6:032x}", "bee", "Li Hua")]
    student.leaves(lambda: student.presses("z"))
    student.sees_not("judged as")
    assert truth(season) == LABELS
    assert student.complaints() == []


def test_many_are_chosen_with_shift_and_judged_with_one_key(visitor: Visitor, season: Folder) -> None:
    teacher = visitor()
    teacher.opens("/gallery")
    assert not teacher.all(".bulk")[0].is_displayed()
    teacher.clicks(".pick input", 1)
    teacher.shift_clicks(".pick input", 4)
    teacher.sees("4 chosen")
    teacher.leaves(lambda: teacher.presses("x"))
    teacher.sees("4 judged as no animal")
    assert truth(season) == [*LABELS[:3], *["background"] * 4, LABELS[7]]
    teacher.leaves(lambda: teacher.presses("z"))
    assert truth(season) == LABELS


def test_the_whole_gallery_is_walked_and_judged_without_a_mouse(visitor: Visitor, season: Folder) -> None:
    student = visitor()
    student.opens("/gallery")
    student.presses("j", "\ue014", " ", "\ue014", " ")  # down to the photos; right, space, right, space
    student.sees("2 chosen")
    student.leaves(lambda: student.presses("u"))
    assert truth(season)[5:7] == ["unknown", "unknown"]
    assert len(verdicts(season)) == 2


def test_your_call_is_answered_with_one_key_each_until_nothing_is_left(visitor: Visitor, season: Folder) -> None:
    student = visitor()
    student.opens("/call")
    student.sees("0 done, 7 to go")
    for done, key in enumerate([*["\ue007"] * 4, "u", "\ue007"], 1):  # four firsts: yes; unknown; a close call: yes
        student.leaves(lambda key=key: student.presses(key))  # type: ignore[misc]
        student.sees(f"{done} done")
    student.leaves(lambda: student.presses(" "))
    student.sees("Only what you left for later")
    student.leaves(lambda: student.clicks("main .primary"))
    student.leaves(lambda: student.presses("u"))
    student.sees("You judged 7.")
    assert truth(season) == LABELS, "all as the machine said"
    assert len(verdicts(season)) == 7


def test_on_a_phone_a_photo_is_swiped_for_yes_and_for_later(visitor: Visitor, season: Folder) -> None:
    student = visitor(size=PHONE)
    student.opens("/call")
    student.sees("Swipe the photo")
    student.swipes(".large", 40)
    student.swipes(".large", 100, 120)
    student.sees("0 done, 7 to go")
    assert verdicts(season) == [], "neither a slipped tap nor scrolling says anything"
    asked = student.value_of('input[name="id"]')
    student.leaves(lambda: student.swipes(".large", 150))
    student.sees("1 done, 6 to go")
    ((id, label, _by),) = verdicts(season)
    assert (id, label) == (asked, LABELS[int(asked, 16) - 1])
    student.leaves(lambda: student.clicks(".undo button"))
    student.sees("0 done, 7 to go")
    student.leaves(lambda: student.swipes(".large", -150))
    student.sees("Only what you left for later")  # these ids begin alike, so that one stands for all
    student.opens(f"/sighting/{4:032x}")
    student.leaves(lambda: student.swipes(".large", -150))
    student.at(f"/sighting/{3:032x}")
    student.leaves(lambda: student.swipes(".large", 150))
    student.at(f"/sighting/{4:032x}")
    assert student.complaints() == []


def test_photos_whose_files_are_gone_say_so(visitor: Visitor, season: Folder) -> None:
    for file in (season.path / "photos").rglob("*.jpg"):
        file.unlink()
    student = visitor()
    student.opens("/gallery")
    student._wait(lambda: len(student.all(".shot .no-photo")) == len(LABELS), "words instead of each photo")
    assert student.barriers() == []


def test_the_back_button_shows_nothing_after_logging_out(visitor: Visitor, season: Folder) -> None:
    passwords.write(season.path, "teacher", PASSWORDS["teacher"])
    teacher = visitor()
    teacher.opens(f"/sighting/{1:032x}")
    teacher.types('input[name="name"]', "Ms Wang")
    teacher.types('input[name="password"]', PASSWORDS["teacher"])
    teacher.leaves(lambda: teacher.clicks("main .primary"))
    teacher.opens("/gallery")
    teacher.leaves(lambda: teacher.clicks(".leave button"))
    for _ in range(2):
        teacher.leaves(teacher.driver.back)
        teacher.sees("Your teacher knows the password.")
        assert not teacher.all(".shot, .album")


def test_the_language_is_switched_and_stays(visitor: Visitor) -> None:
    student = visitor()
    student.opens("/gallery")
    student.leaves(lambda: student.clicks(".language button"))
    student.sees("相册")
    student.leaves(lambda: student.clicks("header nav a", 0))
    student.sees("8 位访客")
    student.leaves(lambda: student.clicks(".language button"))
    student.sees("8 visitors")


def test_logging_in_wrongly_then_rightly(visitor: Visitor, season: Folder) -> None:
    passwords.write(season.path, "teacher", PASSWORDS["teacher"])
    teacher = visitor()
    teacher.opens("/gallery?role=pest")
    for password, seen in (("wrong password", "That password is wrong."), (PASSWORDS["teacher"], "Gallery")):
        teacher.types('input[name="name"]', "Ms Wang")
        teacher.types('input[name="password"]', password)
        teacher.leaves(lambda: teacher.clicks("main .primary"))
        teacher.sees(seen)
    teacher.at("/gallery?role=pest")
    teacher.leaves(lambda: teacher.clicks(".leave button"))
    teacher.sees("Log in")


def test_a_mask_is_drawn_on_the_picture_and_saved(visitor: Visitor, season: Folder, tmp_path: Path) -> None:
    with Daemon("--source", "demo", "--dry-run", "--realtime", "--data", season.path) as watcher:
        watcher.tells_systemd("READY=1")
        teacher = visitor()
        teacher.opens("/masks")
        teacher._wait(lambda: bool(teacher.all(".canvas img")), "the present picture")
        teacher.clicks('[data-kind="ignore"]')
        for right, down in ((0.1, 0.1), (0.5, 0.1), (0.3, 0.5)):
            teacher.driver.execute_script(_TAP, right, down)
        teacher.clicks("[data-close]")
        teacher.types(".mask-list input", "road")
        teacher.leaves(lambda: teacher.clicks("main .primary"))
        watcher.says("masks read")
    (mask,) = MaskFile(tmp_path / "masks.yaml").read().masks
    assert (mask.name, mask.kind) == ("road", "ignore")
    drawn, wanted = np.array(mask.polygon), np.array([[0.1, 0.1], [0.5, 0.1], [0.3, 0.5]])
    assert np.abs(drawn - wanted).max() < 0.01


_TAP = """
const svg = document.querySelector("[data-drawing]"), box = svg.getBoundingClientRect();
svg.dispatchEvent(new MouseEvent("click", {bubbles: true, clientX: box.left + box.width * arguments[0],
  clientY: box.top + box.height * arguments[1]}));
"""
PAGES = [
    "/",
    "/gallery",
    "/gallery?role=pest",
    "/rejected",
    f"/sighting/{1:032x}",
    "/call",
    "/charts",
    "/accuracy",
    "/masks",
    "/export",
]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_nobody_is_shut_out_and_nothing_is_cut_off(
    visitor: Visitor, season: Folder, size: tuple[int, int], dark: bool, language: str
) -> None:
    """Contrast, names, order, keyboard: what axe can check, on every page; pictures go to GARDENWATCH_SCREENSHOTS."""
    judge(season, f"{2:032x}", "bee", "beneficial")
    judge(season, f"{4:032x}", "background", "background")
    person = visitor(size=size, dark=dark, language=language)
    for path in PAGES:
        person.opens(path)
        assert person.barriers() == [], path
        assert not person.is_too_wide(), path
        if folder := os.environ.get("GARDENWATCH_SCREENSHOTS"):
            page, light = path.strip("/").replace("/", "-")[:12] or "today", "dark" if dark else "light"
            name = f"{page}-{size[0]}-{light}-{language}"
            person.driver.save_screenshot(f"{folder}/{name}.png")
    assert person.complaints() == []


def test_a_table_is_taken_home_and_the_page_says_that_it_is_whole(visitor: Visitor, tmp_path: Path) -> None:
    teacher = visitor()
    teacher._tell("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path / "home"))
    teacher.opens("/gallery?role=pest")
    teacher.leaves(lambda: teacher.clicks('a[href^="/export"]'))
    teacher.clicks("main .export > .primary")
    teacher.sees("Sightings in it: 3. The file is whole.")
    teacher._wait(lambda: (tmp_path / "home" / "sightings.csv").is_file(), "the file")
    assert len((tmp_path / "home" / "sightings.csv").read_text("utf-8-sig").splitlines()) == 4


def test_without_scripts_a_verdict_is_given_all_the_same(visitor: Visitor, season: Folder) -> None:
    student = visitor()
    student._tell("Emulation.setScriptExecutionDisabled", value=True)
    student.opens("/gallery")
    student.clicks(".pick input", 0)
    student.clicks(".bulk button")
    student.sees("1 judged as")
    assert len(verdicts(season)) == 1
