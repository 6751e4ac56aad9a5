"""What is known of a set when it is prepared."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from training.duplicates import groups_of
from training.layout import SPLITS, Photo
from training.picture_facts import Facts
from training.split import split_by_group

Pairs = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Findings:
    """Photos in their order, each with its facts and its part of the split; pairs that join what looks alike, by how
    they were found; files left out with the reason; test photos that a split by single photo would have betrayed."""

    root: Path
    classes: tuple[str, ...]
    photos: Sequence[Photo]
    facts: Sequence[Facts]
    splits: Sequence[str]
    copies: Pairs
    near: Pairs
    bursts: Pairs
    left_out: dict[str, str]
    leaks: int

    def counts(self, split: str | None = None) -> Counter[str]:
        """Photos per class, of one part of the split or of all."""
        both = zip(self.photos, self.splits, strict=True)
        return Counter(photo.label for photo, part in both if split in (None, part))

    def without(self, lost: Mapping[int, str]) -> Findings:
        """Some photos are left out, too, with the reason; those that they joined stay together."""
        kept = [i for i in range(len(self.photos)) if i not in lost]

        def still(pairs: Pairs) -> Pairs:
            groups, first = groups_of(len(self.photos), pairs), dict[int, int]()
            joined = [(first.setdefault(groups[old], new), new) for new, old in enumerate(kept)]
            return [(a, b) for a, b in joined if a != b]

        names = {self._name(self.photos[i]): reason for i, reason in lost.items()}
        return replace(
            self,
            photos=[self.photos[i] for i in kept],
            facts=[self.facts[i] for i in kept],
            splits=[self.splits[i] for i in kept],
            copies=still(self.copies),
            near=still(self.near),
            bursts=still(self.bursts),
            left_out=self.left_out | names,
        )

    def in_two_classes(self) -> list[tuple[str, str]]:
        """The names of files that are the same byte for byte, but of different classes."""
        both = [(self.photos[a], self.photos[b]) for a, b in self.copies]
        return [(self._name(a), self._name(b)) for a, b in both if a.label != b.label]

    def alike(self) -> list[list[int]]:
        """Groups of photos that look alike, the largest first."""
        members: dict[int, list[int]] = defaultdict(list)
        for index, group in enumerate(groups_of(len(self.photos), [*self.copies, *self.near, *self.bursts])):
            members[group].append(index)
        return sorted((group for group in members.values() if len(group) > 1), key=lambda group: (-len(group), group))

    def _name(self, photo: Photo) -> str:
        return photo.path.relative_to(self.root).as_posix()


def leaks_by_single_photo(
    labels: Sequence[str], groups: Sequence[int], ratios: tuple[float, float, float], seed: int
) -> int:
    """How many test photos would have one of their group in training, were every photo split for itself."""
    splits = split_by_group(labels, list(range(len(labels))), ratios, seed)
    trained = {group for group, split in zip(groups, splits, strict=True) if split == SPLITS[0]}
    return sum(split == "test" and group in trained for group, split in zip(groups, splits, strict=True))
