"""The command that shows what the watcher sees and decides, so that thresholds are set by looking."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from itertools import pairwise
from pathlib import Path

import click
import cv2

from edge import build, config
from edge.camera.base import Camera
from edge.daemon import guess
from edge.decision import Decision
from edge.drawing import Drawing
from edge.errors import GardenwatchError, UsageError
from edge.installed import model_file
from edge.language import _, _n
from edge.live_picture import LivePicture
from edge.masks import MaskFile
from edge.model.classifier import Classifier
from edge.parts import StopFlag
from edge.privacy import Privacy
from edge.records import Frame, Image
from edge.settings import Config, WatchSettings
from edge.vision.gate import Gate
from edge.vision.health import SceneHealth
from edge.vision.looks import Looks
from edge.vision.tracker import Tracker

TURN_S = 0.25
CODECS = {".mp4": "mp4v", ".avi": "MJPG", ".webm": "VP80"}
"""What OpenCV's wheels can write on every system; browsers play the last one only."""
TOLD_S = 5.0
"""How often the terminal says how far it is."""


@click.command("tune")
@click.option("--config", "file", type=click.Path(path_type=Path), help="Configuration file (YAML).")
@click.option("--source", help="Camera number, device, address, video file, folder of pictures, or demo.")
@click.option("--model", type=click.Path(path_type=Path), help="Model file; the bundled one if left out.")
@click.option("--out", type=click.Path(path_type=Path), help="Write a film: a name ending in .mp4, .avi or .webm.")
@click.option("--serve", type=click.IntRange(0, 65535), metavar="PORT", help="Show it live at this port instead.")
@click.option("--seconds", type=click.FloatRange(0, min_open=True), help="Stop after so much of the source.")
@click.pass_obj
def tune(
    choice: str,
    file: Path | None,
    source: str | None,
    model: Path | None,
    out: Path | None,
    serve: int | None,
    seconds: float | None,
) -> None:
    """Show regions, tracks, guesses and decisions on the picture, as a film or live in a browser.

    Nothing is recorded, no board is touched. Ctrl-C ends it, and the film is whole then.
    """
    settings = config.chosen(choice, file, source, model=model)
    if (out is None) == (serve is None):
        raise UsageError(_("--out FILE or --serve PORT"), _("neither") if out is None else _("both"), _("give one"))
    if settings.watch.mode != "regions":
        raise UsageError("watch.mode: regions", settings.watch.mode, _("there is nothing to tune in that mode"))
    stop = StopFlag()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop.request)
    with ExitStack() as stack:
        options = build.RunOptions(realtime=serve is not None and build.is_file(settings.camera))
        eye = stack.enter_context(closing(build.camera(settings.camera, options)))
        if out is not None:
            show: Callable[[Image], None] = stack.enter_context(closing(Film(out, settings.camera.fps))).add
        else:
            live = stack.enter_context(closing(LivePicture(serve or 0)))
            show = live.show
            click.echo(_("open {address} in a browser; Ctrl-C ends it").format(address=live.address))
        count = 0
        for picture in pictures(settings, eye, stop, seconds):
            show(picture)
            count += 1
    click.echo(_n("{count} frame", "{count} frames", count).format(count=count) + (f": {out}" if out else ""))


class Film:
    """A video file; the first picture decides its size. Raises UsageError, GardenwatchError."""

    def __init__(self, path: Path, fps: float) -> None:
        if path.suffix.lower() not in CODECS:
            raise UsageError(_("a name ending in .mp4, .avi or .webm"), str(path), _("choose another name"))
        if not path.absolute().parent.is_dir():
            found = _("no folder {path}").format(path=path.absolute().parent)
            raise UsageError(_("a name in a folder that is there"), found, _("make that folder, or choose another"))
        self._path, self._fps = path, fps
        self._writer: cv2.VideoWriter | None = None

    def add(self, picture: Image) -> None:
        if self._writer is None:
            codec = cv2.VideoWriter.fourcc(*CODECS[self._path.suffix.lower()])
            size = (picture.shape[1], picture.shape[0])
            self._writer = cv2.VideoWriter(str(self._path), codec, self._fps, size)
            if not self._writer.isOpened():
                todo = _("check the disk and the rights of this user")
                raise GardenwatchError(_("to write {path}").format(path=self._path), _("it cannot be opened"), todo)
        self._writer.write(picture)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.release()


def pictures(settings: Config, eye: Camera, stop: StopFlag, seconds: float | None) -> Iterator[Image]:
    """Each frame with what the parts of the real watcher make of it, drawn in; every frame is looked at."""
    classifier = Classifier.open(model_file(settings), settings.model.threads, settings.model.roles)
    masks = MaskFile(settings.masks)
    masks.read()
    gate, tracker, looks, decision = build.seeing(settings, classifier, masks)
    assert isinstance(gate, Gate)
    assert isinstance(tracker, Tracker)
    assert isinstance(looks, Looks)
    assert isinstance(decision, Decision)
    privacy = Privacy(settings.privacy)
    drawing = Drawing(decision, [label.key for label in classifier.card.labels])
    health = SceneHealth(light_only=False)
    began_s, told_s = None, 0.0
    while not stop.requested:
        frame = eye.read(TURN_S)
        if frame is None:
            if eye.health().state == "ended":
                return
            continue
        tick_s = frame.moment.tick_s
        began_s = tick_s if began_s is None else began_s
        if seconds is not None and tick_s - began_s >= seconds:
            return
        if health.see(frame) is not None:
            decision.finish()
            gate.forget()
            tracker.forget()
            figures = [f"{tick_s - began_s:6.1f} s  blind: {health.trouble}", _thresholds(settings.watch)]
            yield drawing.of(frame, (), (), {}, masks.at(tick_s), figures)
            continue
        clock = [time.perf_counter()]
        regions = gate.regions(frame, decision.animals)
        clock.append(time.perf_counter())
        tracks = tracker.follow(frame, regions)
        clock.append(time.perf_counter())
        guesses = guess(classifier, frame, looks.choose(frame, tracks))
        clock.append(time.perf_counter())
        hidden = privacy.hides(frame, regions, gate.state == "light_changed", gate.state == "shaken")
        decision.step(frame, tracks, guesses, hidden)
        decision.take_rejections()
        figures = [_state(frame, gate, decision, tick_s - began_s, clock), _thresholds(settings.watch)]
        if time.monotonic() - told_s > TOLD_S:
            told_s = time.monotonic()
            click.echo(
                _("{seconds:.0f} s, {count} here now").format(seconds=tick_s - began_s, count=len(tracks)), err=True
            )
        yield drawing.of(frame, regions, tracks, guesses, masks.at(tick_s), figures)


def _state(frame: Frame, gate: Gate, decision: Decision, second: float, clock: list[float]) -> str:
    gate_ms, tracker_ms, classify_ms = (1000 * (b - a) for a, b in pairwise(clock))
    return (
        f"{second:6.1f} s  frame {frame.index}  gate: {gate.state}  open: {decision.open_count}  "
        f"gate {gate_ms:.1f} ms  tracker {tracker_ms:.1f} ms  classify {classify_ms:.1f} ms"
    )


def _thresholds(watching: WatchSettings) -> str:
    gate, decision = watching.gate, watching.decision
    return (
        f"contrast {gate.contrast}  calm {gate.calm}  min_looks {decision.min_looks}  "
        f"min_seen_s {decision.min_seen_s}  animal {decision.animal}  sure {decision.sure}"
    )
