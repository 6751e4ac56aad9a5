"""The drawing of the lamp's language shows what the lamp does."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from edge.actions.led import SAYS
from edge.actions.patterns import Steps, code
from edge.first_look import OUT_OF_ORDER, ROUNDS
from tests.conftest import PROJECT

SVG = "{http://www.w3.org/2000/svg}"
DRAWN_S = 12.0
ROWS: dict[str, Steps] = {**SAYS, **{f"fault-{number}": code(number) for number in (1, 2, 3)}}


def drawn(row: str, file: str = "blinks.svg", seconds: float = DRAWN_S) -> list[tuple[float, float]]:
    """From when to when the row is lit, in seconds."""
    (group,) = [group for group in ET.parse(PROJECT / "deploy" / file).iter(f"{SVG}g") if group.get("id") == row]
    (dark,) = [rect for rect in group.iter(f"{SVG}rect") if rect.get("class") == "dark"]
    left, scale = float(dark.get("x", 0)), seconds / float(dark.get("width", 0))
    lit = [rect for rect in group.iter(f"{SVG}rect") if rect.get("class") == "lit"]
    spans = [(float(rect.get("x", 0)) - left, float(rect.get("width", 0))) for rect in lit]
    return [(round(x * scale, 2), round((x + width) * scale, 2)) for x, width in spans]


@pytest.mark.parametrize("row", ROWS)
def test_each_row_is_lit_when_the_lamp_is(row: str) -> None:
    expected, second, steps = [], 0.0, ROWS[row] * 20
    for lit, seconds in steps:
        end = min(second + seconds, DRAWN_S)
        if lit and second < DRAWN_S:
            expected.append((second, end))
        second = end
    assert drawn(row) == expected


@pytest.mark.parametrize(("row", "code_told"), [("well", 0), ("camera", 1), ("record", 2), ("program", OUT_OF_ORDER)])
def test_the_drawing_of_power_on_shows_what_the_first_look_blinks(row: str, code_told: int) -> None:
    expected, second = [], 0.0
    for lit, seconds in code(code_told) * (ROUNDS if code_told else 1):
        if lit:
            expected.append((round(second, 2), round(second + seconds, 2)))
        second += seconds
    assert drawn(row, "power-on.svg", 20.0) == expected
