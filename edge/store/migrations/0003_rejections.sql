-- What was followed and looked at but became no sighting, each with its receipt and a small picture. Bounded: the
-- oldest go, and none is worth a sighting's place.

CREATE TABLE rejections (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  run_id TEXT NOT NULL REFERENCES runs (id),
  first_seen TEXT NOT NULL, first_tick_s REAL NOT NULL, first_s REAL,
  last_seen TEXT NOT NULL, last_tick_s REAL NOT NULL, last_s REAL,
  reason TEXT NOT NULL,
  label TEXT NOT NULL,                 -- what the looks said most
  box_x INTEGER NOT NULL, box_y INTEGER NOT NULL, box_w INTEGER NOT NULL, box_h INTEGER NOT NULL,
  receipt TEXT NOT NULL,               -- JSON
  picture BLOB                         -- JPEG of some kilobytes; NULL where it could not be made
);
