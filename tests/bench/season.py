"""A drawn season to measure on and to look at: `python -m tests.bench.season FOLDER [SIGHTINGS] [DAYS]` makes one.

Visits follow the sun, each animal its own hours; the camera was lost for a while, and nights are dark. Photos are
copies of one picture, made for the newest sightings only, each with three further ones.
"""

from __future__ import annotations

import math
import random
import sys
from datetime import timedelta
from pathlib import Path

from edge.store.effort import SLICE_S
from edge.store.photos import path_of, path_of_further
from edge.store.rows import Effort, add_effort, transaction
from edge.store.run import Run
from edge.store.schema import DATABASE, connect
from edge.store.store import Store
from tests.store.visits import SETTINGS, START, run, sighting, visit

ANIMALS = [  # label, role, share, hour of most visits, spread in hours
    ("bee", "beneficial", 0.34, 12.5, 2.5),
    ("cabbage_white", "pest", 0.12, 13.5, 2.0),
    ("ant", "neutral", 0.14, 14.0, 4.0),
    ("slug", "pest", 0.11, 6.0, 1.5),
    ("snail", "pest", 0.07, 7.0, 2.0),
    ("wasp", "neutral", 0.08, 15.0, 2.0),
    ("ladybird", "beneficial", 0.05, 11.0, 2.0),
    ("caterpillar", "pest", 0.04, 10.0, 3.0),
    ("unknown", "neutral", 0.04, 12.0, 4.0),
    ("background", "background", 0.01, 12.0, 4.0),
]
FIRST_HOUR, LAST_HOUR = 5, 20
"""It is light from 5 to 20 o'clock in Shanghai, where the tests' garden is."""
WITH_PHOTO = 5000
_VERDICTS = """
INSERT INTO verdicts (id, sighting_id, label, role, judged_by, judged_at)
SELECT 'v' || substr(id, 2), id, verdict, verdict_role, 'Li Hua', last_seen FROM sightings WHERE verdict IS NOT NULL
"""


def fill(data: Path, sightings: int, days: int) -> None:
    """Writes it; the folder must not hold a season yet."""
    rng = random.Random(3)
    watched = run()
    with Store.open(data, SETTINGS, watched) as store:
        store.record(visit(sighting()))
    db = connect(data / DATABASE)
    db.execute("PRAGMA synchronous = OFF")
    columns = [name for (name,) in db.execute("SELECT name FROM pragma_table_info('sightings')")]
    first = dict(zip(columns, db.execute(f"SELECT {', '.join(columns)} FROM sightings").fetchone(), strict=True))
    insert = f"INSERT INTO sightings ({', '.join(columns)}) VALUES ({', '.join(f':{name}' for name in columns)})"
    with transaction(db):
        db.executemany(insert, (first | _seen(rng, days) for _ in range(sightings)))
        db.execute(_VERDICTS)
        _photos(db, data, rng)
        _further_photos(db, data)
    _effort(db, watched, days, rng)
    db.close()


def _seen(rng: random.Random, days: int) -> dict[str, object]:
    label, role, _share, hour, spread = rng.choices(ANIMALS, [animal[2] for animal in ANIMALS])[0]
    local_hour = -1.0
    while not FIRST_HOUR <= local_hour < LAST_HOUR:
        local_hour = rng.gauss(hour, spread)
    midnight = START.replace(hour=0) - timedelta(hours=8)
    wall = midnight + timedelta(days=rng.randrange(days), hours=local_hour)
    judged = rng.random() < 0.05
    verdict = (label if rng.random() < 0.85 else rng.choice(ANIMALS)[0]) if judged else None
    return {
        "id": f"{rng.getrandbits(128):032x}",
        "first_seen": wall.isoformat(timespec="milliseconds"),
        "last_seen": (wall + timedelta(seconds=rng.expovariate(1 / 12))).isoformat(timespec="milliseconds"),
        "first_at": wall.timestamp(),
        "label": label,
        "role": role,
        "confidence": round(1 - 0.4 * rng.random() ** 2, 3),
        "verdict": verdict,
        "verdict_role": next((r for key, r, *_ in ANIMALS if key == verdict), None),
    }


def _photos(db, data: Path, rng: random.Random) -> None:  # type: ignore[no-untyped-def]
    real = (data / db.execute("SELECT path FROM photos").fetchone()[0]).read_bytes()
    newest = db.execute("SELECT id FROM sightings ORDER BY first_at DESC LIMIT ?", (WITH_PHOTO,)).fetchall()
    there = {id for (id,) in newest}
    row = "INSERT INTO photos (sighting_id, number, path, sha256, width, height, bytes, box_x, box_y, box_w, box_h,"
    row += " taken, taken_tick_s, missing) SELECT ?, 1, ?, sha256, width, height, bytes, 100, 50, 40, 30, taken, 1, ?"
    row += " FROM photos WHERE number = 1 LIMIT 1"
    for (id,) in db.execute("SELECT id FROM sightings WHERE id NOT IN (SELECT sighting_id FROM photos)").fetchall():
        path = path_of(id, 1)
        missing = "disk_full" if rng.random() < 0.002 else None
        if id in there and missing is None:
            (data / path).parent.mkdir(exist_ok=True)
            (data / path).write_bytes(real)
        db.execute(row, (id, None if missing else path, missing))


def _further_photos(db, data: Path) -> None:  # type: ignore[no-untyped-def]
    """Three beside each photo that is there."""
    query = "SELECT sighting_id, path FROM photos WHERE path IS NOT NULL"
    there = [(id, data / path) for id, path in db.execute(query).fetchall() if (data / path).exists()]
    row = "INSERT INTO further_photos SELECT sighting_id, ?, sha256, width, height, bytes, 100, 50, 40, 30, taken, 2,"
    row += " NULL FROM photos WHERE sighting_id = ?"
    for id, best in there:
        for number in (1, 2, 3):
            (data / path_of_further(id, number)).write_bytes(best.read_bytes())
            db.execute(row, (number, id))


def _effort(db, watched: Run, days: int, rng: random.Random) -> None:  # type: ignore[no-untyped-def]
    efforts = []
    for number in range(int(days * 86400 / SLICE_S)):
        start = START.replace(hour=0) - timedelta(hours=8) + timedelta(seconds=number * SLICE_S)
        hour = ((start + timedelta(hours=8)).hour + start.minute / 60) % 24
        lost = 9 <= number / 96 % 30 < 9.6 or rng.random() < 0.01
        kind = "camera_lost" if lost else "watched" if FIRST_HOUR <= hour < LAST_HOUR else "dark"
        blind = 0.0 if kind != "watched" else min(SLICE_S, -math.log(rng.random()) * 8)
        efforts.append(Effort(number * SLICE_S, start, kind, SLICE_S - blind))
        if blind:
            efforts.append(Effort(number * SLICE_S, start, "light_changed", blind))
    add_effort(db, watched, efforts, START + timedelta(days=days))


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    fill(folder, int(sys.argv[2]) if len(sys.argv) > 2 else 4000, int(sys.argv[3]) if len(sys.argv) > 3 else 60)
