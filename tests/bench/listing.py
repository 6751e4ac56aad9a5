"""How long a listing takes at size: `python -m tests.bench.listing [ROWS]` prints milliseconds, and the machine's load.

On 2 shared cores (x86-64, load 5, 2026-11-22): the newest 100 of any filter in 2-8 ms, by confidence alone 32 ms
(100 000 rows) and 63 ms (1 000 000); all as JSON lines at 36 000 to 40 000 a second.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from edge.review.listing import lines
from edge.store.filter import Filter
from edge.store.reading import Sightings
from edge.store.rows import transaction
from edge.store.schema import DATABASE, connect
from edge.store.store import Store
from tests.store.visits import SETTINGS, START, run, sighting, visit

FILTERS = {
    "newest 100": Filter(limit=100),
    "newest 100 slugs": Filter(label="slug", limit=100),
    "newest 100 of a rare label": Filter(label="earwig", limit=100),
    "newest 100 pests of a day": Filter(
        since=START + timedelta(days=20), until=START + timedelta(days=21), role="pest", limit=100
    ),
    "newest 100 with 99.9 %": Filter(min_confidence=0.999, limit=100),
    "a label nobody has": Filter(label="nobody", limit=100),
}


def fill(data: Path, rows: int) -> None:
    """Copies of one real row: a label in ten is a slug, one in a thousand an earwig, three minutes apart."""
    with Store.open(data, SETTINGS, run()) as store:
        store.record(visit(sighting()))
    db = connect(data / DATABASE)
    db.execute("PRAGMA synchronous = OFF")
    columns = [c for (c,) in db.execute("SELECT name FROM pragma_table_info('sightings')")]
    changed = {
        "id": "printf('%032x', n * 7919)",
        "first_at": "first_at + n * 180",
        "label": "CASE WHEN n % 1000 = 0 THEN 'earwig' WHEN n % 10 = 0 THEN 'slug' ELSE 'bee' END",
        "role": "CASE WHEN n % 10 = 0 THEN 'pest' ELSE 'beneficial' END",
        "confidence": "(n * 7 % 1000) / 1000.0",
    }
    with transaction(db):
        db.execute(
            f"WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < ?) INSERT INTO sightings"
            f" ({', '.join(columns)}) SELECT {', '.join(changed.get(c, c) for c in columns)}"
            " FROM c, (SELECT * FROM sightings LIMIT 1)",
            (rows,),
        )
        db.execute(
            "INSERT INTO photos SELECT s.id, 1, 'photos/' || substr(s.id, 1, 2) || '/' || s.id || '-1.jpg', p.sha256,"
            " p.width, p.height, p.bytes, p.box_x, p.box_y, p.box_w, p.box_h, p.taken, p.taken_tick_s, p.taken_s, NULL"
            " FROM sightings s, (SELECT * FROM photos LIMIT 1) p WHERE s.id NOT IN (SELECT sighting_id FROM photos)"
        )
    db.close()


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        fill(data, rows)
        size = (data / DATABASE).stat().st_size / 1e6
        print(f"{rows} rows, {size:.0f} MB, load {os.getloadavg()[0]:.1f}")
        for name, wanted in FILTERS.items():
            start = time.perf_counter()
            with Sightings(data) as record:
                found = sum(1 for _ in lines(record.rows(wanted), "jsonl"))
            print(f"{name:32}{(time.perf_counter() - start) * 1000:8.1f} ms {found:7} lines")
        start = time.perf_counter()
        with Sightings(data) as record:
            found = sum(1 for _ in lines(record.rows(), "jsonl"))
        seconds = time.perf_counter() - start
        print(f"{'all as jsonl':32}{seconds * 1000:8.0f} ms {found:7} lines, {found / seconds:.0f} a second")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
