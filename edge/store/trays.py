"""What the loop leaves for the writer, each kind in its own tray."""

from __future__ import annotations

from dataclasses import dataclass, field

from edge.store.effort import EffortLog
from edge.store.further import FurtherLog
from edge.store.inbox import Inbox
from edge.store.rejections import RejectionLog


@dataclass(frozen=True, slots=True)
class Trays:
    """Filled by the loop without waiting, emptied by the one writer thread: the inbox first."""

    inbox: Inbox
    effort: EffortLog = field(default_factory=EffortLog)
    rejected: RejectionLog = field(default_factory=RejectionLog)
    further: FurtherLog = field(default_factory=FurtherLog)
