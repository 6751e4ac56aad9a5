"""The process that trains, with a door at which the studio asks whether it is there, or tells it to stop.

A process number says nothing for sure (it is given to another program later), and signals differ on Windows; a socket
on this computer and a secret word work everywhere. It knocks on nothing: the studio may end, and the training goes on.
"""

from __future__ import annotations

import _thread
import json
import os
import secrets
import signal
import socket
import sys
import threading
from pathlib import Path

from training.train_commands import EXIT_INTERRUPTED

HOST = "127.0.0.1"
WAIT_S = 20.0
"""An answer takes a thousandth of that, but a computer that is busy with the training may let it wait for seconds. A
process that is gone refuses at once."""
LOOKS_S = 2.0
"""So often it looks whether its door is still there. One that is missing twice was deleted: nobody could stop the
training any more, and its folder may come back by what it writes."""
_asked_to_stop = threading.Event()


def main() -> None:
    """`python -m training.studio.learner DOOR END WORDS...` is `gardenwatch-train WORDS...` with a door."""
    door, end, *words = sys.argv[1:]
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's & would have it ignored
    server = socket.create_server((HOST, 0))
    secret = secrets.token_hex(16)
    part = Path(door + ".part")
    part.write_text(json.dumps({"port": server.getsockname()[1], "secret": secret}), encoding="utf-8")
    os.replace(part, door)
    code = 1
    try:
        threading.Thread(target=_answer, args=(server, secret, Path(door)), daemon=True).start()
        code = _train(words)
    finally:
        if code and _asked_to_stop.is_set():  # perhaps before there was anything to keep
            code = EXIT_INTERRUPTED
        Path(end).write_text(json.dumps({"code": code}), encoding="utf-8")
    sys.exit(code)


def _train(words: list[str]) -> int:
    from training import cli

    sys.argv = ["gardenwatch-train", *words]
    try:
        cli.main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


def _answer(server: socket.socket, secret: str, door: Path) -> None:
    server.settimeout(LOOKS_S)
    missed = 0
    while missed < 2:
        try:
            caller, _address = server.accept()
        except TimeoutError:
            missed = 0 if door.exists() else missed + 1
            continue
        with caller:
            caller.settimeout(WAIT_S)
            try:
                said = caller.recv(200).decode("ascii", "replace")
                if said == f"stop {secret}":
                    _asked_to_stop.set()
                    _thread.interrupt_main()  # as Ctrl-C: the best network so far is kept
                if said.endswith(secret):
                    caller.sendall(secret.encode())
            except OSError:
                continue
    _thread.interrupt_main()


if __name__ == "__main__":
    main()
