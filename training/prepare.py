"""Makes a split set out of photos with labels, in the layout that BaseDT writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from training.duplicates import groups_of, near_duplicates
from training.errors import TrainingError, UsageError
from training.journal import FOLDER, changes, expect_settled
from training.language import _
from training.layout import SPLITS, Photo, RawSet, class_folders, is_prepared, pictures_below
from training.manifest import listed, read_manifest, same_block, same_bytes, same_group
from training.picture_facts import Facts, facts_of
from training.pictures import UnreadablePicture
from training.report.findings import Findings, leaks_by_single_photo
from training.set_files import WRITTEN, refuse_to_replace, write_set
from training.sources import not_read, read_source
from training.split import split_by_group


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was done: photos per class and split, photos that belong together with others, files left out with the
    reason, pairs of files with one content in two classes."""

    counts: dict[str, Counter[str]]
    grouped: int
    left_out: dict[str, str]
    in_two_classes: list[tuple[str, str]]


def prepare(
    raw: Path,
    out: Path,
    *,
    ratios: tuple[float, float, float] = (0.7, 0.1, 0.2),
    seed: int = 0,
    test_list: Path | None = None,
    block: int = 0,
    photos: RawSet | None = None,
    weights: str | None = None,
    alike: bool = True,
    force: bool = False,
) -> Prepared:
    """Split `raw` into `out`; ratios are train, test, val, as BaseDT orders them.

    `photos` are those of `raw` where their labels stand elsewhere than in its folders. `block` keeps so many file
    numbers together: cameras count, and what follows each other shows one scene. With start `weights`, photos that a
    network takes for one burst are kept together, too; without `alike`, nothing but copies are. What belongs together
    with a photo of the `test_list` is left out: that list is the test split, from set to set.
    Everything is written beside `out` first and moved there when it is complete. Raises UsageError where `out`
    holds something and `force` is not given (which replaces only what this function writes).
    """
    expect_settled(raw)
    photos = photos or read_source(raw)
    classes = tuple(sorted(photos.classes))  # mmcls numbers training photos by folder name, and classes.txt names them
    _refuse_to_overwrite(raw, out, force)
    if test_list:
        refuse_to_replace(out, [test_list], _("lists outside of what is replaced"))
    refuse_to_replace(out, [photo.path for photo in photos.photos], _("photos outside of what is replaced"))
    kept, facts, left_out = _readable(photos)
    names = [photo.path.relative_to(raw).as_posix() for photo in kept]
    manifest = read_manifest(raw)
    copies = same_bytes([f.digest for f in facts])
    near = near_duplicates([f.signature for f in facts]) if alike else []
    bursts = _bursts(kept, weights) if weights else []
    known = same_group(names, manifest) + same_block(kept, block)
    groups = groups_of(len(kept), copies + near + bursts + known)
    into_test = _into_test(test_list, names, left_out) if test_list else []
    labels = [photo.label for photo in kept]
    splits = split_by_group(labels, groups, ratios, seed, into_test)
    _refuse_classes_without_training(classes, labels, splits)
    leaks = leaks_by_single_photo(labels, groups, ratios, seed)
    found = Findings(raw, classes, kept, facts, splits, copies, near, bursts, left_out, leaks)
    beside = _beside_the_list(names, groups, into_test)
    found, groups = found.without(beside), [group for i, group in enumerate(groups) if i not in beside]
    found = write_set(found, groups, manifest, out)
    grouped = sum(size for size in Counter(groups).values() if size > 1)
    return Prepared({s: found.counts(s) for s in SPLITS}, grouped, found.left_out, found.in_two_classes())


def _refuse_to_overwrite(raw: Path, out: Path, force: bool) -> None:
    here, there = raw.resolve(), out.resolve()
    if here == there or here in there.parents or there in here.parents:
        todo = _("choose another output folder")
        raise UsageError(_("an output folder outside the photos"), str(out), todo)
    file = next((place for place in (out, *out.parents) if place.exists() and not place.is_dir()), None)
    if file:
        raise UsageError(_("a folder to write to"), _("a file at {path}").format(path=file), _("choose another name"))
    if out.is_dir() and any(out.iterdir()) and not force:
        found = _("{path} with something in it").format(path=out)
        todo = _("choose another folder, or give --force to replace a prepared set that is there")
        raise UsageError(_("an empty or new output folder"), found, todo)
    other = [folder for folder in class_folders(out) if folder.name not in WRITTEN] if out.is_dir() else []
    if (not is_prepared(out) or (out / "images").is_dir()) and any(map(pictures_below, other)):
        found = _("photos in {path} that are no prepared set").format(path=out)
        raise UsageError(_("a prepared set to replace"), found, _("choose another folder"))
    if changes(out):
        found = _("{path} with changes made by fix or merge").format(path=out)
        todo = _("choose another folder, or delete {path} if they may be lost").format(path=out / FOLDER)
        raise UsageError(_("a set without corrections to lose"), found, todo)


def _refuse_classes_without_training(classes: tuple[str, ...], labels: Sequence[str], splits: Sequence[str]) -> None:
    trained = {label for label, split in zip(labels, splits, strict=True) if split == "train"}
    lost = [name for name in classes if name not in trained]
    if lost:
        found = _("none of {names} outside of the test photos").format(names=", ".join(lost))
        todo = _("add photos, or take some out of the list of test photos")
        raise TrainingError(_("photos of each class to train on"), found, todo)


def _readable(photos: RawSet) -> tuple[list[Photo], list[Facts], dict[str, str]]:
    def facts(photo: Photo) -> Facts | UnreadablePicture:
        try:
            return facts_of(photo.path)
        except UnreadablePicture as unreadable:
            return unreadable

    kept, known, left_out = [], [], dict(photos.left_out) | not_read(photos.root)
    with ThreadPoolExecutor() as pool:
        each = pool.map(facts, photos.photos)
        for photo in tqdm(photos.photos, desc=_("reading"), unit=_("photo")):
            found = next(each)
            if isinstance(found, Facts):
                kept.append(photo)
                known.append(found)
            else:
                left_out[photo.path.relative_to(photos.root).as_posix()] = str(found)
    lost = set(photos.classes) - {photo.label for photo in kept}
    if lost:
        found_text = _("only unreadable ones of {names}").format(names=", ".join(sorted(lost)))
        raise TrainingError(_("photos of each class"), found_text, _("add photos that can be opened"))
    return kept, known, left_out


def _into_test(test_list: Path, names: list[str], left_out: Mapping[str, str]) -> list[int]:
    """The places of the listed photos in `names`; those left out are told elsewhere."""
    places = [place for place in listed(test_list, [*names, *left_out]) if place < len(names)]
    if not places:
        found = _("none in {path}").format(path=test_list)
        raise TrainingError(_("test photos that can be read"), found, _("correct the list"))
    return places


def _beside_the_list(names: Sequence[str], groups: Sequence[int], into_test: Sequence[int]) -> dict[int, str]:
    """Photos that belong together with a listed one and are not listed, with the reason to leave them out."""
    first = {groups[place]: names[place] for place in reversed(into_test)}
    reason = _("belongs together with {name}, which is in the list of test photos")
    others = set(range(len(names))) - set(into_test)
    return {i: reason.format(name=first[groups[i]]) for i in sorted(others) if groups[i] in first}


def _bursts(photos: Sequence[Photo], weights: str) -> list[tuple[int, int]]:
    from training.embeddings import look  # loads torch, which splitting does not need otherwise
    from training.likeness import same_burst

    seen = look(photos, weights)
    return [(seen.kept[i], seen.kept[j]) for i, j in same_burst(seen.embeddings)]
