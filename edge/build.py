"""Picks the concrete parts, opens them in order, closes them in reverse."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import cv2

from edge import clock, config, first_look, strain
from edge.actions.acting import Actions
from edge.actions.photos import RulePhotos
from edge.actions.rules import Rules, rules_of
from edge.actions.story import teller
from edge.actions.trial import Trial
from edge.board.base import Board
from edge.board.fake import FakeBoard, LevelChange, NoBoard
from edge.camera.address import without_secrets
from edge.camera.base import Camera
from edge.camera.source import kind_of
from edge.collect.collector import Collector
from edge.collect.folder import CropFolder
from edge.collect.wishes import Wishes
from edge.commentary import Commentary
from edge.daemon import watch
from edge.decision import Decision
from edge.decision_whole import WholeDecision
from edge.errors import EXIT_FAULT, EXIT_STOPPED, ConfigError, UsageError
from edge.glimpse import Glimpse
from edge.heartbeat import Heartbeat
from edge.house import SETTLE_S
from edge.installed import model_file, set_damaged_aside
from edge.language import _
from edge.masks import MaskFile, Masks
from edge.memory import OF_A_FRAME, OF_A_MODEL, give_back_blocks, settled
from edge.model.classifier import Classifier
from edge.parts import Parts, StopFlag
from edge.privacy import Privacy
from edge.records import Moment
from edge.service import Service
from edge.settings import CameraSettings, Config
from edge.store.run import Run
from edge.store.store import Store
from edge.telling.office import Office
from edge.telling.opening import open_office
from edge.times.eyelid import Eyelid
from edge.times.rest import Rest, Times
from edge.vision.attention import Attention
from edge.vision.gate import Gate
from edge.vision.health import SceneHealth
from edge.vision.looks import Looks
from edge.vision.tracker import Tracker
from edge.vision.whole import WholeGate, WholeLooks, WholeTracker

log = logging.getLogger(__name__)

NOBODY_LOOKED = timedelta(days=7)
"""How far back a pest is remembered where the page was never opened."""
STOP_S = 1.0
"""How long a stop waits for the card: with board and camera it must end within two seconds."""

Seeing = tuple[Gate, Tracker, Looks, Decision] | tuple[WholeGate, WholeTracker, WholeLooks, WholeDecision]


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What the command line says beside the configuration."""

    dry_run: bool = False
    realtime: bool = False
    start: datetime | None = None
    trial: Trial | None = None
    """Only the rules are tried: what they held back is told, too, and no summary of what is kept."""


def run(settings: Config, options: RunOptions, say: Callable[[str], None]) -> int:
    """Watches until the end of the source or a signal. Returns the exit status.

    Raises GardenwatchError or ModelError for what must be mended before watching can begin.
    """
    give_back_blocks(OF_A_MODEL)
    cv2.setNumThreads(settings.watch.threads)
    stop = StopFlag()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop.request)
    damaged = set_damaged_aside(settings)
    classifier = Classifier.open(model_file(settings), settings.model.threads, settings.model.roles)
    give_back_blocks(OF_A_FRAME)
    masks = MaskFile(settings.masks)
    masks.read()
    commentary = Commentary(say, classifier.card.labels)
    with ExitStack() as stack:
        eye, rest = eye_of(settings, options)
        stack.enter_context(closing(eye))
        this_run = _run_of(settings, classifier, eye, masks.read())
        looked = first_look.read(settings.data) if eye.live else None
        service = stack.enter_context(closing(Service(note=str(looked or ""))))
        working = partial(service.starting, "bringing the database up to date")
        store = stack.enter_context(Store.open(settings.data, settings.store, this_run, working))
        hand = stack.enter_context(closing(board(settings, commentary, options.dry_run)))
        glimpse = stack.enter_context(closing(Glimpse(settings.data, settings.privacy.full_frames)))
        heartbeat = stack.enter_context(closing(Heartbeat(settings.data, lambda: strain.read().celsius)))
        if damaged is not None:  # said here, so that the heartbeat tells it too
            log.error("installed model is damaged file=%s watching_with=%s", damaged, classifier.card.model_id)
        gate, tracker, looks, decision = seeing(settings, classifier, masks)
        attention = Attention(settings.watch.idle_fps)
        rules = rules_of(settings, classifier.card.labels, this_run.local)
        tell = options.trial.told_to(commentary.rule) if options.trial else teller(commentary.rule)
        tell_lamp = partial(commentary.lamp, settings.led.pin) if isinstance(hand, FakeBoard) else None
        actions = Actions(hand, settings.led, rules, tell, tell_lamp)
        if eye.live:
            remember(actions, rules, settings, glimpse, this_run.started)
        health = SceneHealth(light_only=settings.watch.mode == "frame")
        privacy = Privacy(settings.privacy)
        seen = (eye, health, gate, tracker, attention, looks, classifier, decision, privacy)
        crops = crop_folder(settings, eye, classifier)
        collector = stack.enter_context(closing(Collector(settings.collect, crops, settings.store.photo_margin)))
        most_mb, model_id = settings.collect.most_mb, classifier.card.model_id
        to_folder = partial(CropFolder, source=eye.name, model_id=model_id, most_mb=most_mb, waits=not eye.live)
        wishes = stack.enter_context(closing(Wishes(settings.data, collector, settings.collect, to_folder)))
        office = stack.enter_context(
            closing(Office() if options.dry_run else open_office(settings, classifier.card.labels))
        )
        office.start()
        rule_photos = RulePhotos(settings.store.photo_margin)
        others = (glimpse, heartbeat, collector, wishes, office, rule_photos, rest, strain.Strains())
        parts = Parts(*seen, store, actions, hand, service, commentary, *others)
        if settings.watch.mode == "frame" and not settings.privacy.full_frames:
            commentary.no_pictures()
        settled()
        watch(parts, stop)
        kept = store.close(STOP_S if stop.requested else SETTLE_S) and not store.health().lost
        ended = eye.health()
    if not options.trial:
        commentary.summary(settings.data, decision.withheld)
    if not ended.complete:
        commentary.camera(ended)
    if not kept:
        log.error("not everything seen could be kept lost=%d folder=%s", store.health().lost, settings.data)
    return EXIT_STOPPED if kept and ended.complete else EXIT_FAULT


def crop_folder(settings: Config, eye: Camera, classifier: Classifier) -> CropFolder | None:
    """Where crops for a new data set go; None where nothing is collected. Raises ConfigError."""
    collect = settings.collect
    if collect.folder is None:
        return None
    if collect.frames_every_s is not None and not settings.privacy.full_frames:
        todo = _("write privacy: {full_frames: true} into the configuration, or collect crops only")
        raise ConfigError("privacy.full_frames: true", "false", todo)
    return CropFolder(collect.folder, eye.name, classifier.card.model_id, collect.most_mb, waits=not eye.live)


def eye_of(settings: Config, options: RunOptions) -> tuple[Camera, Callable[[], Rest | None]]:
    """The camera, closed where nobody is to watch, and what says why. A file is always watched as a whole."""
    times = Times.of(settings)
    if is_file(settings.camera):
        return camera(settings.camera, options), lambda: None
    _refuse_for_live(options)
    eye = Eyelid(without_secrets(settings.camera.source), lambda: camera(settings.camera), times)
    return eye, lambda: eye.rest


def camera(settings: CameraSettings, options: RunOptions | None = None) -> Camera:
    """The camera for that source. Raises SourceError for a file that is missing or cannot be decoded."""
    options = options or RunOptions()
    source, kind = settings.source, kind_of(settings.source)
    if kind == "live":
        _refuse_for_live(options)
    match kind:
        case "demo":
            from edge.camera.demo import DemoCamera  # drawing takes 40 ms to import, and a real camera draws nothing

            return DemoCamera(start=options.start, realtime=options.realtime)
        case "file":
            from edge.camera.replay import VideoFile

            return VideoFile(Path(str(source)), options.start, options.realtime)
        case "folder":
            from edge.camera.replay import PictureFolder

            return PictureFolder(Path(str(source)), options.start, options.realtime)
        case "live":
            from edge.camera.opencv import LiveCamera

            return LiveCamera(settings, source)


def _refuse_for_live(options: RunOptions) -> None:
    if options.realtime or options.start:
        todo = _("leave these options out, or name a video file, a folder of pictures, or demo")
        raise UsageError(_("a file source with --realtime or --start"), _("a live camera"), todo)


def is_file(settings: CameraSettings) -> bool:
    """Whether the source is recorded or drawn, so that its pace may be chosen."""
    return kind_of(settings.source) != "live"


def board(settings: Config, commentary: Commentary, dry_run: bool) -> Board:
    """The board; in a dry run one that only tells."""

    def told(change: LevelChange) -> None:  # the lamp tells by itself, so that a pattern is one line
        if change.pin != settings.led.pin:
            commentary.pin(change.pin, change.on)

    if dry_run or settings.board.kind == "fake":
        return FakeBoard(on_change=told, name=settings.board.name)
    if settings.board.kind == "none":
        return NoBoard()
    from edge.board.pinpong import PinpongBoard  # late: most try it without a board first

    return PinpongBoard(settings.board)


def seeing(settings: Config, classifier: Classifier, masks: MaskFile) -> Seeing:
    """What finds animals: by motion, or the textbook's whole picture."""
    watching, labels = settings.watch, classifier.card.labels
    unknown_below, strange_below = settings.model.unknown_below, settings.model.strange_below
    if unknown_below is None:
        unknown_below = classifier.card.unknown_below
    if strange_below is None:
        strange_below = classifier.card.strange_below
    if watching.mode == "frame":
        looks = WholeLooks(watching.frame_interval_s)
        whole = WholeDecision(watching.decision, labels, unknown_below, settings.privacy.full_frames, strange_below)
        return WholeGate(), WholeTracker(), looks, whole
    kept = settings.store
    photos = (kept.photo_margin, kept.further_photos)
    decision = Decision(watching.decision, labels, unknown_below, *photos, strange_below)
    return Gate(watching.gate, masks), Tracker(watching.tracker), Looks(watching.looks_per_s), decision


def remember(actions: Actions, rules: Rules, settings: Config, glimpse: Glimpse, now: Moment) -> None:
    """What happened before a restart still counts: for cooldowns and caps, and for who has not looked yet."""
    from edge.actions.replay import recall, was_visited  # late: a film has no past, and this reads the record

    if settings.rules:
        recall(rules, settings.data, now)
    since = glimpse.last_wanted or now.wall - NOBODY_LOOKED
    if "visited" in settings.led.show and was_visited(settings.data, since, settings.led.min_confidence):
        actions.lamp.remember_a_visit()


def _run_of(settings: Config, classifier: Classifier, eye: Camera, masks: Masks) -> Run:
    """What the records of this run have in common."""
    started = Moment(eye.start, 0.0, 0.0) if eye.start else clock.now()
    return Run.here(
        source=eye.name,
        model_id=classifier.card.model_id,
        config_digest=config.digest(settings, masks),
        clock=clock.trust() if eye.live else "file",
        timezone=settings.site.timezone,
        started=started,
    )
