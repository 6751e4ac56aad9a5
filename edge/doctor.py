"""Looks at everything the daemon needs: one line each, and what to do where it is wrong."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
import time
from collections.abc import Iterator

from edge import time_source
from edge.board.probe import probe
from edge.camera.address import without_secrets
from edge.data_disk import disk
from edge.errors import ConfigError, ConfigFaults, UsageError
from edge.finding import CAMERA_LOST, Finding
from edge.installed import model_file
from edge.language import _
from edge.masks import MaskFile
from edge.model.errors import ModelError
from edge.settings import Config
from edge.strain_check import power

LIBRARIES = {"numpy": "numpy", "opencv-python": "cv2", "onnxruntime": "onnxruntime"}
"""Distribution → module. Each is imported in a process of its own: a wrong build dies with an illegal instruction."""
IMPORT_S = 120.0
"""A slow card needs 10 s for OpenCV; twelve times that is a fault."""
LOOK_S = 0.5
"""How often the camera is asked whether it is lost already."""
SEEN_SHAPE = (90, 160)
"""Rows and columns on which masks are drawn to see how much they leave."""
SEEN_LEAST = 0.05
"""A flower pot before the camera; less is a polygon the wrong way round."""


def findings(config: Config, camera_needed: bool = True) -> Iterator[Finding]:
    """Every check in turn, each as soon as it is known. `camera_needed` makes a missing camera a fault."""
    yield _python()
    libraries = [_library(distribution, module) for distribution, module in LIBRARIES.items()]
    yield from libraries
    if all(finding.state == "ok" for finding in libraries):
        from edge.telling import check_up as telling  # these two import the libraries
        from edge.times.check import times

        yield _model(config)
        yield from _rules(config) if config.rules else ()
        yield _camera(config, camera_needed)
        yield times(config)
        yield from telling.findings(config)
    else:  # they would end this very process
        yield Finding(_("model, camera"), "warning", _("not looked at"), _("mend the libraries first"))
    yield _masks(config, can_draw=all(finding.state == "ok" for finding in libraries))
    yield _board(config)
    yield disk(config.data)
    yield _clock()
    yield power()


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    bits = "64" if sys.maxsize > 2**32 else "32"
    found = _("{version}, {bits} bit").format(version=version, bits=bits)
    if sys.version_info < (3, 11) or bits == "32":
        return Finding("Python", "broken", found, _("use a 64-bit system with Python 3.11 or newer"))
    return Finding("Python", "ok", found)


def _library(distribution: str, module: str) -> Finding:
    try:
        run = subprocess.run(
            [sys.executable, "-c", f"import {module}"], capture_output=True, text=True, timeout=IMPORT_S
        )
    except subprocess.TimeoutExpired:
        todo = _("look at the card: it may be too slow, or failing (dmesg)")
        return Finding(
            distribution, "broken", _("importing it took over {seconds:.0f} s").format(seconds=IMPORT_S), todo
        )
    if run.returncode == 0:
        return Finding(distribution, "ok", _version(distribution))
    todo = _("pip install {name}").format(name=distribution)
    lines = run.stderr.strip().splitlines()
    if run.returncode < 0 or not lines:  # a signal; on Windows only a status and no word
        found = _("importing it ended the process (status {number})").format(number=run.returncode)
        todo = _("this build does not suit the processor: pip install --upgrade {name}").format(name=distribution)
    else:
        found = lines[-1]
        if module == "cv2" and ".so" in found:
            todo = _("sudo apt install libgl1 libxcb1 libglib2.0-0 (on trixie libglib2.0-0t64)")
    return Finding(distribution, "broken", found, todo)


def _version(distribution: str) -> str:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:  # such as Debian's own OpenCV, or the headless build
        return _("present, not installed by pip")


def _model(config: Config) -> Finding:
    from edge.model.classifier import Classifier  # late: a broken library must not end the doctor

    what = _("model")
    start = time.perf_counter()
    try:
        card = Classifier.open(model_file(config), config.model.threads, config.model.roles).card
    except ConfigError as error:
        return Finding(what, "broken", error.found, error.todo)
    except ModelError as error:
        expected, found, todo = error.in_words(_)
        return Finding(
            what, "broken", _("expected {expected}; found {found}").format(expected=expected, found=found), todo
        )
    seconds = time.perf_counter() - start
    tested = _("self-test passed") if card.self_test else _("no self-test in the file")
    found = _("{id}, {count} classes, {tested} ({seconds:.1f} s)")
    return Finding(what, "ok", found.format(id=card.model_id, count=len(card.labels), tested=tested, seconds=seconds))


def _camera(config: Config, needed: bool) -> Finding:
    from edge import build  # late: a broken library must not end the doctor

    what = _("camera")
    settings = config.camera
    try:
        camera = build.camera(settings)
    except UsageError as error:
        found = f"{without_secrets(settings.source)}: {error.found}"
        return Finding(what, "broken", found, error.todo, CAMERA_LOST)
    try:
        until = time.monotonic() + settings.open_timeout_s
        frame = camera.read(LOOK_S)
        while frame is None and camera.health().state in ("opening", "open") and time.monotonic() < until:
            frame = camera.read(LOOK_S)
        health = camera.health()
    finally:
        camera.close()
    if frame is not None:
        height, width = frame.image.shape[:2]
        return Finding(what, "ok", f"{camera.name}, {width}×{height}")
    found = _("no picture from {source}: {detail}")
    return Finding(
        what,
        "broken" if needed else "warning",
        found.format(source=camera.name, detail=health.detail),
        _("check its cable and `camera.source`; without a camera, try `--source demo`"),
        CAMERA_LOST,
    )


def _masks(config: Config, can_draw: bool) -> Finding:
    what = _("masks")
    try:
        masks = MaskFile(config.masks).read()
    except ConfigFaults as error:
        found = "; ".join(str(error).splitlines())
        return Finding(what, "broken", found, _("mend or remove {file}").format(file=config.masks))
    if not masks.masks:
        return Finding(what, "ok", _("none: all of the picture is watched"))
    found = _("{count} in {file}").format(count=len(masks.masks), file=config.masks)
    if not can_draw:
        return Finding(what, "ok", found)
    from edge.mask_area import seen_part  # late: a broken library must not end the doctor

    seen = seen_part(masks, SEEN_SHAPE)
    part = 1.0 if seen is None else float(seen.mean())
    found = _("{found}; {part:.0%} of the picture is watched").format(found=found, part=part)
    if part < SEEN_LEAST:
        return Finding(what, "warning", found, _("look at the masks: hardly anything is left to be watched"))
    return Finding(what, "ok", found)


def _rules(config: Config) -> Iterator[Finding]:
    """Nothing where no model can be asked for its labels."""
    from edge.actions.rules import rules_of  # late, as all that a broken library may end
    from edge.model.card import read_card

    try:
        rules_of(config, read_card(model_file(config)).labels, lambda wall: wall)
        yield Finding(_("rules"), "ok", ", ".join(rule.name for rule in config.rules))
    except ConfigError as error:
        yield Finding(_("rules"), "broken", error.found, error.todo)
    except ModelError:  # told already
        return


def _board(config: Config) -> Finding:
    what = _("board")
    if config.board.kind == "none":
        return Finding(what, "ok", _("none configured (board.kind: none)"))
    if config.board.kind == "fake":
        return Finding(what, "ok", _("a fake one: the lamp is only told"))
    health = probe(config.board)
    if health.state == "ready":
        found = health.detail or health.state
        untested = _("{found}; this kind of board is untested, an Uno is tested").format(found=found)
        return Finding(what, "ok", found if config.board.name.lower() == "uno" else untested)
    # the watching goes on without a lamp, so a missing board is no fault of the whole
    return Finding(what, "warning", health.detail, _("check the cable and `board.port`; the watching works without it"))


def _clock() -> Finding:
    what = _("clock")
    now = time.strftime("%Y-%m-%d %H:%M:%S %z")
    if time_source.trust() == "trusted":
        return Finding(what, "ok", now)
    todo = _("connect to a network; until the clock has been set, records say that the time is not trusted")
    return Finding(what, "warning", _("{now}, not set by any time source").format(now=now), todo)
