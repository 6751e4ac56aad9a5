"""The process in which pinpong lives: looks for one board, then sets its pins line by line.

pinpong ends its process when a cable is pulled, wants the main thread, replaces signal handlers, silences the
root logger, prints, flashes boards it does not know, and can block for ever; none of that reaches the daemon.

In, one command per line: `write D13 1`, `ping`, `quit`. Out, one JSON object per line, each with a `word`:
`absent` (it goes on looking), `connecting`, `ready`, `done` or `refused` (the answer to a command), or the reason of
an edge.board.fault.Fault, with which the process ends.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Sequence
from importlib import metadata
from typing import NoReturn

from edge.board import ports
from edge.board.link import PINPONG, Link
from edge.board.own_pins import OwnPins
from edge.board.unusable import Unusable

LOOK_EVERY_S = 1.0
"""How often an absent port is looked for."""
CHECK_EVERY_S = 0.5
"""How often an idle line is checked for a pulled cable."""
LEAVE_WITHIN_S = 2.0
"""When the daemon is gone, a worker stuck in pinpong lives no longer than this."""


class Told(Exception):
    """The daemon wants the worker to leave, or is gone."""


class Worker:
    """One board, from looking for it to its loss."""

    def __init__(self, board: str, port: str | None, out: int) -> None:
        self._board, self._wanted, self._out = board, port, out
        self._commands: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._read_commands, name="commands", daemon=True).start()

    def run(self, pause_s: float) -> NoReturn:
        """Raises Unusable where the board cannot be used, or no longer; Told when it is time to leave."""
        self._rest(pause_s)
        self._check_pinpong()
        port = self._find_port()
        self.say("connecting", port=port)
        try:
            link = OwnPins(self._board, port) if self._board in ports.OWN_PINS else Link(self._board, port)
        except Unusable as fault:
            fault.facts["others"] = _names([other for other in ports.listed() if other.device != port])
            raise
        try:
            self.say("ready", port=port)
            while True:
                self._serve(link)
        except Unusable as fault:
            time.sleep(CHECK_EVERY_S)  # a pulled cable hangs up before its port leaves the list
            if fault.reason == "lost" and self._choose() != port:
                raise self._absent() from None
            raise
        except BaseException:
            link.all_low()
            raise

    def say(self, word: str, **facts: str) -> None:
        """Tells the daemon."""
        try:
            os.write(self._out, (json.dumps({"word": word, **facts}) + "\n").encode())
        except OSError:  # the daemon is gone; the end of its commands says so too
            return

    def _rest(self, pause_s: float) -> None:
        """Lets a faulty board be for a while, but no longer once it was pulled out, or another is preferred."""
        until, before = time.monotonic() + pause_s, self._choose()
        while time.monotonic() < until and self._choose() == before:
            self._idle(min(LOOK_EVERY_S, until - time.monotonic()))

    def _check_pinpong(self) -> None:
        if self._board not in ports.BOARDS:
            raise Unusable("unknown_board", expected=", ".join(ports.BOARDS), found=self._board)
        try:
            metadata.version("pyserial")
            found = metadata.version("pinpong")
        except metadata.PackageNotFoundError as missing:
            raise Unusable("no_pinpong", expected=PINPONG, found=f"no {missing.name}") from None
        if found != PINPONG:
            raise Unusable("no_pinpong", expected=PINPONG, found=f"pinpong {found}")

    def _find_port(self) -> str:
        """The port, as soon as it is there, under the name that pyserial lists."""
        said = False
        while (port := self._choose()) is None:
            if self._wanted is not None and os.path.exists(self._wanted):
                raise Unusable("unlisted", port=self._wanted, found=_names(ports.listed()))
            if not said:
                absent = self._absent()
                self.say(absent.reason, **absent.facts)
                said = True
            self._idle(LOOK_EVERY_S)
        return port

    def _choose(self) -> str | None:
        """The port to use now; None where there is none."""
        if self._board in ports.OWN_PINS:
            return ports.GPIO
        try:
            listed = ports.listed()
        except ImportError:  # said by _check_pinpong
            return None
        if self._wanted is not None:
            return ports.listed_name(self._wanted, listed)
        return next(iter(ports.candidates(self._board, listed)), None)

    def _absent(self) -> Unusable:
        found = _names(ports.listed())
        return Unusable("absent", board=self._board, port=self._wanted or "USB", found=found)

    def _serve(self, link: Link | OwnPins) -> None:
        command = self._next(CHECK_EVERY_S)
        if command is None:
            link.check()
            return
        if command == "ping":
            link.ask()
        else:
            _, pin, level = command.split()
            try:
                link.write(int(pin.removeprefix("D")), level == "1")
            except ValueError as error:
                self.say("refused", pin=pin, error=str(error.args[0]))
                return
        self.say("done")

    def _idle(self, timeout_s: float) -> None:
        if self._next(timeout_s) is not None:
            self.say("done")

    def _next(self, timeout_s: float) -> str | None:
        try:
            command = self._commands.get(timeout=timeout_s)
        except queue.Empty:
            return None
        if command == "quit":
            raise Told
        return command

    def _read_commands(self) -> None:
        for line in sys.stdin:
            self._commands.put(line.strip())
        self._commands.put("quit")  # end of file: the daemon is gone, however it died
        time.sleep(LEAVE_WITHIN_S)
        os._exit(0)


def _names(listed: Sequence[ports.Port]) -> str:
    return ", ".join(port.device for port in listed) or "no serial port"


def main() -> NoReturn:
    """Runs as `python -m edge.board.worker`; started by edge.board.process."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # systemd and a terminal signal the whole group; the daemon decides
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    parser = argparse.ArgumentParser()
    parser.add_argument("--board", required=True)
    parser.add_argument("--port")
    parser.add_argument("--pause", type=float, default=0.0)
    options = parser.parse_args()
    out = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # pinpong prints a logo, ports and progress
    threading.excepthook = lambda args: None  # pinpong's threads die noisily with the port; the loop sees the loss
    worker = Worker(options.board.lower(), options.port, out)
    try:
        worker.run(options.pause)
    except Told:
        pass
    except Unusable as fault:
        worker.say(fault.reason, **fault.facts)
    except BaseException as error:
        worker.say("crashed", error=repr(error))
    os._exit(0)  # pinpong's threads are not worth waiting for


if __name__ == "__main__":
    main()
