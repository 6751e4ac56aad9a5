"""An RTSP camera stand-in: motion JPEG in RTP packets inside the RTSP connection, on loopback, standard library only.

It speaks just what a client needs to play: OPTIONS, DESCRIBE, SETUP (TCP only, as RFC 2326 10.12 interleaves it), PLAY.
The pictures go out as RFC 2435 has them: baseline JPEG with 4:2:0 colours, as OpenCV writes by default.
"""

from __future__ import annotations

import itertools
import socket
import struct
import threading
import time
from pathlib import Path
from typing import Literal

from tests.rigs.ports import free_port

SDP = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=garden\r\nt=0 0\r\nm=video 0 RTP/AVP 26\r\na=control:video\r\n"
Sends = Literal["pictures", "garbage", "halves", "small"]
CLOCK_HZ = 90000
"""RTP's clock for JPEG, RFC 3551."""


class RtspServer:
    """Serves one client at a time in a thread.

    `stalled` keeps the connection open and sends nothing; `sends` may be changed at any time: packets that are
    no picture at all, the upper halves of pictures, or the folder's picture `small`.
    """

    def __init__(self, pictures: Path, fps: float, port: int | None = None) -> None:
        self._jpegs = [path.read_bytes() for path in sorted(pictures.glob("[0-9]*.jpg"))]
        self._fps = fps
        self._listener = socket.create_server(("127.0.0.1", port or free_port()))
        self._stopping = threading.Event()
        self.stalled = False
        self.sends: Sends = "pictures"
        small = pictures / "small.jpg"
        self._small = small.read_bytes() if small.exists() else b""
        self.transports: list[str] = []
        """What each client asked for in SETUP."""
        self.port = int(self._listener.getsockname()[1])
        self.address = f"rtsp://127.0.0.1:{self.port}/garden"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stopping.set()
        self._listener.close()
        self._thread.join(2)

    def _serve(self) -> None:
        self._listener.settimeout(0.1)
        while not self._stopping.is_set():
            try:
                client = self._listener.accept()[0]
            except TimeoutError:
                continue
            except OSError:
                return
            with client:
                try:
                    if self._agree(client):
                        self._play(client)
                except OSError:
                    continue

    def _agree(self, client: socket.socket) -> bool:
        """Answers until PLAY; False where the client went away."""
        client.settimeout(5)
        waiting = b""
        while not self._stopping.is_set():
            while b"\r\n\r\n" not in waiting:
                more = client.recv(4096)
                if not more:
                    return False
                waiting += more
            request, waiting = waiting.split(b"\r\n\r\n", 1)
            first, *rest = request.decode().split("\r\n")
            fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
            method = first.split()[0]
            head, body = f"RTSP/1.0 200 OK\r\nCSeq: {fields['cseq']}\r\nSession: 1\r\n", ""
            if method == "OPTIONS":
                head += "Public: DESCRIBE, SETUP, PLAY\r\n"
            elif method == "DESCRIBE":
                head += f"Content-Type: application/sdp\r\nContent-Length: {len(SDP)}\r\n"
                body = SDP
            elif method == "SETUP":
                self.transports.append(fields["transport"])
                head += f"Transport: {fields['transport']}\r\n"
            client.sendall((head + "\r\n" + body).encode())
            if method == "PLAY":
                return True
        return False

    def _play(self, client: socket.socket) -> None:
        began_s = time.monotonic()
        for number in itertools.count():
            if self._stopping.is_set():
                return
            if not self.stalled:
                payload = self._part()
                stamp = int((time.monotonic() - began_s) * CLOCK_HZ) & 0xFFFFFFFF
                # Version 2, the marker that a picture ends here, payload type 26 (JPEG).
                packet = struct.pack(">BBHII", 0x80, 0x80 | 26, number & 0xFFFF, stamp, 1) + payload
                client.sendall(struct.pack(">cBH", b"$", 0, len(packet)) + packet)
            time.sleep(1 / self._fps)

    def _part(self) -> bytes:
        if self.sends == "garbage":
            return b"\xff" * 900
        if self.sends == "small":
            return _payload(self._small)
        whole = _payload(self._jpegs[int(time.monotonic() * self._fps) % len(self._jpegs)])
        return whole[: len(whole) // 2] if self.sends == "halves" else whole


def _payload(jpeg: bytes) -> bytes:
    """RFC 2435: size and quantisation tables in front of the scan; the rest of the JPEG's head is left out."""
    tables, width, height, place = b"", 0, 0, 2
    while True:
        marker, size = struct.unpack(">HH", jpeg[place : place + 4])
        body = jpeg[place + 4 : place + 2 + size]
        place += 2 + size
        if marker == 0xFFDB:
            tables += b"".join(body[start + 1 : start + 65] for start in range(0, len(body), 65))
        elif marker == 0xFFC0:
            height, width = struct.unpack(">HH", body[1:5])
        elif marker == 0xFFDA:
            break
    # Type 1 is 4:2:0; quality 255 says that the tables follow.
    head = struct.pack(">IBBBB", 0, 1, 255, width // 8, height // 8) + struct.pack(">BBH", 0, 0, len(tables))
    return head + tables + jpeg[place:]
