"""Cuts the animal out of a photo, so that training can put it on other ground."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.pictures import Picture

WORK_PX = 160
"""The longest side of what is kept: a camera's animal is rarely longer."""
GRABCUT_PX = 96
"""The longest side in which GrabCut works: 0.03 s a photo, at 160 px 0.1 s."""


@dataclass(frozen=True, slots=True, eq=False)
class Cutout:
    """An animal without its ground: (h, w, 3) uint8 BGR and (h, w) float32 mask, 0 to 1."""

    picture: Picture
    mask: NDArray[np.float32]
    box: tuple[float, float, float, float]
    """Left, top, right, bottom in the photo, 0 to 1."""


def cut_out(picture: Picture) -> Cutout | None:
    """The thing in the middle of the photo, or None where nothing stands out clearly.

    GrabCut (Rother et al. 2004) starts from a frame of 6 % as certain ground. A result is used only if it is one
    piece of 6 to 55 % of the photo that hardly touches the photo's edge: else it is half an animal, or ground.
    """
    height, width = picture.shape[:2]
    scale = WORK_PX / max(height, width)
    small = cv2.resize(picture, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
    h, w = small.shape[:2]
    down = GRABCUT_PX / WORK_PX
    tiny = cv2.resize(small, (max(1, round(w * down)), max(1, round(h * down))), interpolation=cv2.INTER_AREA)
    th, tw = tiny.shape[:2]
    inside = (round(tw * 0.06), round(th * 0.06), round(tw * 0.88), round(th * 0.88))
    if min(inside[2:]) < 8 or int(tiny.max()) - int(tiny.min()) < 8:
        return None  # GrabCut's colour models need some pixels of different colours
    mask = np.zeros((th, tw), np.uint8)
    cv2.setRNGSeed(0)  # its k-means starts at random; the same photo shall give the same cutout
    cv2.grabCut(tiny, mask, inside, np.zeros((1, 65)), np.zeros((1, 65)), 3, cv2.GC_INIT_WITH_RECT)
    share = ((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD)).astype(np.float32)
    front = (cv2.resize(share, (w, h), interpolation=cv2.INTER_LINEAR) > 0.5).astype(np.uint8)
    front = np.asarray(cv2.morphologyEx(front, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8)
    count, pieces, stats, _centres = cv2.connectedComponentsWithStats(front)
    if count < 2:
        return None
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    x, y, bw, bh, area = (int(v) for v in stats[largest])
    edge = np.r_[pieces[0], pieces[-1], pieces[:, 0], pieces[:, -1]] == largest
    frame = max(1, round(min(h, w) * 0.07))
    rim = np.ones((h, w), bool)
    rim[frame:-frame, frame:-frame] = False
    touching = float((rim & (pieces == largest)).sum()) / area
    if not 0.06 <= area / (h * w) <= 0.55 or area < 0.75 * front.sum() or edge.any() or touching > 0.04:
        return None
    cut = np.s_[max(0, y - 2) : y + bh + 2, max(0, x - 2) : x + bw + 2]
    soft = cv2.GaussianBlur((pieces == largest).astype(np.float32), (0, 0), 0.8)
    box = (x / w, y / h, (x + bw) / w, (y + bh) / h)
    return Cutout(np.ascontiguousarray(small[cut]), np.ascontiguousarray(soft[cut]), box)
