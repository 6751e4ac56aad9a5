"""Makes a split set out of photos with labels, in the layout that BaseDT writes."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from training.duplicates import Signature, groups_of, near_duplicates, signature
from training.errors import TrainingError, UsageError
from training.journal import FOLDER, changes
from training.language import _
from training.layout import FOLDERS, SPLITS, Photo, RawSet
from training.manifest import listed, read_manifest, same_block, same_group
from training.pictures import UnreadablePicture, read_picture
from training.plain_copy import plain_bytes, plain_name
from training.sources import read_source
from training.split import split_by_group

WRITTEN = ("training_set", "val_set", "test_set", "classes.txt", "val.txt", "test.txt", "manifest.csv")
COLUMNS = ("path", "class", "source", "group", "sighting_id", "model_id", "judged_by", "judged_at")


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was done: photos per class and split, near-duplicate photos, files left out with the reason."""

    counts: dict[str, Counter[str]]
    grouped: int
    left_out: dict[str, str]


def prepare(
    raw: Path,
    out: Path,
    *,
    ratios: tuple[float, float, float] = (0.7, 0.1, 0.2),
    seed: int = 0,
    test_list: Path | None = None,
    block: int = 0,
    photos: RawSet | None = None,
    force: bool = False,
) -> Prepared:
    """Split `raw` into `out`; ratios are train, test, val, as BaseDT orders them.

    `photos` are those of `raw` where their labels stand elsewhere than in its folders. `block` keeps so many file
    numbers together: cameras count, and what follows each other shows one scene.
    Everything is written beside `out` first and moved there when it is complete. Raises UsageError where `out`
    holds something and `force` is not given (which replaces only what this function writes).
    """
    photos = photos or read_source(raw)
    _refuse_to_overwrite(raw, out, force)
    kept, signatures, left_out = _readable(photos)
    names = [photo.path.relative_to(raw).as_posix() for photo in kept]
    manifest = read_manifest(raw)
    groups = groups_of(len(kept), near_duplicates(signatures) + same_group(names, manifest) + same_block(kept, block))
    into_test = listed(test_list, names) if test_list else []
    splits = split_by_group([p.label for p in kept], groups, ratios, seed, into_test)
    part = out.with_name(out.name + ".part")
    if part.exists():
        shutil.rmtree(part)
    try:
        rows = [
            _row(target, photo, groups[i], manifest.get(names[i], {}))
            for i, (photo, target) in enumerate(_copied(kept, splits, part))
        ]
        _write_lists(part, photos.classes, rows)
        _move(part, out)
    finally:
        if part.exists():
            shutil.rmtree(part)
    counts = {split: Counter(p.label for p, s in zip(kept, splits, strict=True) if s == split) for split in SPLITS}
    sizes = Counter(groups)
    return Prepared(counts, sum(n for n in sizes.values() if n > 1), left_out)


def _refuse_to_overwrite(raw: Path, out: Path, force: bool) -> None:
    if out.resolve() == raw.resolve() or raw.resolve() in out.resolve().parents:
        todo = _("choose another output folder")
        raise UsageError(_("an output folder outside the photos"), str(out), todo)
    if out.exists() and not out.is_dir():
        raise UsageError(_("a folder to write to"), _("a file at {path}").format(path=out), _("choose another name"))
    if out.is_dir() and any(out.iterdir()) and not force:
        found = _("{path} with something in it").format(path=out)
        todo = _("choose another folder, or give --force to replace a prepared set that is there")
        raise UsageError(_("an empty or new output folder"), found, todo)
    if changes(out):
        found = _("{path} with changes made by fix or merge").format(path=out)
        todo = _("choose another folder, or delete {path} if they may be lost").format(path=out / FOLDER)
        raise UsageError(_("a set without corrections to lose"), found, todo)


def _readable(photos: RawSet) -> tuple[list[Photo], list[Signature], dict[str, str]]:
    kept, signatures, left_out = [], [], dict(photos.left_out)
    for photo in tqdm(photos.photos, desc=_("reading"), unit=_("photo")):
        try:
            # 256 px are plenty for a 32 px hash, and bound the memory of a 50 megapixel photo's later steps.
            signatures.append(signature(read_picture(photo.path, longest_px=256)))
            kept.append(photo)
        except UnreadablePicture as error:
            left_out[photo.path.relative_to(photos.root).as_posix()] = str(error)
    lost = set(photos.classes) - {photo.label for photo in kept}
    if lost:
        found = _("only unreadable ones of {names}").format(names=", ".join(sorted(lost)))
        raise TrainingError(_("photos of each class"), found, _("add photos that can be opened"))
    return kept, signatures, left_out


def _copied(kept: list[Photo], splits: list[str], part: Path) -> Iterable[tuple[Photo, Path]]:
    taken: set[Path] = set()
    for photo, split in zip(tqdm(kept, desc=_("copying"), unit=_("photo")), splits, strict=True):
        folder = part / FOLDERS[split][0] / photo.label
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / plain_name(photo.path)
        stem, number = target.stem, 1
        while target in taken:  # the same name in two subfolders, or as .webp and .jpg
            number += 1
            target = target.with_name(f"{stem}_{number}{target.suffix}")
        taken.add(target)
        target.write_bytes(plain_bytes(photo.path))
        yield photo, target.relative_to(part)


def _row(target: Path, photo: Photo, group: int, known: dict[str, str]) -> dict[str, str]:
    row = {column: known.get(column) or "" for column in COLUMNS}
    return row | {"path": target.as_posix(), "class": photo.label, "group": str(group)}


def _write_lists(part: Path, classes: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    _write(part / "classes.txt", [*classes])
    for split in ("val", "test"):
        folder = FOLDERS[split][0] + "/"
        (part / folder).mkdir(exist_ok=True)
        mine = [row for row in rows if row["path"].startswith(folder)]
        lines = [f"{row['path'].removeprefix(folder)} {classes.index(row['class'])}" for row in mine]
        _write(part / f"{split}.txt", lines)
    for folder in (names[0] for names in FOLDERS.values()):
        for label in classes:  # BaseDT's check wants each class folder, even where it is empty
            (part / folder / label).mkdir(parents=True, exist_ok=True)
    with (part / "manifest.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _write(path: Path, lines: list[str]) -> None:
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8", newline="\n")


def _move(part: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for name in WRITTEN:
        old = out / name
        if old.is_dir():
            shutil.rmtree(old)
        elif old.exists():
            old.unlink()
        (part / name).rename(old)
