"""Cameras that replay what was recorded: a video file, or a folder of pictures."""

from __future__ import annotations

import logging
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np

from edge.camera.base import ALL_FRAMES, CameraHealth
from edge.camera.buffers import Buffers
from edge.camera.pace import Pace
from edge.camera.picture import as_bgr
from edge.camera.quiet import hush
from edge.camera.reach import must_be_readable, unreadable
from edge.camera.recorded import StartFrom, recorded_at
from edge.errors import SourceError
from edge.language import _, _n
from edge.records import Frame, Image, Moment

log = logging.getLogger(__name__)

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp"})
USUAL_FPS = 10.0
"""Taken where a container gives no believable rate; it is the rate we ask of a camera."""
FASTEST_FPS = 480.0
"""No garden camera is faster; containers without a rate often claim 1000 or 90000, the ticks of their clock."""
LONGEST_GAP_S = 3600.0
"""A recording started by motion may jump by minutes; a leap of more than an hour is a broken time stamp."""
BAD_FRAMES_IN_A_ROW = 25
"""So many undecodable frames are passed over before a file counts as ended; each costs less than a millisecond."""
SHORT_BY_PART, SHORT_BY_S = 0.02, 0.5
"""So many frames may be missing without a word: some containers only estimate their number from the length, which
may be the length of the sound."""
NAMES_TOLD = 5
"""Unreadable pictures named in the summary; the log names them all."""


class Replay(ABC):
    """Gives every picture in order, one read ahead, so that the end is known as soon as the last one is out."""

    live = False

    def __init__(self, path: Path, start: datetime | None, realtime: bool) -> None:
        """`start` is the wall time of the first picture, aware; None means what the recording says of itself."""
        if start is not None and start.tzinfo is None:
            raise ValueError("start must be an aware datetime")
        hush()
        self.name = path.name or path.resolve().name
        self.start: datetime
        self.start_from: StartFrom
        self.start, self.start_from = (start.astimezone(UTC), "start") if start else recorded_at(self._dated(path))
        self._pace = Pace(realtime)
        self._index = 0
        self._pictures = self._decoded()
        self._waiting = next(self._pictures, None)

    @abstractmethod
    def _dated(self, path: Path) -> Path:
        """The file that tells when the recording began."""

    @abstractmethod
    def _decoded(self) -> Iterator[tuple[float, Callable[[], Image | None]]]:
        """Seconds into the source, with what gives the picture until the next is asked for; None where it is broken."""

    @abstractmethod
    def _ended(self) -> CameraHealth: ...

    def read(self, timeout_s: float, not_before_s: float = ALL_FRAMES) -> Frame | None:
        while self._waiting is not None:
            source_s, picture = self._waiting
            wanted = source_s >= not_before_s
            if wanted and not self._pace.wait(source_s, timeout_s):
                return None
            image = picture() if wanted else None
            index, self._index = self._index, self._index + 1
            self._waiting = next(self._pictures, None)
            if image is not None:
                return Frame(image, index, Moment(self.start + timedelta(seconds=source_s), source_s, source_s))
        return None

    def health(self) -> CameraHealth:
        return CameraHealth("open", self.name) if self._waiting is not None else self._ended()

    def close(self) -> None:
        self._waiting = None
        self._pictures = iter(())


class VideoFile(Replay):
    """Every frame of a video file."""

    def __init__(self, path: Path, start: datetime | None = None, realtime: bool = False) -> None:
        """Raises SourceError where the file is missing, cannot be decoded, or has no frame."""
        must_be_readable(path, _("a video file or a folder of pictures"))
        hush()
        # Given as an absolute path, or FFmpeg would take "rtsp:x" or "-" for something else than a file.
        # one thread: each more holds frames of its own (10 MB at 720p), and a frame takes 2.5 ms to decode as it is
        self._capture = cv2.VideoCapture(str(path.resolve()), cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
        promised = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        # Streams dumped into a file promise nothing, or a huge or negative number.
        self._promised = int(promised) if 0 < promised < 1e9 else 0
        fps = self._capture.get(cv2.CAP_PROP_FPS)
        self._fps = fps if 0 < fps <= FASTEST_FPS else USUAL_FPS
        self._decoded_frames = 0
        self._bad_frames = 0
        self._buffers = Buffers()
        super().__init__(path, start, realtime)
        if self._waiting is None:
            self.close()
            found = _("{name}: {bytes} bytes, not one decodable frame").format(name=path, bytes=path.stat().st_size)
            todo = _("play the file on a computer; copy or record it again if that fails too")
            raise SourceError(_("a video file"), found, todo)

    def _dated(self, path: Path) -> Path:
        return path

    def _decoded(self) -> Iterator[tuple[float, Callable[[], Image | None]]]:
        last_s, first_ms, bad = -1 / self._fps, 0.0, 0
        while bad <= BAD_FRAMES_IN_A_ROW:
            if not self._capture.grab():
                if self._decoded_frames + self._bad_frames + bad >= self._promised:
                    return
                bad += 1
                continue
            self._bad_frames, bad = self._bad_frames + bad, 0
            stamp_ms = self._capture.get(cv2.CAP_PROP_POS_MSEC)
            if self._decoded_frames == 0:
                first_ms = stamp_ms
            source_s = round((stamp_ms - first_ms) / 1000, 6)
            # Half of the fastest camera's interval, because time stamps are rounded to the container's ticks.
            if self._decoded_frames and not 0.5 / FASTEST_FPS < source_s - last_s < LONGEST_GAP_S:
                source_s = round(last_s + 1 / self._fps, 6)
            self._decoded_frames += 1
            last_s = source_s
            yield source_s, lambda: self._buffers.retrieve(self._capture)

    def _ended(self) -> CameraHealth:
        missing = self._promised - self._decoded_frames
        if missing > max(SHORT_BY_S * self._fps, SHORT_BY_PART * self._promised):
            text = _(
                "{name} ended early: expected {expected} frames, found {found}; copy the file again, it may be cut"
            )
            detail = text.format(name=self.name, expected=self._promised, found=self._decoded_frames)
            return CameraHealth("ended", detail, complete=False)
        return CameraHealth(
            "ended",
            _n("{name}: {found} frame", "{name}: {found} frames", self._decoded_frames).format(
                name=self.name, found=self._decoded_frames
            ),
        )

    def close(self) -> None:
        super().close()
        self._capture.release()


class PictureFolder(Replay):
    """Every picture of a folder, sorted by name as people count: 2 before 10."""

    def __init__(
        self, path: Path, start: datetime | None = None, realtime: bool = False, period_s: float = 1.0
    ) -> None:
        """One picture counts as `period_s` seconds: a second is the shortest interval of most time-lapse cameras.

        Pictures may differ in size. Raises SourceError where the folder is missing or holds no decodable picture.
        """
        expected = _("a folder with pictures ({suffixes})").format(suffixes=", ".join(sorted(PICTURES)))
        must_be_readable(path, expected)
        self._period_s = period_s
        self._skipped: list[str] = []
        try:
            self._files = sorted(
                (file for file in path.iterdir() if _is_picture(file)),
                key=lambda file: _natural(file.name),
            )
        except OSError as error:  # names may be listed there, but nothing opened
            raise unreadable(path, expected, error) from error
        todo = _("put the pictures straight into this folder, or name another one")
        if not self._files:
            raise SourceError(expected, _("none in {name}").format(name=path), todo)
        super().__init__(path, start, realtime)
        if self._waiting is None:
            found = _n(
                "{count} file in {name}, which cannot be decoded",
                "{count} files in {name}, not one of them decodable",
                len(self._files),
            ).format(count=len(self._files), name=path)
            raise SourceError(expected, found, todo)

    def _dated(self, path: Path) -> Path:
        return self._files[0]

    def _decoded(self) -> Iterator[tuple[float, Callable[[], Image | None]]]:
        for number, file in enumerate(self._files):
            image = _picture(file)
            if image is None:
                self._skipped.append(file.name)
                log.warning("picture skipped file=%s reason=not decodable", file)
            else:
                yield number * self._period_s, _given(image)

    def _ended(self) -> CameraHealth:
        good = len(self._files) - len(self._skipped)
        if not self._skipped:
            return CameraHealth(
                "ended", _n("{name}: {good} picture", "{name}: {good} pictures", good).format(name=self.name, good=good)
            )
        names = ", ".join(self._skipped[:NAMES_TOLD]) + (", …" if len(self._skipped) > NAMES_TOLD else "")
        text = _n(
            "{name}: expected {expected} pictures, found {good} readable one; look at the others: {names}",
            "{name}: expected {expected} pictures, found {good} readable ones; look at the others: {names}",
            good,
        )
        detail = text.format(name=self.name, expected=len(self._files), good=good, names=names)
        return CameraHealth("ended", detail, complete=False)


def _given(image: Image) -> Callable[[], Image | None]:
    return lambda: image


def _is_picture(file: Path) -> bool:
    # A dot in front marks what a Mac leaves on a memory stick beside each picture.
    return file.suffix.lower() in PICTURES and not file.name.startswith(".") and file.is_file()


def _picture(file: Path) -> Image | None:
    """Any picture as BGR, turned as its EXIF says, 16 bits and grey converted."""
    try:
        # Not cv2.imread: on Windows it cannot read from a folder whose name has Chinese characters.
        decoded = cv2.imdecode(np.fromfile(file, np.uint8), cv2.IMREAD_COLOR)
    except (OSError, cv2.error):
        return None
    return None if decoded is None else as_bgr(decoded)


def _natural(name: str) -> list[tuple[int, str]]:
    """Sorts digits by their value and the rest by its letters."""
    return [(int(part), "") if part.isdecimal() else (-1, part.lower()) for part in re.split(r"(\d+)", name)]
