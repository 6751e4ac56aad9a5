"""The command that takes one picture, with a grid to read masks off."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

import click
import cv2
import numpy as np

from edge import build, config
from edge.camera.base import Camera
from edge.errors import GardenwatchError, UsageError
from edge.language import _
from edge.mask_area import corners, seen_part
from edge.masks import MaskFile, Masks
from edge.records import Image
from edge.review.export.whole import whole_file

SETTLE_S = 2.0
"""A camera that was just opened takes so long to find its exposure and focus."""
LOOKED_AT = 20
"""Frames of a file among which the sharpest is taken: two seconds at ten a second."""
TURN_S = 0.25
FORMATS = (".jpg", ".jpeg", ".png")
STEPS = 10
"""Lines of the grid: every tenth of the width and the height."""
BLUE, RED = (255, 160, 60), (60, 60, 255)


@click.command("still")
@click.option("--config", "file", type=click.Path(path_type=Path), help="Configuration file (YAML).")
@click.option("--source", help="Camera number, device, address, video file, folder of pictures, or demo.")
@click.option("--out", type=click.Path(path_type=Path), default="still.jpg", show_default=True)
@click.option("--plain", is_flag=True, help="Without grid and masks.")
@click.pass_obj
def still(choice: str, file: Path | None, source: str | None, out: Path, plain: bool) -> None:
    """Take one sharp picture, with a grid to read the corners of masks off; present masks are drawn in."""
    settings = config.chosen(choice, file, source)
    if out.suffix.lower() not in FORMATS:
        raise UsageError(_("a name ending in .jpg or .png"), str(out), _("choose another name"))
    masks = MaskFile(settings.masks).read()
    with closing(build.camera(settings.camera)) as eye:
        image = sharpest(eye, settings.camera.open_timeout_s + settings.camera.read_timeout_s)
    picture = image if plain else with_grid(image, masks)
    with whole_file(out) as part:
        part.write_bytes(cv2.imencode(out.suffix, picture, [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes())
    height, width = image.shape[:2]
    click.echo(_("{width} × {height} pixels: {path}").format(width=width, height=height, path=out))


def sharpest(eye: Camera, patience_s: float) -> Image:
    """The sharpest of the first frames; those of a live camera that still settles do not count.

    Raises GardenwatchError where no frame comes.
    """
    began_s = time.monotonic()
    settled_s: float | None = None
    best: tuple[float, Image] | None = None
    count = 0
    while time.monotonic() - began_s < patience_s + SETTLE_S and count < LOOKED_AT:
        frame = eye.read(TURN_S)
        if frame is None:
            if eye.health().state == "ended":
                break
            continue
        settled_s = settled_s or time.monotonic() + (SETTLE_S if eye.live else 0.0)
        if best is None or time.monotonic() >= settled_s:
            count += time.monotonic() >= settled_s
            grey = cv2.cvtColor(frame.image, cv2.COLOR_BGR2GRAY)
            sharp = float(cv2.Laplacian(grey, cv2.CV_32F).var())
            if best is None or sharp > best[0]:
                best = (sharp, frame.image.copy())
    if best is None:
        found = eye.health().detail or _("none")
        raise GardenwatchError(_("a picture from {name}").format(name=eye.name), found, _("run `gardenwatch doctor`"))
    return best[1]


def with_grid(image: Image, masks: Masks) -> Image:
    """A copy with lines every tenth, numbered as masks are written, and what is not looked at in shade."""
    height, width = image.shape[:2]
    picture = image.copy()
    seen = seen_part(masks, (height, width))
    if seen is not None:
        picture[seen == 0] //= 3
    for mask in masks.masks:
        outline = corners(mask, (height, width))
        colour = BLUE if mask.kind == "only" else RED
        cv2.polylines(picture, [outline], True, colour, 2, cv2.LINE_AA)
        _write(picture, mask.kind, *(int(part) for part in outline.mean(0)))
    for step in range(1, STEPS):
        x, y = round(step * (width - 1) / STEPS), round(step * (height - 1) / STEPS)
        for a, b in (((x, 0), (x, height)), ((0, y), (width, y))):
            cv2.line(picture, a, b, (0, 0, 0), 3)
            cv2.line(picture, a, b, (255, 255, 255), 1)
        _write(picture, f"{step / STEPS:.1f}", x, round(0.03 * height))
        _write(picture, f"{step / STEPS:.1f}", round(0.02 * width), y)
    return np.asarray(picture, np.uint8)


def _write(picture: Image, text: str, x: int, y: int) -> None:
    """White on black, around that point; OpenCV's font has Latin letters only."""
    scale = max(picture.shape[0] / 900, 0.4)
    (width, height), _base = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
    at = (x - width // 2, y + height // 2)
    for colour, thick in (((0, 0, 0), 4), ((255, 255, 255), 1)):
        cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, scale, colour, thick, cv2.LINE_AA)
