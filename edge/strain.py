"""Whether the computer has enough power and is cool enough, as a Raspberry Pi tells it in /sys."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["under_voltage", "throttled", "hot"]

EVERY_S = 10.0
"""Three small files; what comes and goes between two looks is still told by the bits that stay."""
HOT_C = 80.0
"""From here on a Pi slows down (https://www.raspberrypi.com/documentation/computers/raspberry-pi.html, thermal
management); it is the limit of none but a Pi, and no processor likes more."""
BITS: dict[Kind, int] = {"under_voltage": 0b0001, "throttled": 0b0110, "hot": 0b1000}
"""Of get_throttled, now: under-voltage; frequency capped, throttled; soft temperature limit. The same bits 16 places
higher say that it has been so since the computer was switched on. (vcgencmd(1); drivers/firmware/raspberrypi.c)"""
SINCE = 16


@dataclass(frozen=True, slots=True)
class Reading:
    """What /sys says; None of what the computer does not tell."""

    bits: int | None
    low_voltage: bool | None
    celsius: float | None

    @property
    def now(self) -> set[Kind]:
        found: set[Kind] = {kind for kind, mask in BITS.items() if (self.bits or 0) & mask}
        if self.low_voltage:
            found.add("under_voltage")
        if self.celsius is not None and self.celsius >= HOT_C:
            found.add("hot")
        return found

    @property
    def ever(self) -> set[Kind]:
        """Since the computer was switched on."""
        return {kind for kind, mask in BITS.items() if (self.bits or 0) >> SINCE & mask}


@dataclass(frozen=True, slots=True)
class Strain:
    """What held in the seconds before now."""

    kinds: tuple[Kind, ...]
    seconds: float


class Strains:
    """Looks every ten seconds. Read in /sys, because `vcgencmd` needs a device file that the service may not open."""

    def __init__(self, sys: Path = Path("/sys")) -> None:
        self._sys = sys
        self._last_s: float | None = None
        self._ever: set[Kind] = set()
        self.now: tuple[Kind, ...] = ()
        """As the last look found it."""

    def look(self, tick_s: float) -> Strain | None:
        """None where it is not time yet. Also what came and went since the last look counts."""
        if self._last_s is not None and tick_s - self._last_s < EVERY_S:
            return None
        reading = read(self._sys)
        before_s, self._last_s = self._last_s, tick_s
        gone_by = reading.ever - self._ever if before_s is not None else set()
        self._ever = reading.ever
        self.now = tuple(sorted(reading.now | gone_by))
        return Strain(self.now, 0.0 if before_s is None else tick_s - before_s)


def read(sys: Path = Path("/sys")) -> Reading:
    """Never raises: what cannot be read is not known."""
    # newer kernels call get_throttled deprecated, for the voltage alone there is a sensor instead
    sensors = [path.parent for path in sys.glob("class/hwmon/hwmon*/name") if _text(path) == "rpi_volt"]
    low = [_text(sensor / "in0_lcrit_alarm") for sensor in sensors]
    bits = [_number(_text(path), 16) for path in sys.glob("devices/platform/*/*firmware/get_throttled")]
    heat = _number(_text(sys / "class/thermal/thermal_zone0/temp"), 10)
    return Reading(
        bits=next((one for one in bits if one is not None), None),
        low_voltage=next((one == "1" for one in low if one is not None), None),
        celsius=None if heat is None else heat / 1000,
    )


def _text(path: Path) -> str | None:
    try:
        return path.read_text("ascii").strip()
    except (OSError, ValueError):
        return None


def _number(text: str | None, base: int) -> int | None:
    try:
        return None if text is None else int(text.removeprefix("throttled="), base)
    except ValueError:
        return None
