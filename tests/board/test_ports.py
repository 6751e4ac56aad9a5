"""The port is chosen from what pyserial lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.board.fault import Fault, Reason
from edge.board.ports import BOARDS, Port, candidates, listed_name

SOMETHING_ELSE = Port("/dev/ttyS0", None)


@pytest.mark.parametrize("usb_id", BOARDS["uno"])
def test_finds_the_unos_that_schools_have(usb_id: tuple[int, int]) -> None:
    ports = [SOMETHING_ELSE, Port("/dev/ttyUSB0", usb_id), Port("/dev/ttyUSB1", (0x067B, 0x2303))]
    assert candidates("uno", ports) == ["/dev/ttyUSB0"]


def test_prefers_a_board_that_can_be_nothing_else() -> None:
    ports = [Port("/dev/ttyUSB0", (0x1A86, 0x7523)), Port("/dev/ttyACM0", (0x2341, 0x0043))]
    assert candidates("uno", ports) == ["/dev/ttyACM0", "/dev/ttyUSB0"]


def test_does_not_take_another_board_for_an_uno() -> None:
    assert candidates("uno", [SOMETHING_ELSE, Port("/dev/ttyACM0", (0x2341, 0x0042))]) == []


def test_maps_a_by_id_link_to_the_listed_name(tmp_path: Path) -> None:
    device, link = tmp_path / "ttyACM0", tmp_path / "usb-Arduino-if00"
    device.touch()
    link.symlink_to(device)
    assert listed_name(str(link), [SOMETHING_ELSE, Port(str(device), None)]) == str(device)


def test_gives_no_name_to_a_port_that_is_absent_or_not_listed(tmp_path: Path) -> None:
    unlisted = tmp_path / "pts"
    unlisted.touch()
    assert listed_name(str(tmp_path / "ttyACM0"), [SOMETHING_ELSE]) is None
    assert listed_name(str(unlisted), [SOMETHING_ELSE]) is None


def test_takes_a_windows_name_as_it_is() -> None:
    assert listed_name("COM3", [Port("COM3", (0x2341, 0x0043))]) == "COM3"


REASONS: tuple[Reason, ...] = Reason.__args__  # type: ignore[attr-defined]


@pytest.mark.parametrize("reason", REASONS)
def test_says_of_each_fault_what_is_expected_what_is_found_what_to_do(reason: Reason) -> None:
    expected, found, todo = Fault(reason).sentence().split("; ", 2)
    assert expected.startswith("expected ")
    assert found.startswith("found ")
    assert todo
