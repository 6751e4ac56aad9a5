"""A live camera: one thread reads, the newest frame wins, and a lost camera is a state."""

from __future__ import annotations

import logging
import threading
import time

import cv2

from edge import clock
from edge.camera.address import without_secrets
from edge.camera.base import ALL_FRAMES, CameraHealth, CameraState
from edge.camera.buffers import Buffers
from edge.camera.capture import open_capture
from edge.camera.packed import take_packed, unpack
from edge.camera.picture import is_torn
from edge.language import _
from edge.records import Frame, Image, Moment
from edge.settings import CameraSettings

log = logging.getLogger(__name__)

FIRST_PAUSE_S = 0.5
"""Before the second attempt; each further pause is twice as long, up to `reopen_max_s`."""
BAD_IN_A_ROW = 5
"""Pictures that cannot be decoded before the camera counts as lost: at 10 fps half a second of a bad line."""
WAITED_FOR_S = 0.008
"""A grab that took longer waited for the camera (or for 720p to be decoded); a quicker one emptied a queue."""
BACKLOG_S = 1.0
"""Time given to the pictures that FFmpeg gathers while it opens a stream: an RTSP camera's are a second old."""
CLOSE_WITHIN_S = 0.5
"""The reader may be blocked inside OpenCV for 10 s (V4L2); then it is left behind and lets go when it returns. The
whole program has 2 s to stop."""


class LiveCamera:
    """A USB or network camera. Opens, reads and reopens in the background, and never raises."""

    live = True
    start = None

    def __init__(self, settings: CameraSettings, source: str | int) -> None:
        self.name = without_secrets(source)
        self._settings, self._source = settings, source
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        # All below is guarded by _changed.
        self._newest: Frame | None = None
        self._open: bool | None = None  # None until the first attempt has succeeded or failed
        self._detail = _("opening {name}").format(name=self.name)
        self._last_tick_s = time.monotonic()
        self._index = 0
        self._missed = 0
        self._not_before_s = ALL_FRAMES
        self._openings = 0
        self._buffers = Buffers()  # the reader's own
        self._reader = threading.Thread(target=self._run, name="camera", daemon=True)
        self._reader.start()

    def read(self, timeout_s: float, not_before_s: float = ALL_FRAMES) -> Frame | None:
        with self._changed:
            self._not_before_s = not_before_s
            if self._newest is not None and self._newest.moment.tick_s < not_before_s:
                self._newest = None
            self._changed.wait_for(lambda: self._newest is not None or self._stopping.is_set(), timeout_s)
            frame, self._newest = self._newest, None
            self._notice_silence()
        # Waiting here longer than a camera may be silent, a frame is no longer what the camera sees.
        if frame is not None and time.monotonic() - frame.moment.tick_s > self._settings.read_timeout_s:
            return None
        return frame

    def health(self) -> CameraHealth:
        with self._changed:
            self._notice_silence()
            state: CameraState = "opening" if self._open is None else "open" if self._open else "lost"
            return CameraHealth(state, self._detail, max(0, self._openings - 1), missed=self._missed)

    def close(self) -> None:
        self._stopping.set()
        with self._changed:
            self._newest = None
            self._changed.notify_all()
        self._reader.join(CLOSE_WITHIN_S)

    def _notice_silence(self) -> None:
        """The reader may be blocked and unable to say so; whoever asks looks at the clock. Caller holds the lock."""
        silent_s = time.monotonic() - self._last_tick_s
        if self._open and silent_s > self._settings.read_timeout_s:
            self._lose(_("no picture for {seconds:.0f} s").format(seconds=silent_s))

    def _lose(self, reason: str) -> None:
        """Caller holds the lock."""
        text = _("{name}: {reason}; check cable, power and address, it is tried again by itself")
        self._detail = text.format(name=self.name, reason=reason)
        if self._open is not False:
            log.warning("camera lost name=%s reason=%s", self.name, reason)
        self._open = False
        self._newest = None  # or a picture would come from a camera that says it is lost

    def _run(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._stopping.is_set():
            before = self._index
            try:
                reason = self._session()
            except Exception as error:  # the thread's door: a dead reader would be a blind camera for ever
                log.exception("camera reader failed name=%s", self.name)
                reason = without_secrets(str(error))
            if self._stopping.is_set():
                return
            with self._changed:
                self._lose(reason)
            pause_s = FIRST_PAUSE_S if self._index > before else pause_s
            self._stopping.wait(min(pause_s, self._settings.reopen_max_s))
            pause_s *= 2

    def _session(self) -> str:
        """From one opening to the next loss; why it ended."""
        capture = open_capture(self._settings, self._source)
        try:
            if not capture.isOpened():
                return _("cannot be opened")
            return self._pump(capture)
        finally:
            capture.release()

    def _pump(self, capture: cv2.VideoCapture) -> str:
        packed = take_packed(capture)
        self._drop_backlog(capture)
        period_s = 1 / self._settings.fps
        bad, good_at_s, due_s = 0, time.monotonic(), 0.0
        while not self._stopping.is_set():
            grabbed = capture.grab()
            moment = clock.now()
            tick_s = moment.tick_s
            # Half a period of grace: a camera of just the wanted rate is never quite regular.
            early = tick_s < due_s - period_s / 2
            if grabbed and (early or tick_s < self._not_before_s):
                self._last_tick_s = good_at_s = tick_s
                if not early:  # passed over, as nothing happens; it was asked for, so it counts
                    self._index += 1
                    due_s = max(due_s + period_s, tick_s)
                continue
            image = self._picture(capture, packed) if grabbed else None
            if image is not None and not is_torn(image):
                self._publish(image, moment)
                bad, good_at_s, due_s = 0, tick_s, max(due_s + period_s, tick_s)
                continue
            bad += 1
            if bad >= BAD_IN_A_ROW or tick_s - good_at_s > self._settings.read_timeout_s:
                return _("no usable picture comes")
        return _("closed")

    def _picture(self, capture: cv2.VideoCapture, packed: bool) -> Image | None:
        if not packed:
            return self._buffers.retrieve(capture)
        good, packet = capture.retrieve()
        return unpack(packet) if good else None

    def _drop_backlog(self, capture: cv2.VideoCapture) -> None:
        began_s = grabbed_s = time.monotonic()
        while not self._stopping.is_set() and grabbed_s - began_s < BACKLOG_S:
            before_s = grabbed_s
            grabbed = capture.grab()
            grabbed_s = time.monotonic()
            if not grabbed or grabbed_s - before_s > WAITED_FOR_S:
                return

    def _publish(self, image: Image, moment: Moment) -> None:
        with self._changed:
            if not self._open:
                self._open = True
                self._openings += 1
                height, width = image.shape[:2]
                self._detail = f"{self.name}, {width} × {height}"
                log.info("camera open name=%s width=%d height=%d", self.name, width, height)
            self._missed += self._newest is not None
            self._newest = Frame(image, self._index, moment)
            self._index += 1
            self._last_tick_s = moment.tick_s
            self._changed.notify_all()
