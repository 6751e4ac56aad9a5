"""Crops of what comes are kept for a new data set, within bounds, and none of a person."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.collect.collector import Collector
from edge.collect.folder import CropFolder
from edge.collect.settings import CollectSettings
from edge.decision import Decision
from edge.privacy import NOTHING, Hidden
from edge.records import Box, Frame, Guess, Track
from edge.settings import DecisionSettings
from tests.films import passing_person, walking_dot
from tests.model.tiny import colour_model
from tests.programs import gardenwatch
from tests.test_decision import BEE, GROUND, SLUG, SURE_GROUND, SURE_SLUG, WALKER
from tests.vision.bed import moment, soil


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return colour_model(tmp_path_factory.mktemp("model") / "colours.onnx")


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return walking_dot(tmp_path_factory.mktemp("film") / "dot.avi")


def collected(out: Path, source: Path, model: Path, *words: object) -> Counter[str]:
    """Pictures by folder."""
    run = gardenwatch("collect", "--source", source, "--model", model, "--out", out, *words)
    assert run.returncode == 0, run.stderr
    return folders(out)


def folders(out: Path) -> Counter[str]:
    return Counter(file.parent.relative_to(out).as_posix() for file in out.rglob("*.jpg"))


def manifest(out: Path) -> list[dict[str, str]]:
    with open(out / "manifest.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_with_a_label_the_crops_of_a_visit_are_a_class(film: Path, model: Path, tmp_path: Path) -> None:
    found = collected(tmp_path / "new", film, model, "--label", "red dot")
    assert 2 <= found["images/red dot"] <= 5
    assert (tmp_path / "new" / "classes.txt").read_text() == "red dot\n"
    lines = [line for line in manifest(tmp_path / "new") if line["class"] == "red dot"]
    assert len({line["group"] for line in lines}) == 1, "no split may part one animal's pictures"
    assert all((tmp_path / "new" / line["path"]).is_file() for line in lines)
    crop = cv2.imread(str(tmp_path / "new" / lines[1]["path"]))
    assert crop is not None
    assert max(crop.shape) < 150, "a crop, not the picture"


def test_without_a_label_they_lie_by_what_the_machine_thinks(film: Path, model: Path, tmp_path: Path) -> None:
    found = collected(tmp_path / "new", film, model)
    assert found["unlabelled/beetle"] >= 2
    assert not (tmp_path / "new" / "images").exists()


def test_what_is_there_already_stays(film: Path, model: Path, tmp_path: Path) -> None:
    once = collected(tmp_path / "new", film, model, "--label", "dot")["images/dot"]
    assert collected(tmp_path / "new", film, model, "--label", "spot") == {
        **folders(tmp_path / "new"),
        "images/dot": once,
    }
    assert (tmp_path / "new" / "classes.txt").read_text() == "dot\nspot\n"


def test_a_person_is_in_no_crop(model: Path, tmp_path: Path) -> None:
    film = passing_person(tmp_path / "person.avi", 0.6)
    assert collected(tmp_path / "new", film, model) == {}


def test_whole_pictures_need_to_be_allowed(film: Path, model: Path, tmp_path: Path) -> None:
    words = ["--source", film, "--model", model, "--out", tmp_path / "new", "--frames-every", "4"]
    refused = gardenwatch("collect", *words)
    assert refused.returncode == 78
    assert "privacy.full_frames" in refused.stderr
    (tmp_path / "c.yaml").write_text("privacy: {full_frames: true}\n")
    allowed = gardenwatch("collect", *words, "--config", tmp_path / "c.yaml")
    assert allowed.returncode == 0, allowed.stderr
    assert folders(tmp_path / "new")["frames"] == 4


def test_a_watcher_collects_beside_its_record(film: Path, model: Path, tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(f"model: {{path: {model}}}\ndata: data\ncollect: {{folder: new, label: dot}}\n")
    run = gardenwatch("run", "--config", tmp_path / "c.yaml", "--source", film, "--dry-run")
    assert run.returncode == 0, run.stderr
    assert folders(tmp_path / "new")["images/dot"] >= 2


def test_a_label_that_is_no_folder_s_name_is_refused(film: Path, model: Path, tmp_path: Path) -> None:
    run = gardenwatch("collect", "--source", film, "--model", model, "--out", tmp_path / "new", "--label", "../up")
    assert run.returncode == 2, run.stderr
    assert not (tmp_path / "new").exists()


class Bed:
    """A collector beside a real decision, fed with drawn tracks."""

    def __init__(self, folder: Path, settings: CollectSettings, most_mb: int = 10) -> None:
        self.path = folder
        self.folder = CropFolder(folder, "bed", "tiny-1", most_mb, waits=True)
        self.collector = Collector(settings, self.folder, 0.35)
        self.decision = Decision(DecisionSettings(), (BEE, SLUG, GROUND), 0.5)
        self.second = 0.0

    def visit(self, number: int, answer: tuple[float, ...], hidden: Hidden = NOTHING) -> None:
        """Two seconds of one track, then it is gone."""
        for _ in range(10):
            self.second += 0.2
            now = moment(self.second)
            track = Track(**{**{f: getattr(WALKER, f) for f in Track.__slots__}, "id": number, "last_seen": now})
            frame = Frame(soil(), 0, now)
            self.decision.step(frame, [track], {number: Guess(now, track.box, answer)}, hidden)
            self.collector.see(frame, [track], self.decision, hidden)

    def close(self) -> Counter[str]:
        self.collector.close()
        return folders(self.path)


@pytest.fixture
def settings() -> CollectSettings:
    return CollectSettings(every_s=0.5, rejected_per_hour=3)


def test_of_what_is_rejected_only_so_many_an_hour_are_kept(tmp_path: Path, settings: CollectSettings) -> None:
    bed = Bed(tmp_path, settings)
    for number in range(1, 8):
        bed.visit(number, SURE_GROUND)
    bed.visit(9, SURE_SLUG)
    assert bed.close() == {"rejected/background": 3, "unlabelled/slug": 4}


def test_nothing_is_taken_where_a_person_may_be(tmp_path: Path, settings: CollectSettings) -> None:
    bed = Bed(tmp_path, settings)
    bed.visit(1, SURE_SLUG, Hidden(held=(Box(0, 0, 400, 300),)))
    assert bed.close() == {}


def test_what_ended_just_before_a_person_was_seen_there_is_not_kept(tmp_path: Path, settings: CollectSettings) -> None:
    bed = Bed(tmp_path, settings)
    bed.visit(1, SURE_SLUG)
    bed.visit(2, SURE_GROUND, Hidden(large=(Box(190, 0, 90, 300),)))
    assert bed.close() == {}


def test_a_folder_that_is_full_takes_no_more(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (900, 900, 3), np.uint8)
    (tmp_path / "old.jpg").write_bytes(cv2.imencode(".jpg", noise, [cv2.IMWRITE_JPEG_QUALITY, 100])[1].tobytes() * 2)
    bed = Bed(tmp_path, CollectSettings(), most_mb=1)
    bed.visit(1, SURE_SLUG)
    bed.collector.close()
    assert (bed.folder.kept, bed.folder.lost) == (0, 1)


def test_a_folder_that_cannot_be_made_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "new").write_text("a file")
    bed = Bed(tmp_path / "new", CollectSettings())
    bed.visit(1, SURE_SLUG)
    assert bed.close() == {}
    assert bed.folder.lost == 1
