"""Where the studio keeps what it makes."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from training.errors import UsageError
from training.language import _


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder with sets/, runs/ and models/, as somebody who types the commands might have made it."""

    root: Path

    @property
    def sets(self) -> Path:
        return self.root / "sets"

    @property
    def runs(self) -> Path:
        return self.root / "runs"

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def uploads(self) -> Path:
        """Photos that came as a ZIP file, unpacked."""
        return self.root / "uploads"

    @property
    def films(self) -> Path:
        """Clips with what was seen on them."""
        return self.root / "films"

    def own(self, name: str) -> Path:
        """A set that is collected in the studio. Raises UsageError for a name that is no plain folder name."""
        return self.root / "photos" / plain_name(name)

    def own_sets(self) -> list[str]:
        """Their names."""
        folder = self.root / "photos"
        return sorted(one.name for one in folder.iterdir() if one.is_dir()) if folder.is_dir() else []

    @property
    def _choice(self) -> Path:
        return self.root / "dataset.json"

    def make(self) -> None:
        for folder in (self.sets, self.runs, self.models, self.uploads, self.films):
            folder.mkdir(parents=True, exist_ok=True)

    def choose(self, dataset: Path, photos: Path, changed: bool = False) -> None:
        """The set that is trained on from now on, also when the page is opened again, and the photos it was made of;
        `changed` where these were moved since."""
        self.make()  # somebody may have tidied up meanwhile
        told = {"dataset": str(dataset.resolve()), "photos": str(photos.resolve()), "changed": changed}
        part = self._choice.with_suffix(".part")
        part.write_text(json.dumps(told), encoding="utf-8")
        part.replace(self._choice)

    def photos(self) -> tuple[Path, bool]:
        """Those of the chosen set, and whether they were moved since it was made. Raises as `dataset`."""
        dataset = self.dataset()
        told = json.loads(self._choice.read_text("utf-8"))
        return Path(told.get("photos", dataset)), bool(told.get("changed"))

    def dataset(self) -> Path:
        """Raises UsageError before one was chosen."""
        try:
            chosen = Path(json.loads(self._choice.read_text("utf-8"))["dataset"])
        except (OSError, ValueError, KeyError, TypeError):
            chosen = None
        if chosen is None or not chosen.is_dir():
            raise UsageError(_("a set of photos"), _("none chosen"), _("open a folder in the tab of the photos first"))
        return chosen

    def run(self, name: str) -> Path:
        """Raises UsageError for a name that is no plain folder name."""
        return self.runs / plain_name(name)

    def trained(self) -> list[str]:
        """The runs that have a network, the newest first."""
        kept = sorted(self.runs.glob("*/best.pth"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        return [path.parent.name for path in kept]

    def new_name(self, besides: str = "") -> str:
        """A name no run has, nor one that was just begun."""
        names = (f"run{number}" for number in range(1, 10_000))
        return next(name for name in names if name != besides and not (self.runs / name).exists())


def plain_name(name: str) -> str:
    """As given, where it names a file in one folder on every system. Raises UsageError."""
    wanted = name.strip()
    if not re.fullmatch(r"[\w-][\w. -]{0,60}", wanted) or wanted.endswith("."):
        raise UsageError(_("a name of letters, digits, - and _"), repr(name), _("choose a plain name such as run1"))
    return wanted
