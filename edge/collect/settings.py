"""The configuration of collecting: crops for a new data set."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import Field, StrictInt, field_validator
from pydantic_core import PydanticCustomError

from edge.typed_values import Positive, Settings

CLASS_NAME = re.compile(r"[^\W\d_][\w \-]*")
"""A class is a folder's name: a letter, then letters of any language, digits, blanks, hyphens."""


class CollectSettings(Settings):
    """Crops and frames for a new data set, kept while watching."""

    folder: Path | None = None
    """Where they go; None collects nothing."""
    label: str | None = None
    """What comes, where a person knows it; the name of a class."""
    every_s: Positive = 2.0
    """Between two crops of one animal: sooner they look alike."""
    per_visit: StrictInt = Field(5, ge=1)
    rejected_per_hour: StrictInt = Field(20, ge=0)
    """Of what was followed and not counted, by reason: background to learn from."""
    frames_every_s: Positive | None = None
    """Whole pictures, too; needs privacy.full_frames."""
    most_mb: StrictInt = Field(1000, ge=1)
    """The folder grows no larger."""

    @field_validator("label")
    @classmethod
    def _names_a_class(cls, label: str | None) -> str | None:
        if label is not None and not CLASS_NAME.fullmatch(label):
            raise PydanticCustomError("class_name", "no name of a class")
        return label
