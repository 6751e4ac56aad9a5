"""Which model file watches: the configuration's, the one that was installed into the data folder, or the bundled one.

DATA/models holds the files, each named by its content, and installed.json, which names the present one and the one
before. Files are whole on the disk before that name is changed, and the name changes in one step: a power cut leaves
the one state or the other.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from edge.assets import DEFAULT_MODEL
from edge.errors import ConfigError, UsageError
from edge.language import _
from edge.settings import Config
from edge.store.durable import sync_folder

log = logging.getLogger(__name__)

FOLDER, CHOICE, PART, DAMAGED = "models", "installed.json", ".part", ".damaged"


@dataclass(frozen=True, slots=True)
class Choice:
    """File names in the folder; None is the bundled model."""

    present: str | None = None
    before: str | None = None


class InstalledModels:
    """Those of one data folder; nothing is written before `install`."""

    def __init__(self, data: Path) -> None:
        self.folder = data / FOLDER

    def choice(self) -> Choice | None:
        """None where nothing was ever installed. Raises ConfigError where the choice cannot be read."""
        path = self.folder / CHOICE
        try:
            read = json.loads(path.read_text("utf-8"))
            choice = Choice(**read)
            names = (choice.present, choice.before)
            if any(name is not None and Path(name).name != name for name in names):
                raise ValueError(names)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as error:
            todo = _("install a model again, or delete that file: then the bundled model watches")
            raise ConfigError(_("the installed model's name in {path}").format(path=path), str(error), todo) from error
        return choice

    def path(self, name: str | None) -> Path:
        """Of a name in the choice."""
        return self.folder / name if name else DEFAULT_MODEL

    def install(self, file: Path, verify: Callable[[Path], object]) -> bool:
        """A copy of the file watches from the next start on; the present one is kept beside. False where it is that.

        `verify` is given the copy as it lies on the disk, and raises where it must not watch; then, as after an
        OSError, all is as before.
        """
        self._make_folder()
        part = self.folder / (file.name + PART)
        try:
            digest = _copy(file, part)
            verify(part)
            choice = self._choice_or_none()
            if choice.present == digest:
                part.unlink()
                return False
            os.replace(part, self.folder / digest)
            sync_folder(self.folder)
            self._choose(Choice(digest, choice.present))
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        self._forget_others()
        return True

    def roll_back(self, verify: Callable[[Path], object]) -> None:
        """The one before watches from the next start on; the present one is kept, so that a second time undoes it.

        Raises UsageError where nothing was installed; what `verify` raises leaves all as it is.
        """
        choice = self.choice()
        if choice is None:
            raise UsageError(_("an installed model"), _("the bundled one only"), _("install one first"))
        verify(self.path(choice.before))
        self._choose(Choice(choice.before, choice.present))

    def set_damaged_aside(self) -> str | None:
        """The present file's name where it is no longer what was installed: the one before watches then.

        Its name is made of its content, so that damage shows whatever it does to the model. The file is kept as
        NAME.damaged; if the one before is damaged too, the bundled one watches. Raises ConfigError as `choice`,
        OSError where the disk takes no change.
        """
        choice = self.choice()
        if choice is None or choice.present is None or self._is_whole(choice.present):
            return None
        before = choice.before if choice.before is not None and self._is_whole(choice.before) else None
        if (self.folder / choice.present).exists():
            os.replace(self.folder / choice.present, self.folder / (choice.present + DAMAGED))
        self._choose(Choice(before, None))
        return choice.present

    def _is_whole(self, name: str) -> bool:
        """Raises OSError where the disk does not tell."""
        try:
            with (self.folder / name).open("rb") as file:
                return _name_of(hashlib.file_digest(file, "sha256").hexdigest()) == name
        except FileNotFoundError:
            return False

    def _choice_or_none(self) -> Choice:
        """A damaged choice is mended by the next one."""
        try:
            return self.choice() or Choice()
        except ConfigError:
            return Choice()

    def _choose(self, choice: Choice) -> None:
        content = json.dumps(asdict(choice)) + "\n"
        part = self.folder / (CHOICE + PART)
        _write(part, [content.encode()])
        os.replace(part, self.folder / CHOICE)
        sync_folder(self.folder)

    def _make_folder(self) -> None:
        if not self.folder.is_dir():
            self.folder.mkdir(mode=0o750)
            _give_to_owner_of(self.folder.parent, self.folder)
            sync_folder(self.folder.parent)

    def _forget_others(self) -> None:
        """Older files, and what an interrupted installation left."""
        choice = self._choice_or_none()
        for path in self.folder.iterdir():
            if path.name not in (CHOICE, choice.present, choice.before):
                path.unlink(missing_ok=True)


def model_file(settings: Config) -> Path:
    """The model that watches with these settings. Raises ConfigError where the installed one's name is unreadable."""
    if settings.model.path is not None:
        return settings.model.path
    models = InstalledModels(settings.data)
    choice = models.choice()
    return models.path(choice.present if choice else None)


def set_damaged_aside(settings: Config) -> str | None:
    """As InstalledModels does, where the installed model is to watch; an ill disk is left as it is.

    Raises ConfigError where the installed one's name is unreadable.
    """
    if settings.model.path is not None:
        return None
    try:
        return InstalledModels(settings.data).set_damaged_aside()
    except OSError as error:
        log.warning("installed model cannot be checked error=%s", error)
        return None


def _copy(file: Path, part: Path) -> str:
    """Its name there."""
    digest = hashlib.sha256()

    def blocks() -> Iterator[bytes]:
        with file.open("rb") as source:
            while block := source.read(1 << 20):
                digest.update(block)
                yield block

    _write(part, blocks())
    return _name_of(digest.hexdigest())


def _name_of(digest: str) -> str:
    return f"{digest[:16]}.onnx"


def _write(part: Path, blocks: Iterable[bytes]) -> None:
    """Through to the disk, under a name that was free: root must not be led elsewhere by a link."""
    part.unlink(missing_ok=True)
    with part.open("xb") as out:
        for block in blocks:
            out.write(block)
        out.flush()
        os.fsync(out.fileno())
    _give_to_owner_of(part.parent, part)


def _give_to_owner_of(folder: Path, path: Path) -> None:
    """What root installs is the watcher's, as the folder is."""
    if sys.platform != "win32" and os.geteuid() == 0:
        owner = folder.stat()
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
