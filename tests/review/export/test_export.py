"""The record leaves as a table, a data set, or a package that biodiversity platforms read."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from edge.errors import ConfigError, GardenwatchError, UsageError
from edge.model.labels import Label
from edge.review.export.commands import export_command
from edge.store.rebuild import rebuild
from edge.store.store import Store
from edge.store.verdicts import Verdict, append_verdicts
from tests.bench.season import fill
from tests.programs import SLOW_S, command, gardenwatch
from tests.store.visits import SETTINGS, moment, run, sighting, visit

LABELS = {
    "slug": Label("slug", "Slug", "蛞蝓", "Gastropoda", "class", "pest"),
    "bee": Label("bee", "Bee", "蜜蜂", "Apis mellifera", "species", "beneficial"),
}
SITE = "site: {name: School garden, latitude: 31.2, longitude: 121.5, contributor: Li Hua}\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Four visits: a slug nobody judged, a bee judged a slug, one judged unknown, one whose label the model lacks."""
    folder = tmp_path / "data"
    seen = [sighting(10), sighting(20, "bee", "beneficial"), sighting(30), sighting(40)]
    with Store.open(folder, SETTINGS, run()) as store:
        for one in seen:
            store.record(visit(one))
        store.effort(moment(50), 40.0, None)
        store.effort(moment(50), 5.0, "camera_lost")
    judged = [(seen[1], "slug", "pest"), (seen[2], "unknown", "neutral"), (seen[3], "瓢虫", "beneficial")]
    append_verdicts(folder, [Verdict(s.id, label, role, "Li Hua", moment(99).wall) for s, label, role in judged])
    return folder


def export(data: Path, form: str, out: Path, *options: str) -> Result:
    words = ["--format", form, "--out", str(out), "--data", str(data), *options]
    return CliRunner().invoke(export_command(lambda: LABELS), words, catch_exceptions=False)


def site(tmp_path: Path) -> str:
    path = tmp_path / "gardenwatch.yaml"
    path.write_text(SITE)
    return str(path)


def table(path: Path) -> list[dict[str, str]]:
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_table_holds_every_sighting(data: Path, tmp_path: Path, form: str) -> None:
    out = tmp_path / f"sightings.{form}"
    assert "4 sightings" in export(data, form, out).output
    text = out.read_text("utf-8")
    rows = table(out) if form == "csv" else [json.loads(line) for line in text.splitlines()]
    assert [row["verdict"] or None for row in rows] == ["瓢虫", "unknown", "slug", None]


def test_an_export_that_fails_leaves_the_earlier_file_and_no_half_one(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "all.csv"
    out.write_text("the earlier one")

    def cut_off(*_: object) -> Any:
        yield "id"
        raise KeyboardInterrupt

    monkeypatch.setattr("edge.review.export.commands.lines", cut_off)
    assert export(data, "csv", out).exit_code != 0
    assert out.read_text() == "the earlier one"
    assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []


def test_a_dataset_has_what_people_judged_by_their_labels(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "set"
    result = export(data, "dataset", out)
    assert (out / "classes.txt").read_text("utf-8").split() == ["slug", "瓢虫"]
    rows = table(out / "manifest.csv")
    assert [(row["class"], row["judged_by"]) for row in rows] == [("瓢虫", "Li Hua"), ("slug", "Li Hua")]
    for row in rows:
        assert cv2.imdecode(np.fromfile(out / row["path"], np.uint8), cv2.IMREAD_COLOR) is not None
        assert row["group"] == row["sighting_id"]
    assert "nobody judged it (1)" in result.output
    assert "judged as unknown (1)" in result.output


def test_a_dataset_may_take_the_machines_word(data: Path, tmp_path: Path) -> None:
    export(data, "dataset", tmp_path / "set", "--unjudged")
    rows = table(tmp_path / "set" / "manifest.csv")
    assert sorted((row["class"], row["judged_by"]) for row in rows) == [
        *(("slug", ""), ("slug", "Li Hua")),
        ("瓢虫", "Li Hua"),
    ]


def test_a_dataset_of_nothing_is_refused_and_leaves_nothing(data: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nobody judged it \(1\).*--unjudged"):
        export(data, "dataset", tmp_path / "set", "--until", "2026-05-01T14:00:15+08:00")
    assert not (tmp_path / "set").exists()


def test_a_folder_that_is_there_is_never_replaced(data: Path, tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    with pytest.raises(UsageError, match="which is there"):
        export(data, "dataset", tmp_path / "set")


def test_a_package_is_valid_by_the_published_schemas(data: Path, tmp_path: Path, shared: Path) -> None:
    frictionless = pytest.importorskip("frictionless", reason="not installed: pip install -e '.[test]'")
    jsonschema = pytest.importorskip("jsonschema", reason="not installed: pip install -e '.[test]'")
    out, standard = tmp_path / "package", shared / "data" / "camtrap-dp"
    with Store.open(data, SETTINGS, run()) as store:
        store.record(visit(sighting(60), further=2))
    export(data, "camtrap-dp", out, "--config", site(tmp_path), "--label", "slug")
    descriptor = json.loads((out / "datapackage.json").read_text("utf-8"))
    profile = json.loads((standard / "camtrap-dp-profile.json").read_text("utf-8"))
    own = profile["allOf"][1]
    del own["properties"]["spatial"]["$ref"]  # GeoJSON's schema, to be fetched
    jsonschema.validate(descriptor, own | {"$defs": profile["$defs"]})
    for resource in descriptor["resources"]:
        assert "/1.0.2/" in resource["schema"]
        name = f"{resource['name']}-table-schema.json"
        (out / name).write_bytes((standard / name).read_bytes())
        resource |= {"schema": name}
    del descriptor["profile"]
    report = frictionless.Package(descriptor, basepath=str(out)).validate()
    assert report.valid, report.flatten(["type", "message"])


def test_a_package_says_who_named_what_where_and_how_long_was_watched(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "package"
    labels = ["--label", "slug"]
    export(data, "camtrap-dp", out, "--config", site(tmp_path), *labels)
    by_person, _photo, by_machine, _photo = table(out / "observations.csv")
    assert (by_person["classificationMethod"], by_person["classifiedBy"]) == ("human", "Li Hua")
    assert by_person["classificationProbability"] == ""
    assert (by_machine["classificationMethod"], by_machine["classifiedBy"]) == ("machine", "tiny-1")
    assert by_machine["classificationProbability"] == "0.8"
    assert by_machine["scientificName"] == "Gastropoda"
    assert by_machine["eventStart"] == "2026-05-01T14:00:10+08:00"
    [deployment] = table(out / "deployments.csv")
    assert deployment["deploymentComments"].endswith("watched 40 s; blind 5 s: camera_lost")
    for medium in table(out / "media.csv"):
        with Image.open(out / medium["filePath"]) as photo:
            photo.load()


def test_a_package_without_what_the_standard_requires_is_refused_with_all_that_is_missing(
    data: Path, tmp_path: Path
) -> None:
    missing = r"site\.name, site\.latitude, site\.longitude, site\.contributor, the scientific name of 瓢虫"
    with pytest.raises(ConfigError, match=missing):
        export(data, "camtrap-dp", tmp_path / "package")
    assert not (tmp_path / "package").exists()


def test_a_deployment_holds_its_sightings_even_after_a_rebuild(data: Path, tmp_path: Path) -> None:
    for file in data.glob("gardenwatch.db*"):
        file.unlink()
    rebuild(data)
    export(data, "camtrap-dp", tmp_path / "package", "--config", site(tmp_path), "--label", "slug")
    [deployment] = table(tmp_path / "package" / "deployments.csv")
    for row in table(tmp_path / "package" / "observations.csv"):
        assert deployment["deploymentStart"] <= row["eventStart"] <= row["eventEnd"] <= deployment["deploymentEnd"]


def to_stick(data: Path, stick: Path, *options: str) -> Result:
    words = ["--to", str(stick), "--data", str(data), *options]
    return CliRunner().invoke(export_command(lambda: LABELS), words, catch_exceptions=False)


def test_a_stick_gets_photos_and_table_and_a_second_time_only_what_is_new(data: Path, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    assert "copied and read back: 4; there before: 0" in to_stick(data, stick).output
    with open(stick / "gardenwatch" / "sightings.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        copy = (stick / "gardenwatch" / row["photo"]).read_bytes()
        assert copy == (data / row["photo"]).read_bytes()
    (stick / "gardenwatch" / rows[0]["photo"]).write_bytes(b"half a ph")
    assert "copied and read back: 1; there before: 3" in to_stick(data, stick).output


def test_a_photo_that_cannot_be_read_is_named_and_the_others_are_copied(data: Path, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    gone = next((data / "photos").rglob("*.jpg"))
    gone.unlink()
    result = to_stick(data, stick)
    assert result.exit_code == 1
    assert f"{gone.relative_to(data).as_posix()}: could not be copied whole" in result.output
    assert "copied and read back: 3" in result.output


def test_a_folder_on_the_record_s_own_disk_is_told(data: Path, tmp_path: Path) -> None:
    """A stick that was not mounted: the photos went onto the card once more."""
    assert "if you meant a stick, mount it there first" in to_stick(data, tmp_path).output


@pytest.mark.system
def test_on_a_mounted_stick_nothing_is_noted(data: Path, tmp_path: Path) -> None:
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("mounting needs root on Linux")
    stick = tmp_path / "stick"
    stick.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=100m", "stick", stick], check=True)
    try:
        said = to_stick(data, stick).output
    finally:
        subprocess.run(["umount", stick], check=True)
    assert "copied and read back: 4" in said
    assert "mount it" not in said


def test_a_stick_that_is_too_small_is_named_before_anything_is_written(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1_000_000))
    with pytest.raises(GardenwatchError, match="narrow it with --since"):
        to_stick(data, tmp_path)
    assert not (tmp_path / "gardenwatch").exists()


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """One visit, judged, with two further photos."""
    folder, seen = tmp_path / "album", sighting(10, id="ab" * 16)
    with Store.open(folder, SETTINGS, run()) as store:
        store.record(visit(seen, further=2))
    append_verdicts(folder, [Verdict(seen.id, "slug", "pest", "Li Hua", moment(99).wall)])
    return folder


def test_all_photos_of_a_visit_are_of_one_group_in_a_dataset(album: Path, tmp_path: Path) -> None:
    export(album, "dataset", tmp_path / "set")
    rows = table(tmp_path / "set" / "manifest.csv")
    assert [row["path"].rsplit("-", 2)[-1] for row in rows] == ["1.jpg", "1.jpg", "2.jpg"]
    assert {row["group"] for row in rows} == {"ab" * 16}
    assert len(list((tmp_path / "set" / "images" / "slug").iterdir())) == 3


def test_a_package_has_each_photo_with_its_own_time_and_box(album: Path, tmp_path: Path) -> None:
    export(album, "camtrap-dp", tmp_path / "package", "--config", site(tmp_path))
    media = table(tmp_path / "package" / "media.csv")
    assert [row["timestamp"][11:19] for row in media] == ["14:00:10", "14:00:11", "14:00:12"]
    boxed = [row for row in table(tmp_path / "package" / "observations.csv") if row["observationLevel"] == "media"]
    assert [row["mediaID"] for row in boxed] == [row["mediaID"] for row in media]
    assert {row["eventID"] for row in boxed} == {"ab" * 16}
    for row in media:
        assert (tmp_path / "package" / row["filePath"]).is_file()


def test_a_stick_gets_all_photos_of_a_visit(album: Path, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    assert "copied and read back: 3; there before: 0" in to_stick(album, stick).output
    assert "copied and read back: 0; there before: 3" in to_stick(album, stick).output


@pytest.mark.parametrize("words", [(), ("--format", "csv"), ("--out", "x"), ("--to", "x", "--out", "y")])
def test_either_a_form_and_its_name_or_a_stick(data: Path, words: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="--to alone"):
        CliRunner().invoke(export_command(lambda: LABELS), [*words, "--data", str(data)], catch_exceptions=False)


def killed_in_the_middle(words: list[str], out: Path) -> bool:
    """Once it has begun to write; False where it had its name already, which is taken away again."""
    part = out.with_name(f".{out.name}.part")
    killed = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + SLOW_S
    while not (begun := part.exists()) and killed.poll() is None and time.monotonic() < until:
        pass
    killed.kill()
    killed.wait()
    if out.is_dir():
        shutil.rmtree(out)
    elif out.exists():
        out.unlink()
    else:
        return begun
    return False


@pytest.mark.parametrize("form", ["csv", "camtrap-dp", "dataset"])
def test_an_export_that_is_killed_leaves_nothing_under_its_name_and_the_next_one_is_whole(
    form: str, tmp_path: Path
) -> None:
    season, out = tmp_path / "season", tmp_path / "out"
    season.mkdir()
    fill(season, 2000, 10)
    (tmp_path / "c.yaml").write_text(
        "site: {name: Garden, latitude: 30.2, longitude: 120.1, contributor: Li Hua}\ndata: season\n"
    )
    words = ["export", "--format", form, "--out", out, "--data", season, "--config", tmp_path / "c.yaml"]
    words += ["--label", "bee", *(["--unjudged"] if form == "dataset" else [])]
    assert any(killed_in_the_middle(command(*words), out) for _attempt in range(30)), "each was done before the kill"
    assert not out.exists()
    whole = gardenwatch(*words)
    assert whole.returncode == 0, whole.stderr
    assert out.exists()
    assert list(tmp_path.glob(".out.part")) == []
