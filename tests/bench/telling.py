"""Measures what a dead network costs the loop and the writer: `python -m tests.bench.telling [--rounds N]`.

The same film is watched at its own pace, in turns: with nobody to tell; with mail server, web hook and broker at a port
that is closed (refused at once); with all three taking the connection and never answering; with all three where packets
vanish (no answer to the SYN); and that with ten thousand messages waiting for each. A turn runs from a frame's arrival
to the question for the next.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from edge import build, config
from edge.daemon import watch
from edge.parts import Parts, StopFlag
from edge.records import Frame
from edge.store.schema import DATABASE
from edge.store.store import Store
from tests.bench.clips import CLIPS
from tests.store.visits import SETTINGS, run

WAITING = 10_000
NAMES = ("mail", "hook")
RULES = "rules: [{name: all, do: {led: fast, led_s: 1, notify: [mail, hook]}, cooldown_s: 0}]\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clip", nargs="?", type=Path, default=CLIPS / "dev_05.mp4", help="one in which much comes")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        _watch(options.one, options.clip)
        return
    with ExitStack() as stack:
        closed, silent, vanishing = (
            [stack.enter_context(closing(make())).getsockname()[1] for _receiver in range(3)]
            for make in (_closed, _silent, _vanishing)
        )
        cases: dict[str, tuple[list[int] | None, int]] = {
            "nobody to tell": (None, 0),
            "ports are closed": (closed, 0),
            "nobody answers": (silent, 0),
            "packets vanish": (vanishing, 0),
            f"and {WAITING} wait": (vanishing, WAITING),
        }
        told: dict[str, list[dict[str, Any]]] = {name: [] for name in cases}
        for _round in range(options.rounds):
            for name, (ports, waiting) in cases.items():
                told[name].append(_one(options.clip, ports, waiting))
    print("| | turns | median ms | p95 ms | p99 ms | longest ms | most in the writer's queue | messages left |")
    print("|---|---|---|---|---|---|---|---|")
    for name, rounds in told.items():
        turns = np.array([turn for one in rounds for turn in one["turns_ms"]])
        figures = " | ".join(f"{np.percentile(turns, share):.0f}" for share in (50, 95, 99, 100))
        queue = max(one["queue"] for one in rounds)
        left = [one["left"] for one in rounds]
        print(f"| {name} | {len(turns)} | {figures} | {queue} | {left} |")
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")


def _one(clip: Path, ports: list[int] | None, waiting: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="gardenwatch-") as name:
        folder = Path(name)
        text = "data: data\n" + RULES
        if ports is None:
            text = "data: data\n" + RULES.replace(", notify: [mail, hook]", "")
        else:
            text += "notify: {to: [mail, hook], most_waiting: 20000}\n"
            text += f"mqtt: {{host: 127.0.0.1, port: {ports[2]}, device: g1, photos: true}}\n"
            mail = f"mailto://127.0.0.1:{ports[0]}?from=a@school.example&to=b@school.example"
            (folder / "secrets.yaml").write_text(
                f"notify: {{mail: '{mail}', hook: 'json://127.0.0.1:{ports[1]}/'}}\n", encoding="utf-8"
            )
            (folder / "secrets.yaml").chmod(0o600)
        (folder / "c.yaml").write_text(text, encoding="utf-8")
        with Store.open(folder / "data", SETTINGS, run()):
            pass
        with closing(sqlite3.connect(folder / "data" / DATABASE)) as db, db:
            for channel, kind in (("mail", "notice"), ("hook", "notice"), ("mqtt", "sighting")):
                rows = [(channel, kind, f"{number:032x}:all") for number in range(waiting)]
                db.executemany("INSERT INTO outbox (channel, kind, ref) VALUES (?, ?, ?)", rows)
        words = [sys.executable, "-m", "tests.bench.telling", str(clip), "--one", str(folder / "c.yaml")]
        said = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout
        found: dict[str, Any] = json.loads(said.splitlines()[-1])
        with closing(sqlite3.connect(folder / "data" / DATABASE)) as db:
            (found["left"],) = db.execute("SELECT count(*) FROM outbox").fetchone()
        return found


def _watch(file: Path, clip: Path) -> None:
    """One run, whose last line says what was measured."""
    turns: list[float] = []
    queue = 0

    class Timed:
        """The camera, which notes when it is asked; as if it were live, so that no turn waits for the disk."""

        live = True

        def __init__(self, camera: Any, parts: Parts) -> None:
            self._camera, self._parts = camera, parts
            self._since_s: float | None = None

        def read(self, *words: Any) -> Frame | None:
            nonlocal queue
            if self._since_s is not None:
                turns.append(1000 * (time.perf_counter() - self._since_s))
                queue = max(queue, self._parts.store.health().queued)
            frame: Frame | None = self._camera.read(*words)
            self._since_s = time.perf_counter() if frame else None
            return frame

        def __getattr__(self, name: str) -> Any:
            return getattr(self._camera, name)

    def timed(parts: Parts, stop: StopFlag) -> None:
        watch(replace(parts, camera=Timed(parts.camera, parts)), stop)  # type: ignore[arg-type]  # all of a camera's

    build.watch = timed
    build.run(config.chosen("en", file, str(clip)), build.RunOptions(realtime=True), lambda _line: None)
    print(json.dumps({"turns_ms": turns, "queue": queue}))


def _closed() -> socket.socket:
    """Its port is nobody's, and stays so: who connects is refused at once."""
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    return server


def _silent() -> socket.socket:
    """Takes connections and never says a word."""
    server = _closed()
    server.listen(100)
    return server


def _vanishing() -> socket.socket:
    """Its queue is full, so that what comes is dropped, as behind a black hole."""
    server = _closed()
    server.listen(0)
    for _one in range(3):
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex(server.getsockname())
        _kept.append(client)
    return server


_kept: list[socket.socket] = []


if __name__ == "__main__":
    main()
