"""A network camera that shows the drawn garden for ever: `python -m tests.deploy.stream PORT`."""

from __future__ import annotations

import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2

from edge.camera.garden.scene import Garden

FPS = 5


class Camera(BaseHTTPRequestHandler):
    """Motion JPEG as cheap cameras send it."""

    garden = Garden()

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        number = 0
        while True:
            picture = cv2.imencode(".jpg", self.garden.frame(number % self.garden.frame_count))[1].tobytes()
            head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n\r\n"
            try:
                self.wfile.write(head.encode() + picture + b"\r\n")
            except OSError:
                return
            number += 2
            time.sleep(1 / FPS)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the journal has enough."""


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Camera).serve_forever()
