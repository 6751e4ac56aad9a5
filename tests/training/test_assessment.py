"""What errs together is drawn together."""

from __future__ import annotations

from pathlib import Path

from training.assessment import groups_of
from training.layout import Photo


def test_a_group_may_hold_several_sightings_and_is_no_sighting_of_that_name(tmp_path: Path) -> None:
    rows = ["path,class,group,sighting_id", "a.jpg,ant,7,S1", "b.jpg,ant,7,S2", "c.jpg,ant,,S1", "d.jpg,ant,S1,"]
    (tmp_path / "manifest.csv").write_text("\n".join([*rows, "e.jpg,ant,,"]) + "\n")
    photos = [Photo(tmp_path / f"{name}.jpg", "ant") for name in "abcdef"]
    groups = groups_of(photos, tmp_path)
    assert groups[0] == groups[1]
    assert len(set(groups)) == 5
