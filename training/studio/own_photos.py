"""Photos that are collected in the studio, class by class: raw sets in the workspace."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from training.errors import TrainingError, UsageError
from training.language import _, _n
from training.layout import class_folders, pictures_below
from training.pictures import UnreadablePicture, read_picture
from training.studio.workspace import plain_name

MOST_BYTES = 50 * 10**6
"""A photo of 100 megapixels has 30 MB; what is larger is a film or a mistake."""
GLANCE_PX = 64
"""To know whether a photo can be read; a JPEG is decoded at an eighth for it."""
JPEG_QUALITY = 92


@dataclass(slots=True)
class Added:
    """The photos that came in, and why others did not, by name."""

    paths: list[Path] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    def words(self, label: str) -> str:
        """For the page; the first five reasons, because a thousand say no more."""
        text = _n("{count} photo added to {label}.", "{count} photos added to {label}.", len(self.paths)).format(
            count=len(self.paths), label=label
        )
        if not self.left_out:
            return text
        shown = [f"{name}: {why}" for name, why in list(self.left_out.items())[:5]]
        more = " …" if len(self.left_out) > 5 else ""
        return text + " " + _("Left out: {names}").format(names="; ".join(shown) + more)


class OwnPhotos:
    """images/CLASS/... below `root`; each photo is there whole, or not at all."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def classes(self) -> dict[str, int]:
        """How many photos each has."""
        images = self.root / "images"
        found = {one.name: len(pictures_below(one)) for one in class_folders(images)} if images.is_dir() else {}
        return {name: count for name, count in found.items() if count}

    def add_files(self, label: str, files: Sequence[Path]) -> Added:
        """Copies of those that can be read. Raises UsageError for a class that cannot be a folder's name."""
        folder, added = self._folder(label), Added()
        for file in files:
            try:
                if file.stat().st_size > MOST_BYTES:
                    raise UnreadablePicture(_("larger than {count} MB").format(count=MOST_BYTES // 10**6))
                read_picture(file, GLANCE_PX)
            except UnreadablePicture as error:
                added.left_out[file.name] = str(error)
                continue
            added.paths.append(self._put(folder, _plain_stem(file.stem), file.suffix.lower(), file))
        self._tidy(folder)
        return added

    def add_picture(self, label: str, picture: NDArray[np.uint8]) -> Path:
        """One of the webcam's, (H, W, 3) RGB."""
        folder = self._folder(label)
        _ok, data = cv2.imencode(".jpg", picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
        return self._put(folder, f"{datetime.now():%Y%m%d-%H%M%S}", ".jpg", data.tobytes())

    def write_class_list(self) -> None:
        """As BaseDT wants it."""
        (self.root / "classes.txt").write_text("".join(f"{name}\n" for name in sorted(self.classes())), "utf-8")

    def take_back(self, paths: Sequence[Path]) -> int:
        """Photos that were just added go again; how many were still there."""
        there = [path for path in paths if path.is_file()]
        for path in there:
            path.unlink()
            self._tidy(path.parent)
        return len(there)

    def _folder(self, label: str) -> Path:
        if not label.strip():
            raise UsageError(_("a class, such as bee"), _("none"), _("write the name of the class first"))
        folder = self.root / "images" / plain_name(label)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _put(self, folder: Path, stem: str, suffix: str, content: Path | bytes) -> Path:
        """Under a name that is free; others may add at the same moment."""
        part = folder / f".{stem}.{os.getpid()}.part"
        try:
            if isinstance(content, Path):
                shutil.copyfile(content, part)
            else:
                part.write_bytes(content)
            number = 1
            while (target := folder / f"{stem}{f'_{number}' if number > 1 else ''}{suffix}").exists():
                number += 1
            part.rename(target)
        except OSError as error:
            part.unlink(missing_ok=True)
            todo = _("make room, or start the studio with --out on another disk")
            raise TrainingError(_("to write {path}").format(path=folder), error.strerror or str(error), todo) from error
        return target

    def _tidy(self, folder: Path) -> None:
        """A class without photos would be refused as one."""
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _plain_stem(stem: str) -> str:
    """Names come from other systems, with characters that this one may not have."""
    return re.sub(r"[^\w -]+", "_", stem).strip(" _")[:60] or "photo"
