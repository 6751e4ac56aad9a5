-- Of what was as large as a person nothing is kept but how often there was something, by quarter of an hour.

CREATE TABLE withheld (
  run_id TEXT NOT NULL REFERENCES runs (id),
  slice_tick_s REAL NOT NULL,          -- as in effort
  slice_start TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (run_id, slice_tick_s)
) WITHOUT ROWID;
