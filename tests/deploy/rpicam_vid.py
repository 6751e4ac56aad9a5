"""A stand-in for rpicam-vid on a computer without that camera: takes its words, sends the drawn garden to one reader.

python -m tests.deploy.rpicam_vid … --framerate 10 … --output tcp://127.0.0.1:8555
"""

from __future__ import annotations

import argparse
import itertools
import socket
import time
from urllib.parse import urlsplit

import cv2

from edge.camera.garden.scene import Garden


def main() -> None:
    """Waits for a reader, and ends when the reader goes, as the real one does."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--framerate", type=float, default=10)
    parser.add_argument("--output", required=True)
    asked = parser.parse_known_args()[0]
    place, garden = urlsplit(asked.output), Garden()
    with socket.create_server((place.hostname or "", place.port or 0)) as listener, listener.accept()[0] as reader:
        for number in itertools.count():
            picture = cv2.imencode(".jpg", garden.frame(number % garden.frame_count))[1].tobytes()
            try:
                reader.sendall(picture)
            except OSError:
                return
            time.sleep(1 / asked.framerate)


if __name__ == "__main__":
    main()
