"""A person who suspects the record can have it checked, and made anew."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from edge.errors import EXIT_FAULT, StoreError, UsageError
from edge.review.care import rebuild, verify
from edge.store.store import Store
from edge.store.verdicts import JOURNAL, Verdict, append_verdicts
from tests.store.conftest import Folder
from tests.store.visits import SETTINGS, moment, run, sighting, visit


@pytest.fixture
def season(tmp_path: Path) -> Folder:
    """Three visits, one of them judged."""
    folder = Folder(tmp_path / "data")
    visits = [sighting(second) for second in (10, 20, 30)]
    with Store.open(folder.path, SETTINGS, run()) as store:
        for seen in visits:
            store.record(visit(seen))
    append_verdicts(folder.path, [Verdict(visits[0].id, "snail", "pest", "Li Hua", moment(99).wall)])
    return folder


def verified(folder: Folder) -> Result:
    return CliRunner().invoke(verify, ["--data", str(folder.path)], catch_exceptions=False)


def grown_old(path: Path) -> Path:
    an_hour_ago = time.time() - 3600
    os.utime(path, (an_hour_ago, an_hour_ago))
    return path


def test_a_whole_record_has_no_faults(season: Folder) -> None:
    result = verified(season)
    assert result.exit_code == 0
    assert "3 photos read, 0 faults" in result.output


def test_a_photo_that_is_gone_or_changed_is_named(season: Folder) -> None:
    gone, changed, _whole = sorted(season.named_photos())
    (season.path / gone).unlink()
    with open(season.path / changed, "ab") as file:
        file.write(b"x")
    result = verified(season)
    assert result.exit_code == EXIT_FAULT
    assert f"{gone}: a row names it, but it is not there" in result.output
    assert f"{changed}: changed since it was written" in result.output
    assert "3 photos read, 2 faults" in result.output


def test_a_photo_without_a_row_is_a_fault_once_it_is_old(season: Folder) -> None:
    stray = season.path / "photos" / "ab" / ("ab" * 16 + "-1.jpg")
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"\xff\xd8")
    assert verified(season).exit_code == 0, "the watcher may be about to write its row"
    grown_old(stray)
    assert f"photos/ab/{stray.name}: no row names it" in verified(season).output


def test_verdicts_of_the_journal_that_are_no_rows_are_named(season: Folder) -> None:
    line = json.loads((season.path / JOURNAL).read_text())
    with open(season.path / JOURNAL, "a") as journal:
        journal.write(json.dumps(line | {"id": "f" * 32}) + "\n" + '{"id": "torn\n')
    result = verified(season)
    assert f"verdict {'f' * 32} is in the journal only" in result.output
    assert "verdicts.jsonl:3: not a verdict" in result.output


def test_checking_changes_nothing(season: Folder) -> None:
    before = {path: path.read_bytes() for path in season.path.rglob("*") if path.is_file() and "-" in path.name}
    verified(season)
    assert {path: path.read_bytes() for path in before} == before


def test_a_rebuilt_record_has_its_sightings_and_verdicts(season: Folder) -> None:
    for path in season.path.glob("gardenwatch.db*"):
        path.unlink()
    result = CliRunner().invoke(rebuild, ["--data", str(season.path)], catch_exceptions=False)
    assert result.exit_code == 0
    assert "brought back: 3 sightings and 1 verdict\n" in result.output
    assert "seconds watched and blind" in result.output, "what is not brought back is said"
    assert verified(season).exit_code == 0


def test_rebuilding_sets_the_earlier_database_aside(season: Folder) -> None:
    result = CliRunner().invoke(rebuild, ["--data", str(season.path)], catch_exceptions=False)
    assert "the earlier database is now" in result.output
    assert (season.path / "gardenwatch.db.aside-1").exists()


def test_rebuilding_is_refused_while_the_garden_is_watched(season: Folder) -> None:
    with Store.open(season.path, SETTINGS, run()), pytest.raises(StoreError, match="another gardenwatch"):
        CliRunner().invoke(rebuild, ["--data", str(season.path)], catch_exceptions=False)


@pytest.mark.parametrize("command", [verify, rebuild])
def test_a_folder_that_is_not_there_is_a_wrong_command(tmp_path: Path, command: object) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        CliRunner().invoke(command, ["--data", str(tmp_path / "nowhere")], catch_exceptions=False)  # type: ignore[arg-type]
