"""A person says where nothing is to be looked for."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import numpy as np
import pytest

from edge.errors import ConfigFaults
from edge.mask_area import seen_part
from edge.masks import NO_MASKS, MaskFile, Masks

LEFT = "masks:\n  - {name: road, kind: ignore, polygon: [[0, 0], [0.5, 0], [0.5, 1], [0, 1]]}\n"


def masks(tmp_path: Path, text: str) -> Masks:
    path = tmp_path / "masks.yaml"
    path.write_text(text, "utf-8")
    return MaskFile(path).read()


def test_what_is_ignored_is_not_seen_at_any_size(tmp_path: Path) -> None:
    for shape in ((180, 320), (720, 1280)):
        seen = seen_part(masks(tmp_path, LEFT), shape)
        assert seen is not None
        assert seen[:, : shape[1] // 2 - 1].max() == 0
        assert seen[:, shape[1] // 2 + 1 :].min() == 1


def test_only_what_lies_in_an_only_polygon_is_seen_less_what_is_ignored(tmp_path: Path) -> None:
    text = LEFT + "  - {kind: only, polygon: [[0.25, 0], [0.75, 0], [0.75, 1], [0.25, 1]]}\n"
    seen = seen_part(masks(tmp_path, text), (100, 100))
    assert seen is not None
    assert [int(seen[50, x]) for x in (10, 40, 60, 90)] == [0, 0, 1, 0]


def test_without_a_file_everything_is_seen(tmp_path: Path) -> None:
    assert MaskFile(tmp_path / "masks.yaml").read() == NO_MASKS
    assert seen_part(NO_MASKS, (10, 10)) is None


def test_every_fault_is_named_with_its_line(tmp_path: Path) -> None:
    text = "masks:\n  - kidn: ignore\n    kind: hide\n    polygon: [[0, 0], [1.5, 0]]\n"
    text += "  - {kind: only, polygon: [[0, 0]]}\n"
    with pytest.raises(ConfigFaults) as caught:
        masks(tmp_path, text)
    found = [fault.rsplit("masks.yaml:", 1)[1] for fault in caught.value.faults]
    assert "2: masks.0.kidn: expected a known key (did you mean `kind`?)" in found[0]
    assert any("3: masks.0.kind: expected one of 'ignore' or 'only'; found 'hide'" in fault for fault in found)
    assert any("a number of at most 1" in fault and "1.5" in fault for fault in found)
    assert any("5: masks.1.polygon: expected at least three corners" in fault for fault in found)


def test_a_change_is_taken_up_and_a_faulty_one_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "masks.yaml"
    file = MaskFile(path)
    assert file.at(0.0) == NO_MASKS
    path.write_text(LEFT, "utf-8")
    assert file.at(0.1) == NO_MASKS, "the file is asked every two seconds"
    assert len(file.at(2.5).masks) == 1
    path.write_text("masks: nonsense here\n", "utf-8")
    os.utime(path, ns=(1, 1))
    with caplog.at_level(logging.WARNING):
        assert [len(file.at(5.0 + 3 * turn).masks) for turn in range(3)] == [1, 1, 1]
    assert sum("masks left as they were" in record.message for record in caplog.records) == 1
    path.unlink()
    assert file.at(20.0) == NO_MASKS


def test_a_mask_that_is_asked_for_again_costs_nothing(tmp_path: Path) -> None:
    same = masks(tmp_path, LEFT)
    assert seen_part(same, (90, 160)) is seen_part(same, (90, 160))
    assert np.asarray(seen_part(same, (90, 160))).flags.writeable is False
