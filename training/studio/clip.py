"""Lets a model watch a clip, and draws what it sees, through the `gardenwatch` command."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from training.errors import TrainingError
from training.language import _
from training.studio.command import lines_of
from training.studio.workspace import Workspace, plain_name

ENDING = ".webm"
"""Which browsers play; OpenCV's wheels write no other such film."""
MOST_S = 600
"""Ten minutes of film take about as long to watch."""


def seen_on(workspace: Workspace, model: Path, clip: str, seconds: float) -> Iterator[tuple[str, Path | None]]:
    """How far it is, and at the end the film. `clip` is a path, or demo for the drawn garden.

    Raises TrainingError for what cannot be watched; then no film is left.
    """
    source = Path(clip)
    if clip != "demo" and not source.is_file():
        todo = _("choose a film, such as an .mp4 from a phone")
        raise TrainingError(_("a film"), _("nothing at {path}").format(path=clip) if clip else _("none"), todo)
    name = f"{model.stem} {source.stem}"
    film = workspace.films / (_plain(name) + ENDING)
    part = film.with_name("part-" + film.name)
    workspace.make()  # somebody may have tidied up meanwhile
    words = ["tune", "--source", clip, "--model", str(model), "--out", str(part), "--seconds", f"{seconds:g}"]
    try:
        for line in lines_of("edge", words, _("a film that can be watched"), _("choose another film")):
            yield line, None
        part.replace(film)
    finally:
        part.unlink(missing_ok=True)
    yield _("Seen in {name}.").format(name=source.name), film


def _plain(name: str) -> str:
    kept = "".join(c if c.isalnum() or c in " -_" else "_" for c in name)
    return plain_name(kept.strip()[:60])
