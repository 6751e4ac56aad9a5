"""Unpacks photos that came as a ZIP file, whole or not at all."""

from __future__ import annotations

import shutil
import stat
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from training.errors import TrainingError
from training.language import _
from training.pictures import is_picture

MOST_FILES = 20_000
"""As many photos as a set was tried with (tests.bench.many)."""
MOST_PACKED_BYTES = 10**9
"""5000 photos of 200 kB; more is better given as a folder."""
MOST_BYTES = 4 * 10**9
"""20 000 photos of 200 kB; what swells to more is no school set."""
TEXTS = frozenset({"classes.txt", "val.txt", "test.txt", "manifest.csv"})


def unpack(archive: Path, out: Path) -> Path:
    """Photos and lists into the folder `out`, which is replaced; returns the folder that holds the classes.

    Raises TrainingError for what is no ZIP file, leads out of its folder, or is too much; then nothing has changed.
    """
    size = archive.stat().st_size
    if size > MOST_PACKED_BYTES:
        expected = _("a ZIP file of at most {gigabytes} GB").format(gigabytes=MOST_PACKED_BYTES // 10**9)
        found = _("{gigabytes:.1f} GB").format(gigabytes=size / 1e9)
        raise TrainingError(expected, found, _("unpack it yourself, and give the folder"))
    try:
        with zipfile.ZipFile(archive) as packed, tempfile.TemporaryDirectory(dir=out.parent) as part:
            wanted = _wanted(packed)
            for info, name in wanted:
                target = Path(part, "set", *name.parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                with packed.open(info) as source, target.open("wb") as file:
                    shutil.copyfileobj(source, file)
            if out.exists():
                shutil.rmtree(out)
            Path(part, "set").rename(out)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        todo = _("pack the folder again as ZIP, without a password")
        raise TrainingError(_("a whole ZIP file"), str(error) or type(error).__name__, todo) from error
    return _only_folder(out)


def _wanted(packed: zipfile.ZipFile) -> list[tuple[zipfile.ZipInfo, PurePosixPath]]:
    named = [(info, _name(info)) for info in packed.infolist() if not info.is_dir()]
    for info, name in named:
        is_link = stat.S_ISLNK(info.external_attr >> 16)
        if name.is_absolute() or ".." in name.parts or ":" in str(name) or is_link:
            expected, todo = _("files inside of the ZIP file's own folder"), _("do not open this file; pack it again")
            raise TrainingError(expected, str(name), todo)
    wanted = [(info, name) for info, name in named if _is_wanted(name)]
    size = sum(info.file_size for info, _name in wanted)
    if not wanted:
        todo = _("pack the folder that holds a folder of photos per class")
        raise TrainingError(_("photos in the ZIP file"), _("none"), todo)
    if len(wanted) > MOST_FILES or size > MOST_BYTES:
        expected = _("at most {count} files and {gigabytes} GB").format(count=MOST_FILES, gigabytes=MOST_BYTES // 10**9)
        found = _("{count} files, {gigabytes:.1f} GB").format(count=len(wanted), gigabytes=size / 1e9)
        raise TrainingError(expected, found, _("unpack it yourself, and give the folder"))
    return wanted


def _is_wanted(name: PurePosixPath) -> bool:
    return not any(part.startswith((".", "__")) for part in name.parts) and (
        is_picture(Path(name.name)) or name.name in TEXTS
    )


def _name(info: zipfile.ZipInfo) -> PurePosixPath:
    """Chinese Windows packs names as GBK without saying so; zipfile then reads them as code page 437."""
    name = info.filename
    if not info.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("gb18030")
        except UnicodeError:
            name = info.filename
    return PurePosixPath(name.replace("\\", "/"))


def _only_folder(out: Path) -> Path:
    """People pack the folder itself: its name is then the only thing in the file."""
    inside = [path for path in out.iterdir() if not path.name.startswith(".")]
    if len(inside) == 1 and inside[0].is_dir() and inside[0].name != "images":
        return inside[0]
    return out
