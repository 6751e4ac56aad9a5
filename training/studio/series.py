"""Which of the pictures that a webcam sends are kept, and what can be taken back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

EVERY_S = 0.5
"""Between two photos of the webcam: time to turn the thing a little."""
EARLY_S = 0.2
"""So much sooner than that one may come: gradio keeps the beat no better."""
AT_ONCE = 120
"""Photos of one series: a camera that was forgotten fills no disk. (gradio's `time_limit` begins anew by itself.)"""
PAUSE_S = 3.0
"""After a longer one another series begins, which is taken back by itself."""


@dataclass(frozen=True, slots=True)
class Series:
    """What was added last: photos of one class, dropped together or taken without a pause."""

    label: str = ""
    paths: tuple[Path, ...] = ()
    at_s: float = 0.0
    """When the last picture came, by any clock that goes on."""

    def goes_on(self, label: str, now_s: float) -> bool:
        return self.label == label and now_s - self.at_s < PAUSE_S

    def is_too_soon(self, label: str, now_s: float) -> bool:
        return self.goes_on(label, now_s) and now_s - self.at_s < EVERY_S - EARLY_S

    def is_full(self, label: str, now_s: float) -> bool:
        return self.goes_on(label, now_s) and len(self.paths) >= AT_ONCE

    def seen(self, now_s: float) -> Series:
        """The same series: a picture came and was not kept."""
        return replace(self, at_s=now_s)

    def taken(self, label: str, path: Path, now_s: float) -> Series:
        """With that photo, or a new series that begins with it."""
        return Series(label, (*self.paths, path) if self.goes_on(label, now_s) else (path,), now_s)
