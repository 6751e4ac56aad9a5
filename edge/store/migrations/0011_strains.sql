-- Too little voltage, or too hot: for how long, by quarter of an hour. Several may hold at once, watching or not.

CREATE TABLE strains (
  run_id TEXT NOT NULL REFERENCES runs (id),
  slice_tick_s REAL NOT NULL,          -- as in effort
  slice_start TEXT NOT NULL,
  kind TEXT NOT NULL,                  -- under_voltage, throttled, hot
  seconds REAL NOT NULL,
  PRIMARY KEY (run_id, slice_tick_s, kind)
) WITHOUT ROWID;
