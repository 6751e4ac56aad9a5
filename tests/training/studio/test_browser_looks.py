"""Nothing is cut, on a phone and on a desktop; fields have an edge that can be seen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("selenium", reason="pip install selenium")
pytest.importorskip("gradio", reason="the studio is not installed: pip install 'gardenwatch[training,studio]'")
pytest.importorskip("torch", reason="torch is not installed: pip install 'gardenwatch[training]'")

from tests.review.web.driving import DESKTOP, PHONE, Person
from tests.training.studio.conftest import Visitor
from tests.training.studio.visiting import trained_in, waits
from training.studio.workspace import Workspace

pytestmark = [pytest.mark.system, pytest.mark.filterwarnings("ignore::ResourceWarning")]

TABS = ("#folder", "#epochs", "#commands", "#start", "#measure", "#export")
CUT = """
const cut = [];
for (const one of document.querySelectorAll('.tabitem button, .tabitem td, .tabitem p, .tabitem code, .cm-line')) {
    const box = one.getBoundingClientRect();
    const is_shown = one.offsetParent !== null && box.width > 1 && !one.closest('[role=tablist], .overflow-menu');
    const is_high = one.matches('button.lg') && one.scrollHeight > one.clientHeight + 1;
    const is_wide = one.matches('td') && one.scrollWidth > one.clientWidth + 1;
    if (is_shown && (box.right > innerWidth + 1 || is_high || is_wide))
        cut.push(`${one.tagName} ${one.textContent.slice(0, 60)}`);
}
return cut;
"""
SIDEWAYS = """
return [...document.querySelectorAll('#curves *')]
    .filter(one => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== 'visible')
    .map(one => one.tagName);
"""
"""Parts of the picture of the training that have to be moved sideways."""
FRAMED = "return document.querySelector('#found iframe').contentDocument.querySelectorAll('td').length > 0"
BROKEN = """
const page = document.querySelector('#found iframe').contentDocument;
const words = [...page.querySelectorAll('th, td')].filter(one => !one.textContent.includes(' '));
const line = one => parseFloat(page.defaultView.getComputedStyle(one).lineHeight);
return words.filter(one => one.clientHeight > 2 * line(one)).map(one => one.textContent);
"""
"""Words of the framed page's table that stand in two lines, and what stands beside them."""
MEASURED = """
const frame = document.querySelector('#report iframe');
return frame !== null && frame.contentDocument.querySelector('main table') !== null;
"""
TABLE_TOO_WIDE = """
const page = document.querySelector('#report iframe').contentDocument;
const seen = [...page.querySelectorAll('.wide')].find(one => one.clientWidth > 0);
return seen.scrollWidth > seen.clientWidth + 1;
"""
EDGES = """
return [...document.querySelectorAll('.tabitem input[type=checkbox], .tabitem textarea, .tabitem button.secondary')]
    .filter(one => one.offsetParent !== null && parseFloat(getComputedStyle(one).borderTopWidth) < 1)
    .map(one => one.outerHTML.slice(0, 100));
"""


def looks_at(person: Person, number: int) -> None:
    """That tab, whether it stands in the row or, where the row is too short, in the menu behind it."""

    def found() -> bool:
        wanted = [one for one in person.all("button[role=tab], .overflow-dropdown button") if one.is_displayed()]
        wanted = [one for one in wanted if one.text.startswith(f"{number + 1} ")]
        if wanted:
            wanted[0].click()
            return True
        person.all(".overflow-menu > button")[0].click()
        return False

    person._wait(found, f"tab {number + 1}")
    waits(person, TABS[number])


def as_if_trained_here(workspace: Workspace) -> None:
    """The tab of the training shows its latest one."""
    run = workspace.root / "runs" / "run1"
    (workspace.root / "training.json").write_text(json.dumps({"run": str(run), "epochs": 1}), encoding="utf-8")
    (workspace.root / "training.end").write_text(json.dumps({"code": 0}), encoding="utf-8")


@pytest.mark.parametrize(
    ("language", "size", "dark"), [("en", PHONE, False), ("zh-CN", PHONE, True), ("en", DESKTOP, True)]
)
def test_nothing_is_cut_in_any_tab(
    visitor: Visitor, tmp_path: Path, language: str, size: tuple[int, int], dark: bool
) -> None:
    as_if_trained_here(trained_in(tmp_path))
    person = visitor(language, size, dark)
    for number in range(len(TABS)):
        looks_at(person, number)
        if TABS[number] == "#commands":
            waits(person, "#commands", "gardenwatch-train")
        if TABS[number] == "#export":
            person.clicks("#export")
            waits(person, "#exported", "run1.onnx")
            waits(person, "#model-file", "onnx")
            person.clicks("#send > button")
            waits(person, "#send-lines", "scp")
        if TABS[number] == "#start":
            waits(person, "#curves img")
            person.script_says(SIDEWAYS, [])
        if TABS[number] == "#measure":
            person.clicks("#measure")
            person._wait(lambda: bool(person.driver.execute_script(MEASURED)), "the page with its tables")
            person.script_says(TABLE_TOO_WIDE, False)
        if TABS[number] == "#folder":
            person.types("#folder textarea, #folder input", str(tmp_path / "drawn"))
            person.clicks("#open-folder")
            waits(person, "#found iframe")
            person._wait(lambda: bool(person.driver.execute_script(FRAMED)), "the table in the frame")
            person.script_says(BROKEN, [])
            person.clicks("#suspects > button")
            waits(person, "#find-suspects")
        person._wait(lambda: not person.is_too_wide(), "a page as wide as the screen")
        person.script_says(CUT, [])
        person.script_says(EDGES, [])
