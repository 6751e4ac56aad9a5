"""`gardenwatch sightings`, as people and programs use it."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from edge import language
from edge.errors import UsageError
from edge.model.labels import Label
from edge.records import Box
from edge.review.commands import sightings_command
from edge.store.store import Store
from edge.store.verdicts import Verdict, append_verdicts
from tests.programs import SLOW_S
from tests.store.visits import SETTINGS, change, moment, run, sighting, visit

NAMES = {"slug": Label("slug", "Slug", "蛞蝓", role="pest"), "bee": Label("bee", "Bee", "蜜蜂", role="beneficial")}
ASKED_FOR = (
    *("id", "source", "first_seen", "last_seen", "first_seen_s", "last_seen_s", "decided_s", "label", "role"),
    *("confidence", "box", "box_s", "photo", "photo_missing", "model_id", "verdict", "closed", "clock"),
)


def listed(data: Path, *options: str) -> Result:
    return CliRunner().invoke(sightings_command(lambda: NAMES), ["--data", str(data), *options])


def lines(data: Path, *options: str) -> list[dict[str, Any]]:
    result = listed(data, "--format", "jsonl", *options)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.output.splitlines()]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A bee and a slug of a clip; a person called the bee a wasp."""
    folder = tmp_path / "data"
    bee, slug = sighting(10, "bee", "beneficial", 0.9, source="file"), sighting(20, last=24.5, source="file")
    with Store.open(folder, SETTINGS, run(clock="file", source="dev_01.mp4")) as store:
        store.record([*visit(bee), *visit(slug)])
    append_verdicts(folder, [Verdict(bee.id, "wasp", "neutral", "Li Hua", moment(99).wall)])
    return folder


def test_each_json_line_has_what_others_rely_on(data: Path) -> None:
    slug, bee = lines(data)
    assert tuple(slug) == ASKED_FOR
    assert slug | {"id": "", "photo": ""} == {
        "id": "",
        "source": "dev_01.mp4",
        "first_seen": "2026-05-01T14:00:20.000+08:00",
        "last_seen": "2026-05-01T14:00:24.500+08:00",
        "first_seen_s": 20.0,
        "last_seen_s": 24.5,
        "decided_s": 20.5,
        "label": "slug",
        "role": "pest",
        "confidence": 0.8,
        "box": [100, 50, 40, 30],
        "box_s": 20.5,
        "photo": "",
        "photo_missing": None,
        "model_id": "tiny-1",
        "verdict": None,
        "closed": True,
        "clock": "file",
    }
    assert (data / slug["photo"]).is_file()
    assert (bee["label"], bee["verdict"]) == ("bee", "wasp")


def test_a_live_source_has_no_seconds_into_a_file(tmp_path: Path) -> None:
    with Store.open(tmp_path, SETTINGS, run()) as store:
        store.record([change("opened", sighting(5), 40)])
    (line,) = lines(tmp_path)
    assert [line[key] for key in ("first_seen_s", "last_seen_s", "decided_s", "box_s")] == [None] * 4


def test_filters_narrow_the_list(data: Path) -> None:
    assert [line["label"] for line in lines(data, "--role", "pest")] == ["slug"]
    assert [line["label"] for line in lines(data, "--label", "wasp")] == ["bee"]
    assert [line["label"] for line in lines(data, "--min-confidence", "0.85")] == ["bee"]
    assert [line["label"] for line in lines(data, "--since", "2026-05-01T14:00:15")] == ["slug"]
    assert [line["label"] for line in lines(data, "--until", "2026-05-01")] == ["slug", "bee"]
    assert lines(data, "--until", "2026-04-30") == []
    assert [line["label"] for line in lines(data, "--limit", "1")] == ["slug"]


def test_csv_is_read_back_by_any_spreadsheet(data: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(listed(data, "--format", "csv").output)))
    assert [row["label"] for row in rows] == ["slug", "bee"]
    assert [rows[0][name] for name in ("box_x", "box_y", "box_w", "box_h")] == ["100", "50", "40", "30"]


def test_csv_without_a_row_still_has_its_head(data: Path) -> None:
    assert listed(data, "--format", "csv", "--label", "nobody").output.startswith("id,source,first_seen")


def test_a_table_names_animals_in_the_language_in_use(data: Path) -> None:
    assert "Slug" in listed(data).output
    language.use("zh-CN")
    try:
        assert "蛞蝓" in listed(data).output
    finally:
        language.use("en")


def test_a_table_shows_times_of_the_site_and_the_photo(data: Path) -> None:
    output = listed(data).output
    assert "2026-05-01 14:00:20" in output
    assert lines(data)[0]["photo"] in output
    assert "2 sightings, newest first" in output


def test_a_table_that_was_cut_says_so(data: Path) -> None:
    assert "--limit shows them" in listed(data, "--limit", "1").output
    assert "--limit shows them" not in listed(data).output


def test_no_sighting_is_an_answer_not_an_error(data: Path) -> None:
    result = listed(data, "--label", "nobody")
    assert (result.exit_code, result.output) == (0, "No sightings.\n")


def test_an_untrusted_clock_and_a_missing_photo_show_in_the_table(tmp_path: Path) -> None:
    with Store.open(tmp_path, SETTINGS, run(clock="untrusted")) as store:
        store.record(visit(sighting(5)))
        assert store.settle(60)
    with closing(sqlite3.connect(tmp_path / "gardenwatch.db")) as db, db:
        db.execute("UPDATE photos SET path = NULL, missing = 'withheld'")
    output = listed(tmp_path).output
    assert "2026-05-01 14:00:05?" in output
    assert "withheld for privacy" in output


def test_a_folder_that_is_not_there_is_a_wrong_command(tmp_path: Path) -> None:
    result = listed(tmp_path / "nowhere")
    assert isinstance(result.exception, UsageError)
    assert "no such folder" in str(result.exception)


@pytest.mark.parametrize("options", [("--role", "friend"), ("--min-confidence", "7"), ("--limit", "0")])
def test_options_that_make_no_sense_are_refused(data: Path, options: tuple[str, str]) -> None:
    assert listed(data, *options).exit_code == 2


def test_the_scorer_of_the_clips_reads_the_lines_as_they_are(tmp_path: Path, shared: Path) -> None:
    clips = shared / "data" / "clips"
    visit_seen = json.loads((clips / "dev_01.json").read_text("utf-8"))["visits"][0]
    seen = sighting(visit_seen["start_s"], visit_seen["label"], last=visit_seen["end_s"], source="file")
    frame, *box = visit_seen["boxes"][0]
    seen = replace(seen, box=Box(*box), box_moment=moment(frame / 10, "file"))
    with Store.open(tmp_path / "data", SETTINGS, run(clock="file", source="dev_01.mp4")) as store:
        store.record(visit(seen))
    listing, totals = tmp_path / "sightings.jsonl", tmp_path / "totals.json"
    listing.write_text(listed(tmp_path / "data", "--format", "jsonl").output)
    command = [sys.executable, str(clips / "score.py"), str(clips / "dev_01.json"), "--sightings", str(listing)]
    done = subprocess.run([*command, "--json", str(totals)], capture_output=True, text=True, timeout=SLOW_S)
    assert (done.returncode, done.stderr) == (0, "")
    score = json.loads(totals.read_text())
    assert {key: score[key] for key in ("found", "label_ok", "spurious", "undecided")} == {
        "found": 1,
        "label_ok": 1,
        "spurious": 0,
        "undecided": 0,
    }
