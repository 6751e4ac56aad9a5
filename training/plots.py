"""Draws curves and the confusion matrix as PNG files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Drawing
from matplotlib.ticker import MaxNLocator

from training.language import _
from training.metrics import Figures


class Epoch(Protocol):
    """What training.recipe.Epoch has to be drawn; evaluate and studio draw too, and shall not wait for torch."""

    @property
    def epoch(self) -> int: ...
    @property
    def train_loss(self) -> float: ...
    @property
    def train_accuracy(self) -> float: ...
    @property
    def val_loss(self) -> float: ...
    @property
    def val_accuracy(self) -> float: ...


CHINESE_FONTS = ("Microsoft YaHei", "SimHei", "PingFang SC", "Noto Sans CJK SC", "WenQuanYi Micro Hei")
"""Those of Windows, Mac and Linux; the first that is installed is used."""


def _font() -> dict[str, str]:
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return next(({"family": name} for name in CHINESE_FONTS if name in installed), {})


def _shown(text: str) -> str:
    """The text, or its escapes where no font on this computer has Chinese characters."""
    return text if text.isascii() or _font() else text.encode("unicode_escape").decode()


def _translated(message: str) -> str:
    """In the language in use where a font can draw it, else in English."""
    text = _(message)
    return text if text.isascii() or _font() else message


def plot_curves(epochs: Sequence[Epoch], path: Path, upright: bool = False) -> None:
    """Loss and accuracy after every epoch; the best one, whose network is kept, is marked. Upright for a phone."""
    drawing = Drawing(figsize=(4, 6.4) if upright else (10, 4), layout="constrained")
    FigureCanvasAgg(drawing)
    numbers = [e.epoch for e in epochs]
    best = max(epochs, key=lambda e: (e.val_accuracy, -e.val_loss), default=None)
    left, right = drawing.subplots(2, 1) if upright else drawing.subplots(1, 2)
    curves = (
        (left, _translated("loss"), [e.train_loss for e in epochs], [e.val_loss for e in epochs]),
        (right, _translated("accuracy"), [e.train_accuracy for e in epochs], [e.val_accuracy for e in epochs]),
    )
    for axes, name, trained, checked in curves:
        axes.plot(numbers, trained, marker=".", label=_translated("training (altered photos)"))
        axes.plot(numbers, checked, marker=".", label=_translated("validation"))
        if best is not None:
            axes.axvline(best.epoch, color="black", linestyle=":", label=_translated("best epoch"))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        if len(numbers) == 1:  # else the axis shows thousandths of an epoch
            axes.set_xlim(numbers[0] - 1, numbers[0] + 1)
        axes.set_xlabel(_translated("epoch"), fontdict=_font())
        axes.set_title(name, fontdict=_font())
        axes.grid(alpha=0.3)
        axes.legend(prop=_font() or None)
    right.set_ylim(0, 1)
    drawing.savefig(path, dpi=160 if upright else 100)  # a phone has two or three dots to a pixel


def plot_confusion(figures: Figures, path: Path) -> None:
    """Counts, coloured by the part of the true class."""
    names = [_shown(label) for label in figures.labels]
    count = len(names)
    side = 2.5 + 0.5 * count
    drawing = Drawing(figsize=(side, side), layout="constrained")
    FigureCanvasAgg(drawing)
    axes = drawing.subplots()
    share = figures.confusion / figures.confusion.sum(axis=1, keepdims=True).clip(min=1)
    axes.imshow(share, cmap="Greens", vmin=0, vmax=1)
    axes.set_xticks(range(count), names, fontdict=_font(), rotation=90)
    axes.set_yticks(range(count), names, fontdict=_font())
    axes.set_xlabel(_translated("answer"), fontdict=_font())
    axes.set_ylabel(_translated("true class"), fontdict=_font())
    for row, column in zip(*figures.confusion.nonzero(), strict=True):
        colour = "white" if share[row, column] > 0.6 else "black"
        axes.text(column, row, str(figures.confusion[row, column]), ha="center", va="center", color=colour)
    drawing.savefig(path, dpi=100)
