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


@functools.cache
def program() -> Path:
    """The simulator, compiled once per test run. Raises CalledProcessError where it cannot be."""
    folder = Path(tempfile.mkdtemp(prefix="gardenwatch-uno-"))
    atexit.register(shutil.rmtree, folder)
    binary = folder / "uno_sim"
    subprocess.run(["cc", "-O2", "-Wall", "-o", binary, SOURCE, "-lsimavr", "-lutil"], check=True)
    return binary


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
        self._chip = subprocess.Popen([program(), firmware()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._chip.stdout is not None
        word, _, terminal = self._chip.stdout.readline().strip().partition(" ")
        if word != "port":
            raise RuntimeError(f"expected the simulator to name its port; found {word!r}, status {self._chip.wait()}")
        self._reader = threading.Thread(target=self._read, name="simulated-uno", daemon=True)
        self._reader.start()
        return terminal

    def _power_off(self) -> None:
        assert self._chip.stdin is not None
        assert self._chip.stdout is not None
        self._chip.stdin.close()
        self._chip.wait(5)
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
