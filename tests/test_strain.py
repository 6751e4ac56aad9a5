"""Too little voltage and heat, in files as a Raspberry Pi has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.finding import Finding
from edge.strain import Kind, Strain, Strains, read
from edge.strain_check import power


class Pi:
    """/sys of a Raspberry Pi."""

    def __init__(self, folder: Path, throttled: str | None = "0", alarm: str | None = "0", heat: str = "48312") -> None:
        self.sys = folder
        self.put("class/thermal/thermal_zone0/temp", heat)
        if throttled is not None:
            self.put("devices/platform/soc/soc:firmware/get_throttled", throttled)
        self.put("class/hwmon/hwmon0/name", "cpu_thermal")
        if alarm is not None:
            self.put("class/hwmon/hwmon1/name", "rpi_volt")
            self.put("class/hwmon/hwmon1/in0_lcrit_alarm", alarm)

    def put(self, path: str, text: str) -> None:
        file = self.sys / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n")

    def throttle(self, bits: str) -> None:
        self.put("devices/platform/soc/soc:firmware/get_throttled", bits)


def test_a_computer_that_is_well_has_no_strain(tmp_path: Path) -> None:
    assert Strains(Pi(tmp_path).sys).look(0.0) == Strain((), 0.0)


@pytest.mark.parametrize(
    ("bits", "now", "ever"),
    [
        ("50005", {"under_voltage", "throttled"}, {"under_voltage", "throttled"}),
        ("50000", set(), {"under_voltage", "throttled"}),
        ("80008", {"hot"}, {"hot"}),
        ("20002", {"throttled"}, {"throttled"}),
        ("throttled=0xe0006", {"throttled"}, {"throttled", "hot"}),  # as vcgencmd writes it
    ],
)
def test_the_bits_are_read_as_the_firmware_means_them(
    bits: str, now: set[Kind], ever: set[Kind], tmp_path: Path
) -> None:
    reading = read(Pi(tmp_path, bits).sys)
    assert (reading.now, reading.ever) == (now, ever)


def test_a_newer_kernel_tells_of_the_voltage_by_a_sensor(tmp_path: Path) -> None:
    assert read(Pi(tmp_path, throttled=None, alarm="1").sys).now == {"under_voltage"}


def test_heat_counts_from_eighty_degrees_on(tmp_path: Path) -> None:
    assert read(Pi(tmp_path / "a", heat="79999").sys).now == set()
    assert read(Pi(tmp_path / "b", heat="80000").sys).now == {"hot"}


def test_it_is_asked_every_ten_seconds_and_the_time_between_counts(tmp_path: Path) -> None:
    pi = Pi(tmp_path)
    strains = Strains(pi.sys)
    strains.look(100.0)
    pi.throttle("50005")
    assert strains.look(109.0) is None
    assert strains.look(110.5) == Strain(("throttled", "under_voltage"), 10.5)
    assert strains.now == ("throttled", "under_voltage")


def test_what_came_and_went_between_two_looks_counts_once(tmp_path: Path) -> None:
    pi = Pi(tmp_path)
    strains = Strains(pi.sys)
    strains.look(0.0)
    pi.throttle("10000")
    assert strains.look(10.0) == Strain(("under_voltage",), 10.0)
    assert strains.look(20.0) == Strain((), 10.0)


def test_what_was_before_the_watching_is_not_its_strain(tmp_path: Path) -> None:
    assert Strains(Pi(tmp_path, "50000").sys).look(0.0) == Strain((), 0.0)


@pytest.mark.parametrize("text", ["", "no number", "0x"])
def test_what_cannot_be_read_is_not_known(text: str, tmp_path: Path) -> None:
    reading = read(Pi(tmp_path, text, alarm=None, heat=text).sys)
    assert (reading.bits, reading.low_voltage, reading.celsius) == (None, None, None)
    assert Strains(tmp_path / "nothing").look(0.0) == Strain((), 0.0)


@pytest.mark.parametrize(
    ("bits", "heat", "found"),
    [
        ("0", "48312", Finding("power and heat", "ok", "48 °C, enough voltage")),
        ("50005", "61000", "now: too little voltage, slowed down"),
        ("50000", "61000", "since it was switched on: too little voltage, slowed down"),
        ("80008", "84000", "now: too hot"),
    ],
)
def test_the_doctor_tells_of_it(bits: str, heat: str, found: Finding | str, tmp_path: Path) -> None:
    told = power(Pi(tmp_path, bits, heat=heat).sys)
    if isinstance(found, Finding):
        assert told == found
    else:
        assert told.state == "warning"
        assert found in told.found
        assert "shade" in told.todo if bits == "80008" else "power supply" in told.todo


def test_other_computers_say_only_what_they_know(tmp_path: Path) -> None:
    told = power(Pi(tmp_path, throttled=None, alarm=None).sys)
    assert (told.state, told.found) == ("ok", "48 °C; this computer does not tell of its voltage")
