"""A store's life to record: `python -m tests.faults.power.watched FOLDER LIFE`; says what is safe, line by line."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from edge.settings import RetentionSettings
from edge.store.store import Store
from edge.store.verdicts import Verdict, append_verdicts
from tests.store.conftest import Folder
from tests.store.visits import SMALL_RESERVE, change, moment, run, sighting, visit

DAY_S = 86400.0
VISITS = 12


def write_visits(data: Path) -> None:
    """A run: some photos get better or have further ones, some visits stay open, and a person judges; it ends well."""
    with Store.open(data, SMALL_RESERVE, run()) as store:
        for number in range(VISITS):
            slug = sighting(second=number)
            closed = visit(slug, further=number % 3)[-1]
            for one in (change("opened", slug, 40), change("improved", slug, 80), closed):
                if one.kind != "closed" or number % 4:
                    store.record([one])
                    assert store.settle(60)
            print(f"safe {slug.id}", flush=True)
            if number % 3 == 0:
                append_verdicts(data, [Verdict(slug.id, "snail", "pest", "Li Hua", moment(500).wall)])
                print(f"judged {slug.id}", flush=True)
        store.effort(moment(100), 90.0)


def expire_and_go_on(data: Path) -> None:
    """A start on what was left, the oldest photos go, new ones come."""
    a_day = SMALL_RESERVE.model_copy(update={"retention": RetentionSettings(free_mb=0, max_age_days=1)})
    with Store.open(data, a_day, run()) as store:
        store.effort(moment(2 * DAY_S), 1.0)
        until(lambda: not Folder(data).query(AGED))
        for number in range(VISITS // 2):
            slug = sighting(second=2 * DAY_S + number)
            store.record(visit(slug, 60, further=number % 3))
            assert store.settle(60)
            print(f"safe {slug.id}", flush=True)


AGED = """
SELECT 1 FROM sightings s JOIN photos p ON p.sighting_id = s.id
WHERE p.path IS NOT NULL AND s.verdict IS NULL AND s.first_at < 1777680000
"""


def mend(data: Path) -> None:
    """A start after the loss of the database; the sightings come back from their photos."""
    with Store.open(data, SMALL_RESERVE, run()) as store:
        until(lambda: Folder(data).query("SELECT count(*) FROM sweep") == [(0,)])
        assert store.settle(60)


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("still not so after a minute")
        time.sleep(0.02)


LIVES = {"visits": write_visits, "expiry": expire_and_go_on, "mending": mend}

if __name__ == "__main__":
    LIVES[sys.argv[2]](Path(sys.argv[1]))
