"""What the loop works with, and the flag that ends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from edge.actions.acting import Actions
from edge.actions.photos import RulePhotos
from edge.board.base import Board
from edge.camera.base import Camera
from edge.collect.collector import Collector
from edge.collect.wishes import Wishes
from edge.commentary import Commentary
from edge.decision import Decision
from edge.decision_whole import WholeDecision
from edge.glimpse import Glimpse
from edge.heartbeat import Heartbeat
from edge.model.classifier import Classifier
from edge.privacy import Privacy
from edge.service import Service
from edge.store.store import Store
from edge.strain import Strains
from edge.telling.office import Office
from edge.times.rest import Rest
from edge.vision.attention import Attention
from edge.vision.gate import Gate
from edge.vision.health import SceneHealth
from edge.vision.looks import Looks
from edge.vision.tracker import Tracker
from edge.vision.whole import WholeGate, WholeLooks, WholeTracker


@dataclass(slots=True)
class StopFlag:
    """Set by a signal; nothing else happens in its handler."""

    requested: bool = False

    def request(self, *_: object) -> None:
        self.requested = True


@dataclass(frozen=True, slots=True)
class Parts:
    """What the loop works with; picked in `edge.build`."""

    camera: Camera
    health: SceneHealth
    gate: Gate | WholeGate
    tracker: Tracker | WholeTracker
    attention: Attention
    looks: Looks | WholeLooks
    classifier: Classifier
    decision: Decision | WholeDecision
    privacy: Privacy
    store: Store
    actions: Actions
    board: Board
    service: Service
    commentary: Commentary
    glimpse: Glimpse
    heartbeat: Heartbeat
    collector: Collector
    wishes: Wishes
    office: Office
    rule_photos: RulePhotos
    rest: Callable[[], Rest | None]
    """Why nobody watches in this turn; None: it is watched."""
    strains: Strains
