"""Makes small recordings and reads them back."""

from __future__ import annotations

import struct
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np

from edge.camera.recorded import MP4_EPOCH
from edge.camera.replay import Replay
from edge.records import Frame, Image

WIDTH, HEIGHT = 160, 120


def numbered(index: int) -> Image:
    """A picture whose number can be read back after lossy coding, with `number_of`."""
    picture = np.full((HEIGHT, WIDTH, 3), 40, np.uint8)
    for bit in range(8):
        if index >> bit & 1:
            picture[10:110, 10 + bit * 18 : 24 + bit * 18] = 220
    return picture


def number_of(picture: Image) -> int:
    return sum(1 << bit for bit in range(8) if picture[60, 17 + bit * 18].mean() > 128)


def all_frames(camera: Replay) -> list[Frame]:
    """Every frame until the end."""
    frames = []
    while (frame := camera.read(0.1)) is not None:
        frames.append(frame)
    return frames


def video(path: Path, frames: int = 30, fps: float = 10.0) -> Path:
    """Motion JPEG in AVI, MPEG-4 in MP4."""
    code = "MJPG" if path.suffix == ".avi" else "mp4v"
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*code), fps, (WIDTH, HEIGHT))
    for index in range(frames):
        writer.write(numbered(index))
    writer.release()
    return path


def stamp(path: Path, created: datetime) -> None:
    """Writes a creation time into an MP4 file, as a phone does."""
    data = bytearray(path.read_bytes())
    place = data.index(b"mvhd") + 8
    data[place : place + 4] = struct.pack(">I", int((created - MP4_EPOCH).total_seconds()))
    path.write_bytes(data)


def claim_rate(path: Path, fps: int) -> None:
    """Writes another frame rate into an AVI file's stream header."""
    data = bytearray(path.read_bytes())
    place = data.index(b"strh") + 28
    data[place : place + 8] = struct.pack("<II", 1, fps)
    path.write_bytes(data)
