"""What is to be trained, as chosen on the page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Plan:
    """One training; empty texts leave the choice to the command's defaults."""

    dataset: Path
    run: Path
    backbone: str = "mobilenet_v2"
    weights: str = ""
    epochs: int = 20
    optimizer: str = "adamw"
    lr: float = 0
    batch_size: int = 32
    balance: str = "sampling"
    patience: int = 6
    seed: int = 0
    checkpoint: str = ""
    resize: str = ""

    def words(self) -> list[str]:
        """What follows `gardenwatch-train` on the command line."""
        words = ["train", str(self.dataset), "--out", str(self.run), "--backbone", self.backbone]
        if self.weights and not self.checkpoint:
            words += ["--weights", self.weights]
        words += ["--epochs", str(self.epochs), "--optimizer", self.optimizer]
        if self.lr:
            words += ["--lr", f"{self.lr:g}"]
        words += ["--batch-size", str(self.batch_size), "--balance", self.balance]
        words += ["--patience", str(self.patience), "--seed", str(self.seed)]
        if self.checkpoint:
            words += ["--checkpoint", self.checkpoint]
        if self.resize:
            words += ["--resize", self.resize]
        return words
