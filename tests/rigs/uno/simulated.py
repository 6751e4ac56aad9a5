"""An Uno of which every instruction is simulated: pinpong's own firmware on simavr's ATmega328P."""

from __future__ import annotations

import atexit
import functools
import importlib.util
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

from tests.rigs.uno.bench import Bench

SOURCE = Path(__file__).with_name("uno_sim.c")
OPTIBOOT = Path("/usr/share/arduino/hardware/arduino/avr/bootloaders/optiboot/optiboot.c")
PLACED = "-Wl,--relax,--section-start=.text=0x7c00,--section-start=.version=0x7ffe"
"""Debian's compiler makes 532 bytes of it. A real one has half a kilobyte at the memory's end, this one a whole."""
PARTS = ("-j", ".text", "-j", ".data", "-j", ".version", "--set-section-flags", ".version=alloc,load")
BLINK = """
#include <avr/io.h>
#include <util/delay.h>
int main(void) { DDRB = 1; for (;;) { PORTB ^= 1; _delay_ms(100); } }
"""


@functools.cache
def program() -> Path:
    """The simulator, compiled once per test run. Raises CalledProcessError where it cannot be."""
    folder = Path(tempfile.mkdtemp(prefix="gardenwatch-uno-"))
    atexit.register(shutil.rmtree, folder)
    binary = folder / "uno_sim"
    subprocess.run(["cc", "-O2", "-Wall", "-o", binary, SOURCE, "-lsimavr", "-lutil"], check=True)
    return binary


@functools.cache
def bootloader() -> Path:
    """The Uno's own, compiled once per test run. Raises CalledProcessError where it cannot be."""
    line = ["-fno-split-wide-types", "-mrelax", "-nostartfiles", "-nostdlib", "-DBAUD_RATE=115200"]
    return _compiled("optiboot", [*line, "-DLED_START_FLASHES=3", PLACED, str(OPTIBOOT)])


@functools.cache
def sketch() -> Path:
    """Of somebody who has used the board for something else."""
    source = program().with_name("sketch.c")
    source.write_text(BLINK)
    return _compiled("sketch", [str(source)])


def _compiled(name: str, words: list[str]) -> Path:
    made = program().with_name(name)
    subprocess.run(["avr-gcc", "-Os", "-mmcu=atmega328p", "-DF_CPU=16000000L", "-o", made, *words], check=True)
    subprocess.run(["avr-objcopy", "-O", "ihex", *PARTS, made, made.with_suffix(".hex")], check=True)
    return made.with_suffix(".hex")


def missing_for_bootloader() -> str | None:
    """What has to be installed before it can be compiled; None where all is there."""
    if shutil.which("avr-gcc") is None or not OPTIBOOT.exists():
        return "the Uno's bootloader: `apt-get install gcc-avr avr-libc arduino-core-avr` (make test-system)"
    return None


def missing() -> str | None:
    """What has to be installed before a SimulatedUno works; None where all is there."""
    if importlib.util.find_spec("pinpong") is None:
        return "pinpong (its firmware is the one that runs)"
    if shutil.which("cc") is None or not Path("/usr/include/simavr/sim_avr.h").exists():
        return "libsimavr-dev and cc: `apt-get install libsimavr-dev gcc libc6-dev` (make test-system)"
    return None


def firmware() -> Path:
    """pinpong's firmware for the Uno, out of the installed package."""
    spec = importlib.util.find_spec("pinpong")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "base" / "FirmataExpress.UNO.2.8.hex"


class SimulatedUno(Bench):
    """The real firmware answers, and the levels are those of the chip's pins. Takes a third of a core."""

    def reset(self) -> None:
        assert self._chip.stdin is not None
        self._chip.stdin.write("reset\n")
        self._chip.stdin.flush()

    def _power_on(self) -> str:
        # A real chip is not slowed by what the computer does; where that isn't allowed, `nice` starts it all the same.
        words = ["nice", "-n", "-15", program(), *self._flash()]
        self._chip = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._chip.stdout is not None
        word, _, terminal = self._chip.stdout.readline().strip().partition(" ")
        if word != "port":
            raise RuntimeError(f"expected the simulator to name its port; found {word!r}, status {self._chip.wait()}")
        self._reader = threading.Thread(target=self._read, name="simulated-uno", daemon=True)
        self._reader.start()
        return terminal

    def _flash(self) -> tuple[Path, ...]:
        """What the chip's memory holds."""
        return (firmware(),)

    def _power_off(self) -> None:
        assert self._chip.stdin is not None
        assert self._chip.stdout is not None
        self._chip.stdin.close()
        self._chip.wait(60)
        self._reader.join()
        self._chip.stdout.close()

    def _read(self) -> None:
        assert self._chip.stdout is not None
        for line in self._chip.stdout:
            match line.split():
                case ["open"]:
                    self.opened += 1
                    self._happened()
                case ["pin", pin, level, tick_s]:
                    self._show(int(pin), level == "1", float(tick_s))


class UnoWithBootloader(SimulatedUno):
    """As every real Uno: after a reset its bootloader blinks D13 three times and listens, then starts the firmware."""

    def _flash(self) -> tuple[Path, ...]:
        return (firmware(), bootloader())


class UnoOfSomebodyElse(UnoWithBootloader):
    """Its sketch lets D8 blink five times a second, and says nothing."""

    def _flash(self) -> tuple[Path, ...]:
        return (sketch(), bootloader())
