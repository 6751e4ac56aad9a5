"""The pictures that rules ask for, taken out of the frames in which the animal is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edge.actions.settings import DoSettings
from edge.cutting import cut, with_margin
from edge.decision import Decision
from edge.decision_whole import WholeDecision
from edge.evidence import BEFORE_S, Evidence
from edge.privacy import Hidden
from edge.records import Frame, Shot, Track


@dataclass(slots=True)
class Order:
    """What a rule asks of one visit; each at the first moment at which it may be taken."""

    sighting_id: str
    crops: int
    every_s: float
    whole: bool
    next_s: float = 0.0

    @classmethod
    def of(cls, wish: DoSettings, sighting_id: str) -> Order | None:
        """None where the rule wants no pictures."""
        crops = wish.burst if wish.burst is not None else int(wish.photo)
        if not crops and not wish.full_frame:
            return None
        return cls(sighting_id, crops, wish.burst_every_s, wish.full_frame)


class RulePhotos:
    """Further photos of a visit, beside those that are kept of each; they go with it when it is over.

    Privacy holds as for all photos: none is taken of or near what is as large as a person, and no whole frame in which
    one may be; what was taken shortly before one came is given up.
    """

    def __init__(self, margin: float) -> None:
        self._margin = margin
        self._orders: list[Order] = []

    def take(
        self,
        orders: Sequence[Order],
        frame: Frame,
        tracks: Sequence[Track],
        decision: Decision | WholeDecision,
        hidden: Hidden,
    ) -> None:
        """After the decision on this frame, with the orders that came of it. An order ends with its visit."""
        self._orders += orders
        if not isinstance(decision, Decision) or not (self._orders or hidden.anything):
            self._orders.clear()
            return
        cases = {
            case.sighting.id: (track, case)
            for track in tracks
            if (case := decision.case(track.id)) is not None and case.sighting is not None
        }
        if hidden.anything:
            for _track, case in cases.values():
                case.further.give_up_whole(frame.moment.tick_s - BEFORE_S)
        self._orders = [order for order in self._orders if order.sighting_id in cases]
        for order in self._orders:
            self._fill(order, frame, *cases[order.sighting_id], hidden)
        self._orders = [order for order in self._orders if order.crops or order.whole]

    def _fill(self, order: Order, frame: Frame, track: Track, case: Evidence, hidden: Hidden) -> None:
        now_s = frame.moment.tick_s
        if not track.visible or case.large or case.withheld:
            return
        if order.crops and now_s >= order.next_s and not hidden.touches(with_margin(track.box, self._margin)):
            order.crops, order.next_s = order.crops - 1, now_s + order.every_s
            case.further.keep(Shot(cut(frame.image, track.box, self._margin), track.box, frame.moment))
        if order.whole and not hidden.anything:
            order.whole = False
            case.further.keep(Shot(frame.image.copy(), track.box, frame.moment), whole=True)
