"""The command that collects crops and frames for a new data set."""

from __future__ import annotations

import signal
from contextlib import ExitStack, closing
from pathlib import Path

import click

from edge import build, config
from edge.collect.collector import Collector
from edge.collect.settings import CLASS_NAME
from edge.daemon import guess
from edge.errors import GardenwatchError, UsageError
from edge.installed import model_file
from edge.language import _, _n
from edge.masks import MaskFile
from edge.model.classifier import Classifier
from edge.parts import StopFlag
from edge.privacy import Privacy
from edge.settings import Config
from edge.vision.health import SceneHealth

TURN_S = 0.25
"""The longest wait for a frame, so that Ctrl-C is heard."""


@click.command("collect")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder; what is there already stays.")
@click.option("--label", help="What comes, where you know it: its crops go into images/LABEL.")
@click.option("--config", "file", type=click.Path(path_type=Path), help="Configuration file (YAML).")
@click.option("--source", help="Camera number, device, address, video file, folder of pictures, or demo.")
@click.option("--model", type=click.Path(path_type=Path), help="Model file; the bundled one if left out.")
@click.option("--frames-every", type=click.FloatRange(0.1), metavar="SECONDS", help="Whole pictures, too.")
@click.option("--rejected", type=click.IntRange(0), help="At most so many an hour of each reason why not.")
@click.option("--seconds", type=click.FloatRange(0, min_open=True), help="Stop after so much of the source.")
@click.pass_obj
def collect(
    choice: str | None,
    out: Path,
    label: str | None,
    file: Path | None,
    source: str | None,
    model: Path | None,
    frames_every: float | None,
    rejected: int | None,
    seconds: float | None,
) -> None:
    """Keep crops of what comes for a new data set, with a label or without one, and of what was not counted.

    With --label they lie in images/LABEL, ready for `gardenwatch-train prepare`; else in unlabelled/, sorted by what
    the machine thinks, for you to look through. What is no visit lies in rejected/: background to learn from.
    Nothing is recorded, no board is touched. Whole pictures need privacy.full_frames in the configuration.
    Ctrl-C ends it.
    """
    settings = config.chosen(choice or "auto", file, source, model=model)
    asked = {"folder": out, "label": label, "frames_every_s": frames_every, "rejected_per_hour": rejected}
    if label is not None and not CLASS_NAME.fullmatch(label):
        expected = _("the name of a class: a letter, then letters, digits, blanks, hyphens")
        raise UsageError(expected, repr(label), _("choose another name"))
    collecting = settings.collect.model_copy(update={key: value for key, value in asked.items() if value is not None})
    settings = settings.model_copy(update={"collect": collecting})
    if settings.watch.mode != "regions":
        raise UsageError("watch.mode: regions", settings.watch.mode, _("there are no crops in that mode"))
    stop = StopFlag()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop.request)
    kept, lost = watched(settings, stop, seconds)
    if lost and not kept:
        todo = _("make room, or choose another folder")
        raise GardenwatchError(_("to write {path}").format(path=out), _("no room, or no right to write there"), todo)
    click.echo(
        _n("{count} picture kept in {folder}", "{count} pictures kept in {folder}", kept).format(count=kept, folder=out)
    )
    if lost:
        click.echo(_("{count} not kept: no room, or the disk was too slow").format(count=lost), err=True)


def watched(settings: Config, stop: StopFlag, seconds: float | None) -> tuple[int, int]:
    """Watches as the real watcher does, every frame. Returns how many pictures were kept, and how many not."""
    classifier = Classifier.open(model_file(settings), settings.model.threads, settings.model.roles)
    masks = MaskFile(settings.masks)
    masks.read()
    with ExitStack() as stack:
        eye = stack.enter_context(closing(build.camera(settings.camera)))
        folder = build.crop_folder(settings, eye, classifier)
        collector = stack.enter_context(closing(Collector(settings.collect, folder, settings.store.photo_margin)))
        gate, tracker, looks, decision = build.seeing(settings, classifier, masks)
        health, privacy = SceneHealth(light_only=False), Privacy(settings.privacy)
        began_s = None
        while not stop.requested:
            frame = eye.read(TURN_S)
            if frame is None:
                if eye.health().state == "ended":
                    break
                continue
            began_s = frame.moment.tick_s if began_s is None else began_s
            if seconds is not None and frame.moment.tick_s - began_s >= seconds:
                break
            if health.see(frame) is not None:
                decision.finish()
                gate.forget()
                tracker.forget()
                continue
            regions = gate.regions(frame, decision.animals)
            tracks = tracker.follow(frame, regions)
            hidden = privacy.hides(frame, regions, gate.state == "light_changed", gate.state == "shaken")
            decision.step(frame, tracks, guess(classifier, frame, looks.choose(frame, tracks)), hidden)
            decision.take_rejections(frame.moment)
            collector.see(frame, tracks, decision, hidden)
    assert folder is not None
    return folder.kept, folder.lost
