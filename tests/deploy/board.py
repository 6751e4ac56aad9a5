"""An emulated Uno on /dev/ttyACM0, whose lamp is written to /run/lamp: `python -m tests.deploy.board`."""

from __future__ import annotations

from pathlib import Path

from tests.rigs.uno.emulated import EmulatedUno

LAMP = 13


def main() -> None:
    with EmulatedUno(Path("/dev")) as uno:
        uno.path.resolve().chmod(0o666)  # a real one belongs to the group dialout by udev's rule
        on = False
        while True:
            Path("/run/lamp").write_text(f"{int(on)}\n")
            if not uno.wait_for_level(LAMP, not on, 60):
                continue
            on = not on


if __name__ == "__main__":
    main()
