"""Turns a photo into what a garden camera might have seen of it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.model.contract import GREY, MOST_NARROW
from training.cutouts import Cutout
from training.pictures import Picture

Rng = np.random.Generator
LARGEST_PX = 140
"""Larger crops look sharp."""
BESIDE_PX = 32
"""Smaller patches, blown up, show nothing that a drawn plain ground does not."""


def photo_view(
    picture: Picture, rng: Rng, size: int, *, ground: Picture | None = None, upright: bool = False, whole: bool = False
) -> Picture:
    """(size, size, 3): a turned, mirrored, shifted part of the photo.

    The side of the part is 0.65 to 1.1 of the photo's shorter side, evenly by logarithm, nearer to the middle than
    to the edge: smaller or farther out, many parts would show no animal, and teach that flowers are caterpillars.
    With `ground`, 1 to 2.2: the photo then lies small on that picture, its edge softened. With `whole`, the greatest
    part is measured by the longer side, and what is beyond the photo's edge is grey as often as its mirror image.
    """
    height, width = picture.shape[:2]
    low, high = (1.0, 2.2) if ground is not None else (0.65, 1.1)
    high *= min(MOST_NARROW, max(height, width) / min(height, width)) if whole else 1
    side = min(height, width) * float(np.exp(rng.uniform(np.log(low), np.log(high))))
    # The camera looks down on animals, so that they lie anyhow; 12 degrees is how crooked people hold theirs.
    angle = float(rng.normal(0, 12) if upright else rng.uniform(0, 360))
    slack = np.abs(np.array([width, height]) - side) / 2
    centre = np.array([width, height]) / 2 + rng.uniform(-0.6, 0.6, 2) * slack
    move = _placing(centre, side, angle, bool(rng.random() < 0.5), size, float(rng.uniform(0.85, 1.18)))
    smooth = picture
    if side > 1.5 * size:  # the warp takes single pixels: without this, fine patterns would turn into noise
        smooth = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.4 * side / size), np.uint8)
    if ground is None:
        beyond = cv2.BORDER_CONSTANT if whole and rng.random() < 0.5 else cv2.BORDER_REFLECT_101
        return np.asarray(cv2.warpAffine(smooth, move, (size, size), borderMode=beyond, borderValue=GREY), np.uint8)
    mask = np.zeros((height, width), np.float32)
    rim = max(1, min(height, width) // 12)
    mask[rim:-rim, rim:-rim] = 1
    mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), rim / 2), np.float32)
    return _laid_on(smooth, mask, move, ground)


def cutout_view(cutout: Cutout, rng: Rng, ground: Picture) -> Picture:
    """The animal alone on that ground, anyhow turned, 45 to 95 % of the picture long.

    The camera's crop has a margin of 35 % on each side, so that the animal fills about 60 % of it.
    """
    size = ground.shape[0]
    height, width = cutout.mask.shape
    side = max(height, width) / float(rng.uniform(0.45, 0.95))
    free = (side - max(height, width)) / 2
    centre = np.array([width, height]) / 2 + rng.uniform(-1, 1, 2) * free * 1.2
    angle, mirrored = float(rng.uniform(0, 360)), bool(rng.random() < 0.5)
    move = _placing(centre, side, angle, mirrored, size, float(rng.uniform(0.85, 1.18)))
    if rng.random() < 0.5:  # a contact shadow
        drop = np.array(move)
        drop[:, 2] += rng.uniform(-0.05, 0.05, 2) * size
        dark = cv2.warpAffine(cutout.mask, drop, (size, size))
        dark = cv2.GaussianBlur(dark, (0, 0), float(rng.uniform(1, 8)))
        ground = (ground * (1 - float(rng.uniform(0.2, 0.6)) * dark[:, :, None])).astype(np.uint8)
    return _laid_on(cutout.picture, cutout.mask, move, ground)


def ground_view(rng: Rng, size: int, picture: Picture) -> Picture:
    """A blown-up part of a picture without an animal."""
    height, width = picture.shape[:2]
    side = min(height, width) * float(rng.uniform(0.2, 0.9))
    centre = rng.uniform(0.2, 0.8, 2) * (width, height)
    move = _placing(centre, side, float(rng.uniform(0, 360)), False, size, 1.0)
    return np.asarray(cv2.warpAffine(picture, move, (size, size), borderMode=cv2.BORDER_REFLECT_101), np.uint8)


def beside_view(rng: Rng, size: int, picture: Picture, box: tuple[float, float, float, float]) -> Picture | None:
    """A part of an animal's photo in which the animal is not, or None where there is no room beside it.

    `box` is the animal's, in parts of the photo; feelers and legs that it misses are thought to lie within 6 % around.
    """
    height, width = picture.shape[:2]
    left, top, right, bottom = box[0] - 0.06, box[1] - 0.06, box[2] + 0.06, box[3] + 0.06
    strips = [(0.0, 0.0, left, 1.0), (right, 0.0, 1.0, 1.0), (0.0, 0.0, 1.0, top), (0.0, bottom, 1.0, 1.0)]
    rooms = [(x0 * width, y0 * height, x1 * width, y1 * height) for x0, y0, x1, y1 in strips]
    wide = [room for room in rooms if min(room[2] - room[0], room[3] - room[1]) >= BESIDE_PX]
    if not wide:
        return None
    x0, y0, x1, y1 = wide[int(rng.integers(len(wide)))]
    side = float(rng.uniform(BESIDE_PX, min(x1 - x0, y1 - y0)))
    centre = np.array([rng.uniform(x0 + side / 2, x1 - side / 2), rng.uniform(y0 + side / 2, y1 - side / 2)])
    quarter = 90.0 * int(rng.integers(4))  # other turns would bring the animal in at the corners
    move = _placing(centre, side, quarter, bool(rng.random() < 0.5), size, 1.0)
    return np.asarray(cv2.warpAffine(picture, move, (size, size), borderMode=cv2.BORDER_REFLECT_101), np.uint8)


def as_the_camera_sees(picture: Picture, rng: Rng, smallest_px: int = 18) -> Picture:
    """The same picture after a small sensor image, a codec and a turn of the light; (size, size, 3) kept."""
    size = picture.shape[0]
    seen = picture.astype(np.float32)
    if rng.random() < 0.8:
        seen = in_other_light(seen, rng)
    # The animal is 28 to 200 px long on the sensor; the crop with its margin 1.7 times that.
    if rng.random() < 0.85:
        pixels = int(np.exp(rng.uniform(np.log(smallest_px), np.log(min(LARGEST_PX, size)))))
        if rng.random() < 0.25:
            seen = _moving(seen, rng, size / pixels)
        seen = np.asarray(cv2.resize(seen, (pixels, pixels), interpolation=cv2.INTER_AREA), np.float32)
    elif rng.random() < 0.15:
        seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), float(rng.uniform(0.5, 2.5))), np.float32)
    if rng.random() < 0.4:
        seen = seen + rng.normal(0, float(rng.uniform(1, 8)), seen.shape).astype(np.float32)
    small = np.clip(seen, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        _ok, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 95))])
        small = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    if small.shape[0] != size:
        method = cv2.INTER_LINEAR if rng.random() < 0.7 else cv2.INTER_CUBIC
        small = np.asarray(cv2.resize(small, (size, size), interpolation=method), np.uint8)
    return small


def in_other_light(seen: NDArray[np.float32], rng: Rng) -> NDArray[np.float32]:
    """Exposure, contrast, white balance, saturation, gamma; strong enough for dusk and a cheap camera."""
    mean = seen.mean()
    seen = (seen - mean) * float(rng.uniform(0.6, 1.4)) + mean * float(rng.uniform(0.6, 1.4))
    seen = seen * rng.uniform(0.85, 1.15, 3).astype(np.float32)
    grey = seen.mean(axis=2, keepdims=True)
    seen = grey + (seen - grey) * float(rng.uniform(0.5, 1.5))
    if rng.random() < 0.3:
        power = float(rng.uniform(0.7, 1.5))
        seen = np.asarray(255 * (np.clip(seen, 0, 255) / 255) ** power, np.float32)
    return np.asarray(seen, np.float32)


def _moving(seen: NDArray[np.float32], rng: Rng, pixel: float) -> NDArray[np.float32]:
    """Smeared along a line of up to four sensor pixels."""
    length = max(3, int(rng.uniform(1, 4) * pixel) | 1)
    kernel = np.zeros((length, length), np.float32)
    kernel[length // 2] = 1 / length
    turn = cv2.getRotationMatrix2D((length // 2, length // 2), float(rng.uniform(0, 180)), 1)
    kernel = np.asarray(cv2.warpAffine(kernel, turn, (length, length)), np.float32)
    return np.asarray(cv2.filter2D(seen, -1, kernel / max(float(kernel.sum()), 1e-6)), np.float32)


def _placing(
    centre: NDArray[np.float64], side: float, angle: float, mirrored: bool, size: int, stretch: float
) -> NDArray[np.float64]:
    """(2, 3) matrix that brings the square of that centre, side and turn to a (size, size) picture."""
    zoom, turn = size / side, np.deg2rad(angle)
    cos, sin = np.cos(turn), np.sin(turn)
    flip = -1.0 if mirrored else 1.0
    linear = zoom * np.array([[cos * flip * stretch, -sin], [sin * flip * stretch, cos]])
    return np.column_stack([linear, size / 2 - linear @ centre])


def _laid_on(front: Picture, mask: NDArray[np.float32], move: NDArray[np.float64], ground: Picture) -> Picture:
    shape = (ground.shape[1], ground.shape[0])
    moved = cv2.warpAffine(front, move, shape, borderMode=cv2.BORDER_REFLECT_101).astype(np.float32)
    share = cv2.warpAffine(mask, move, shape)[:, :, None]
    return np.clip(moved * share + ground * (1 - share), 0, 255).astype(np.uint8)
