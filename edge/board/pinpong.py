"""A board on a USB cable, driven by pinpong in a process of its own."""

from __future__ import annotations

import json
import logging
import random
import threading

from edge.board.base import BoardHealth, BoardState
from edge.board.fault import Fault
from edge.board.process import Message, WorkerProcess
from edge.board.talk import Patience, Talk
from edge.language import _
from edge.settings import BoardSettings

log = logging.getLogger(__name__)

CLOSE_WITHIN_S = 1.9
"""`Board.close` promises two seconds."""


class PinpongBoard:
    """Keeps a board's pins at their wanted levels, through every fault of the board; never flashes it."""

    def __init__(self, settings: BoardSettings, patience: Patience | None = None) -> None:
        self._settings, self._patience = settings, patience or Patience()
        self._changed = threading.Condition()
        self._wanted: dict[str, bool] = {}
        self._closing = False
        self._restarts = 0
        self._shown: tuple[str, ...] = ()
        self._health = BoardHealth("connecting", _("the board's worker is starting"))
        self._thread = threading.Thread(target=self._supervise, name="board", daemon=True)
        self._thread.start()

    def write(self, pin: str, on: bool) -> None:
        with self._changed:
            self._wanted[pin] = on
            self._changed.notify_all()

    def health(self) -> BoardHealth:
        return self._health

    def close(self) -> None:
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(CLOSE_WITHIN_S)

    def _supervise(self) -> None:
        patience = self._patience
        pause_s, backoff_s = 0.0, patience.retry_s
        while True:
            try:
                worker = WorkerProcess(self._settings.name, self._settings.port, pause_s, self._changed)
            except OSError as error:  # no memory, or no process left
                self._show("backoff", Fault("crashed", {"error": str(error)}))
                with self._changed:
                    self._changed.wait_for(lambda: self._closing, patience.retry_max_s)
                    if self._closing:
                        return
                continue
            talk = Talk(worker, patience, pause_s)
            fault = self._follow(talk)
            worker.end(politely=fault is None and talk.ready_for_s() is not None)
            if fault is None:
                return
            self._restarts += 1
            self._show(fault.state, fault)
            if fault.reason == "absent" or (talk.ready_for_s() or 0) > patience.settled_s:
                backoff_s = patience.retry_s
            if fault.reason == "absent":  # the next worker looks for it every second
                pause_s = 0.0
                continue
            # ±20 %, so that boards that failed together (a hub, a power cut) don't come back together.
            pause_s = (backoff_s if fault.state == "backoff" else patience.retry_max_s) * random.uniform(0.8, 1.2)
            backoff_s = min(patience.retry_max_s, backoff_s * 2)

    def _follow(self, talk: Talk) -> Fault | None:
        """One worker's life. Returns what it died of, or None where the board is to be closed."""
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._closing or talk.worker.news or talk.order(self._wanted) is not None,
                    timeout=talk.remaining_s(),
                )
                if self._closing:
                    return None
                message = talk.worker.take()
                order = talk.order(self._wanted)
            if message is not None:
                if message.word == "ended":
                    return talk.fault or Fault("crashed", message.facts)
                self._tell(message, talk.hear(message))
            elif order is not None:
                talk.write(*order)
            elif talk.remaining_s() <= 0:
                if talk.overdue:
                    return Fault("stuck", {"seconds": f"{talk.limit_s:g}", "port": talk.port})
                talk.ping()

    def _tell(self, message: Message, fault: Fault | None) -> None:
        """Brings health and log up to date with what the worker said."""
        if fault is not None:
            self._show(fault.state, fault)
        elif message.word == "ready":
            self._show("ready", None, **message.facts)
        elif message.word == "connecting" and self._shown[1:2] in ((), ("absent",)):
            # A new attempt at a faulty board is not news; its success is.
            self._show("connecting", None, **message.facts)

    def _show(self, state: BoardState, fault: Fault | None, **facts: str) -> None:
        reason: str
        if fault is not None:
            reason, facts, detail = fault.reason, fault.facts, fault.sentence()
        else:
            reason, detail = "none", _("board {name} on {port}").format(name=self._settings.name, port=facts["port"])
        shown = (state, reason, facts.get("pin", ""))
        if shown != self._shown:
            self._shown = shown
            known = " ".join(f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in facts.items())
            level = {"failed": logging.ERROR, "backoff": logging.WARNING}.get(state, logging.INFO)
            log.log(level, "board state=%s reason=%s restarts=%d %s", state, reason, self._restarts, known)
        self._health = BoardHealth(state, detail, self._restarts)  # last: who sees a state finds it in the log
