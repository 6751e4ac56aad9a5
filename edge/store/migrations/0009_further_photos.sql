-- A few more photos of a visit, beside its best, written when it is over. There is none without the best one, and no
-- row without a file; where a file is, says its name (edge/store/further.py).

CREATE TABLE further_photos (
  sighting_id TEXT NOT NULL REFERENCES sightings (id),
  number INTEGER NOT NULL,             -- from 1, in the order in which they were taken
  sha256 TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL, bytes INTEGER NOT NULL,
  box_x INTEGER NOT NULL, box_y INTEGER NOT NULL, box_w INTEGER NOT NULL, box_h INTEGER NOT NULL,
  taken TEXT NOT NULL, taken_tick_s REAL NOT NULL, taken_s REAL,
  PRIMARY KEY (sighting_id, number)
) WITHOUT ROWID;
