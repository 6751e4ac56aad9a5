"""Light, wind and knocks along a film."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.records import Image
from training.scenes import grain

Rng = np.random.Generator


@dataclass(slots=True, eq=False)
class Weather:
    """What changes without an animal; each is drawn from the seed."""

    rng: Rng
    seconds: float
    windy: float
    """0 still, 1 a fresh breeze, 2 strong wind."""
    clouds: list[float] = field(init=False)
    steps: list[float] = field(init=False)
    shakes: list[float] = field(init=False)
    phases: NDArray[np.float64] = field(init=False)
    dapple: NDArray[np.float32] | None = field(init=False)
    noise: NDArray[np.int16] = field(init=False)

    def __post_init__(self) -> None:
        rng, late = self.rng, self.seconds - 3
        self.clouds = [float(rng.uniform(8, late)) for _ in range(int(rng.integers(0, 2)))]
        self.steps = [float(rng.uniform(8, late)) for _ in range(int(rng.random() < 0.35))]
        self.shakes = [float(rng.uniform(6, late)) for _ in range(int(rng.integers(0, 3)))]
        self.phases = rng.uniform(0, 6.28, 6)
        self.dapple = None
        if rng.random() < 0.4:
            spots = (grain(rng, 1600, 0.45) > rng.uniform(-0.1, 0.2)).astype(np.float32)
            self.dapple = np.asarray(cv2.GaussianBlur(spots, (0, 0), float(rng.uniform(3, 14))), np.float32)
        self.noise = np.rint(rng.normal(0, rng.uniform(1.0, 3.5), (820, 1380, 3))).astype(np.int16)

    def wind(self, second: float) -> float:
        """Gusts: 0 and up."""
        a, b, c = self.phases[:3]
        gust = 0.5 + 0.5 * math.sin(second / 3.1 + a) * math.sin(second / 1.7 + b) + 0.3 * math.sin(second / 7 + c)
        return self.windy * max(gust, 0.05)

    def lit(self, picture: Image, second: float) -> Image:
        """The picture in this moment's light."""
        gain = 1 + 0.04 * math.sin(second / 6 + self.phases[3])
        for at in self.clouds:
            gain *= 1 - 0.3 * float(np.interp(second, [at, at + 2, at + 7, at + 9], [0, 1, 1, 0]))
        for at in self.steps:
            gain *= 1 - 0.22 * float(np.interp(second, [at, at + 0.2, at + 3, at + 6], [0, 1, 1, 0]))
        if self.dapple is None:
            return np.asarray(cv2.convertScaleAbs(picture, alpha=gain), np.uint8)
        sway = 8 * self.wind(second)
        x = round(160 + sway * math.sin(second * 2.1 + self.phases[4]))
        y = round(160 + second + sway * math.sin(second * 1.3 + self.phases[5]))
        height, width = picture.shape[:2]
        shade = gain * (1 - 0.35 * self.dapple[y : y + height, x : x + width])
        return np.clip(picture * shade[:, :, None], 0, 255).astype(np.uint8)

    def seen(self, picture: Image, second: float) -> Image:
        """As the camera takes it: shaken, with its sensor's noise."""
        for at in self.shakes:
            if at <= second < at + 0.8:
                left = 8 * (1 - (second - at) / 0.8)
                dx, dy = (left * float(v) for v in self.rng.uniform(-1, 1, 2))
                move = np.array([[1, 0, dx], [0, 1, dy]])
                size = (picture.shape[1], picture.shape[0])
                picture = np.asarray(cv2.warpAffine(picture, move, size, borderMode=cv2.BORDER_REPLICATE), np.uint8)
        height, width = picture.shape[:2]
        top, left_px = self.rng.integers(0, 80, 2)
        noisy = picture + self.noise[top : top + height, left_px : left_px + width]
        return np.asarray(np.clip(noisy, 0, 255), np.uint8)
