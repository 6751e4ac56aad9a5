"""Chooses which crops and frames of the watching are worth keeping for a new data set."""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2

from edge.collect.folder import CropFolder, Picture
from edge.collect.settings import CollectSettings
from edge.cutting import cut, with_margin
from edge.decision import Decision
from edge.decision_whole import WholeDecision
from edge.evidence import BEFORE_S, Evidence
from edge.privacy import Hidden
from edge.records import Box, Frame, Image, Track

HOUR_S = 3600.0
LEAST_PX = 16
"""Of a crop's shorter side: less shows nothing to learn from."""
QUALITY = 92
"""A network is to learn from these; 100 would double the size."""


@dataclass(slots=True)
class _Followed:
    """The crops of one track, as long as it lives."""

    crops: list[bytes] = field(default_factory=list)
    areas: list[Box] = field(default_factory=list)
    """What they show, in source pixels."""
    last_s: float | None = None
    label: str | None = None
    """As a sighting; None as long as it is none."""
    role: str = ""
    reason: str = ""
    """Why it is none."""
    private: bool = False
    """A person may be on its pictures."""


class Collector:
    """Some crops of each visit, a bounded sample of what was rejected, and frames now and then.

    Below its folder: `images/CLASS/` where a person said what comes (`label`), else `unlabelled/` with a folder for
    each label that the machine thinks of; `rejected/REASON/`; `frames/`.
    """

    def __init__(self, settings: CollectSettings, folder: CropFolder | None, margin: float) -> None:
        """Without a folder nothing is collected."""
        self._settings, self._folder, self._margin = settings, folder, margin
        self._usual = settings, folder
        self._name = uuid.uuid4().hex[:8]
        self._followed: dict[int, _Followed] = {}
        self._ended: deque[tuple[float, int, _Followed]] = deque()
        """With the tick at which they ended: a person seen there a moment later takes their pictures away."""
        self._rejected_s: dict[str, deque[float]] = {}
        self._frame_s: float | None = None
        self._now_s = 0.0

    def see(self, frame: Frame, tracks: Sequence[Track], decision: Decision | WholeDecision, hidden: Hidden) -> None:
        """Takes in one frame after the decision on it. Never waits for the disk of a live camera, never raises."""
        if self._folder is None:
            return
        self._now_s = frame.moment.tick_s
        if isinstance(decision, Decision):
            live = {track.id for track in tracks}
            for number in [number for number in self._followed if number not in live]:
                self._end(number)
            self._give_up_private(hidden)
            for track in tracks:
                if (case := decision.case(track.id)) is not None:
                    self._follow(frame, track, case, decision, hidden)
        if not (hidden.large or hidden.perhaps or hidden.held):
            self._keep_frame(frame)

    def go_over(self, settings: CollectSettings, folder: CropFolder) -> None:
        """From now on so, and there, until `go_back`."""
        self._end_all()
        self._settings, self._folder = settings, folder

    def go_back(self) -> None:
        """From now on as at the beginning."""
        self._end_all()
        self._settings, self._folder = self._usual

    def close(self) -> None:
        """Keeps what belongs to tracks that still live, and waits for the disk."""
        self._end_all()
        if self._folder is not None:
            self._folder.close()

    def _end_all(self) -> None:
        for number in list(self._followed):
            self._end(number)
        while self._ended:
            self._keep(*self._ended.popleft()[1:])

    def _give_up_private(self, hidden: Hidden) -> None:
        """What ended long enough ago is kept; until then a person may turn out to be on it."""
        for one in (*self._followed.values(), *(ended for _tick_s, _number, ended in self._ended)):
            one.private |= any(hidden.near(area) for area in one.areas)
        while self._ended and self._now_s - self._ended[0][0] > BEFORE_S:
            self._keep(*self._ended.popleft()[1:])

    def _follow(self, frame: Frame, track: Track, case: Evidence, decision: Decision, hidden: Hidden) -> None:
        one = self._followed.setdefault(track.id, _Followed())
        one.private |= case.withheld or case.was_large
        if case.sighting is not None:
            one.label, one.role = case.sighting.label, case.sighting.role
        elif one.label is None:
            one.reason = decision.why_not(case) or "left"
        due = one.last_s is None or self._now_s - one.last_s >= self._settings.every_s
        if not (track.visible and due) or len(one.crops) >= self._settings.per_visit:
            return
        area = with_margin(track.box, self._margin)
        if case.looks == 0 or min(track.box.w, track.box.h) < LEAST_PX or hidden.touches(area):
            return
        one.areas.append(area)
        one.last_s = self._now_s
        one.crops.append(_jpeg(cut(frame.image, track.box, self._margin)))

    def _end(self, number: int) -> None:
        self._ended.append((self._now_s, number, self._followed.pop(number)))

    def _keep(self, number: int, one: _Followed) -> None:
        if one.private or not one.crops:
            return
        if one.label is not None and one.role != "background":
            label = self._settings.label or one.label
            folder = f"images/{label}" if self._settings.label else f"unlabelled/{label}"
            self._put(number, folder, label, one.crops)
        elif self._may_keep_rejected(reason := one.reason or "background"):
            self._put(number, f"rejected/{reason}", "", one.crops[-1:])

    def _may_keep_rejected(self, reason: str) -> bool:
        """A windy hour has hundreds."""
        most = self._settings.rejected_per_hour
        kept = self._rejected_s.setdefault(reason, deque(maxlen=max(most, 1)))
        if most == 0 or (len(kept) == most and self._now_s - kept[0] < HOUR_S):
            return False
        kept.append(self._now_s)
        return True

    def _keep_frame(self, frame: Frame) -> None:
        every_s = self._settings.frames_every_s
        if every_s is None or (self._frame_s is not None and self._now_s - self._frame_s < every_s):
            return
        self._frame_s = self._now_s
        self._put(frame.index, "frames", "", [_jpeg(frame.image)])

    def _put(self, number: int, folder: str, label: str, crops: Sequence[bytes]) -> None:
        assert self._folder is not None
        group = f"{self._name}-{number}"
        for count, content in enumerate(crops, 1):
            self._folder.put(Picture(f"{folder}/{group}-{count}.jpg", content, label, group))


def _jpeg(image: Image) -> bytes:
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()
