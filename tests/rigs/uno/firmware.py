"""What pinpong's firmware 2.8 for the Uno does with the bytes it is sent.

    F0 79 F7     -> F0 79 02 08 F7                          version: five bytes, no name
    F0 69 F7     -> F0 6A 7F*14 00 01 02 03 04 05 F7        analog map: 20 pins, six of them analog
    F4 pin mode     setting a mode drops the pin, even from output to output
    F5 pin value    ignored unless the pin is an output; goes high by way of low, even from high
    F0 49 F7        "stop", of pinpong's disconnect(): deaf to pins until reset, outputs stay as they are
    FF              changes nothing

Each line was compared with `FirmataExpress.UNO.2.8.hex` of pinpong 0.6.2 in simavr (test_both_makes.py repeats that).
"""

from __future__ import annotations

from collections.abc import Callable

START, END = 0xF0, 0xF7
SET_PIN_MODE, SET_PIN = 0xF4, 0xF5
VERSION, ANALOG_MAP, ANALOG_MAP_REPLY = 0x79, 0x69, 0x6A
OUTPUT = 1
PINS, FIRST_ANALOG = 20, 14


class Firmware:
    """Takes bytes in any portions; calls `lamp(pin, on)` for each level, `answer(bytes)` for each reply."""

    def __init__(
        self, version: tuple[int, int], lamp: Callable[[int, bool], None], answer: Callable[[bytes], None]
    ) -> None:
        self._version, self._lamp, self._answer = version, lamp, answer
        self.reset()

    def reset(self) -> None:
        """The reset button, or DTR when a host opens the port."""
        self._waiting = bytearray()
        self._modes = [0] * PINS
        for pin in range(PINS):
            self._lamp(pin, False)

    def feed(self, data: bytes) -> None:
        self._waiting += data
        while self._waiting:
            length = self._length()
            if length is None:
                return
            message = bytes(self._waiting[:length])
            del self._waiting[:length]
            self._obey(message)

    def _length(self) -> int | None:
        """How long the first message is; None where it isn't complete."""
        first = self._waiting[0]
        if first == START:
            end = self._waiting.find(END)
            return None if end < 0 else end + 1
        if first in (SET_PIN_MODE, SET_PIN):
            return 3 if len(self._waiting) >= 3 else None
        if 0xC0 <= first <= 0xDF:  # reporting of a pin or a port
            return 2 if len(self._waiting) >= 2 else None
        return 1

    def _obey(self, message: bytes) -> None:
        match message[0]:
            case 0xF0 if len(message) > 2:
                self._system(message[1])
            case 0xF4 if message[1] < PINS:
                self._modes[message[1]] = message[2]
                self._lamp(message[1], False)
            case 0xF5 if message[1] < PINS and self._modes[message[1]] == OUTPUT:
                self._lamp(message[1], False)
                self._lamp(message[1], bool(message[2]))

    def _system(self, command: int) -> None:
        if command == VERSION:
            self._answer(bytes((START, VERSION, *self._version, END)))
        elif command == ANALOG_MAP:
            analog = range(PINS - FIRST_ANALOG)
            self._answer(bytes((START, ANALOG_MAP_REPLY, *[0x7F] * FIRST_ANALOG, *analog, END)))
