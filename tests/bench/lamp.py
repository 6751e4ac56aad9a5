"""Measures how soon the lamp follows a decision: `python -m tests.bench.lamp [CLIP] [--minutes N]`.

A network camera shows the clip again and again; `gardenwatch run` watches it with the default model and the real
pinpong, and the emulated Uno notes when D13 goes high. The delay runs from the camera's picture that decided, or that
later made it a pest: a label may improve.
"""

from __future__ import annotations

import argparse
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.bench.clips import CLIPS
from tests.rigs.streams.mjpeg_server import StreamServer
from tests.rigs.uno import EmulatedUno

LAMP = 13
FPS = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clip", nargs="?", type=Path, default=CLIPS / "dev_05.mp4", help="one in which pests come")
    parser.add_argument("--minutes", type=float, default=5.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_pictures(options.clip, folder / "pictures")
        config = folder / "gardenwatch.yaml"
        with EmulatedUno(folder) as uno, StreamServer(folder / "pictures", FPS) as server:
            config.write_text(f"data: data\nboard: {{kind: pinpong, port: '{uno.path}'}}\n", encoding="utf-8")
            words = [sys.executable, "-m", "edge", "run", "--config", str(config), "--source", server.address]
            told = folder / "told.txt"
            with told.open("w") as out:
                daemon = subprocess.Popen(words, env={**uno.env, "GARDENWATCH_LANG": "en"}, stdout=out)
            time.sleep(60 * options.minutes)
            load = os.getloadavg()[0]
            lit = [change.tick_s for change in uno.changes(LAMP) if change.on]
            daemon.terminate()
            daemon.wait(30)
        with closing(sqlite3.connect(folder / "data" / "gardenwatch.db")) as db:
            decided = np.array([tick for (tick,) in db.execute("SELECT decided_tick_s FROM sightings ORDER BY 1")])
        decided = np.sort(np.concatenate([decided, _renamed(told.read_text("utf-8"), decided)]))
    delays = [tick - decided[decided <= tick].max() for tick in lit if (decided <= tick).any()]
    print(
        f"{options.clip.name}: lamp lit {len(delays)} times, {len(decided)} sightings, load {load:.1f}: from the "
        f"deciding picture to the lamp median {np.median(delays):.3f} s, p95 {np.percentile(delays, 95):.3f} s, "
        f"longest {max(delays):.3f} s"
    )


def _renamed(told: str, decided: NDArray[np.float64]) -> NDArray[np.float64]:
    """The ticks at which a label changed, to a tenth of a second: the commentary's seconds, put in step with the
    decisions, which it tells in the same order."""
    opened = np.array([float(second) for second in re.findall(r"^ *([\d.]+) s  \+ ", told, re.M)])
    renamed = np.array([float(second) for second in re.findall(r"^ *([\d.]+) s  = ", told, re.M)])
    shift = float(np.median(decided[: len(opened)] - opened[: len(decided)])) if len(opened) else 0.0
    return np.asarray(renamed + shift, np.float64)


def _write_pictures(clip: Path, folder: Path) -> None:
    folder.mkdir()
    capture, index = cv2.VideoCapture(str(clip)), 0
    while (read := capture.read())[0]:
        cv2.imwrite(str(folder / f"{index:04}.jpg"), read[1])
        index += 1
    cv2.imwrite(str(folder / "black.jpg"), np.zeros((720, 1280, 3), np.uint8))  # a fault the server offers


if __name__ == "__main__":
    main()
