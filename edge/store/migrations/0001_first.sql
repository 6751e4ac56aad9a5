-- The record as DESIGN's contract 3 describes it. Times are ISO 8601 UTC text as the clock said then; columns ending
-- in _tick_s are monotonic seconds (seconds since boot of a live source), those ending in _s alone seconds into a file.

CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  source TEXT NOT NULL,
  model_id TEXT NOT NULL,
  config_digest TEXT NOT NULL,
  boot_id TEXT NOT NULL,
  clock TEXT NOT NULL CHECK (clock IN ('trusted', 'untrusted', 'file')),
  timezone TEXT,                       -- IANA name; NULL: only the offset is known
  utc_offset_s INTEGER NOT NULL,       -- of the system's zone, at the start
  software TEXT NOT NULL,
  started TEXT NOT NULL,
  started_tick_s REAL NOT NULL,
  last_alive TEXT NOT NULL,            -- the last moment the watcher told of; what `ended` means after a crash
  end_reason TEXT CHECK (end_reason IN ('stop', 'crash')),  -- NULL: still running
  tick_zero_at REAL                    -- true time of tick 0, unix seconds, once somebody corrected an untrusted clock
);
CREATE INDEX runs_boot ON runs (boot_id);
CREATE INDEX runs_running ON runs (id) WHERE end_reason IS NULL;

CREATE TABLE sightings (
  id TEXT PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES runs (id),
  first_seen TEXT NOT NULL, first_tick_s REAL NOT NULL, first_s REAL,
  last_seen TEXT NOT NULL, last_tick_s REAL NOT NULL, last_s REAL,
  decided TEXT NOT NULL, decided_tick_s REAL NOT NULL, decided_s REAL,
  label TEXT NOT NULL,                 -- the machine's, never changed by a person
  role TEXT NOT NULL,
  confidence REAL NOT NULL,
  box_x INTEGER NOT NULL, box_y INTEGER NOT NULL, box_w INTEGER NOT NULL, box_h INTEGER NOT NULL,
  box_seen TEXT NOT NULL, box_tick_s REAL NOT NULL, box_s REAL,
  receipt TEXT NOT NULL,               -- JSON
  closed INTEGER NOT NULL CHECK (closed IN (0, 1)),
  close_reason TEXT CHECK (close_reason IN ('left', 'stop', 'crash', 'rebuilt')),
  first_at REAL NOT NULL,              -- first_seen as unix seconds, corrected; what lists are ordered by
  verdict TEXT,                        -- the latest verdict, kept here by a trigger so that lists are quick
  verdict_role TEXT,
  truth TEXT GENERATED ALWAYS AS (coalesce(verdict, label)) VIRTUAL,
  truth_role TEXT GENERATED ALWAYS AS (coalesce(verdict_role, role)) VIRTUAL,
  CHECK ((closed = 1) = (close_reason IS NOT NULL))
);
CREATE INDEX sightings_first ON sightings (first_at);
CREATE INDEX sightings_truth ON sightings (truth, first_at);
CREATE INDEX sightings_role ON sightings (truth_role, first_at);
CREATE INDEX sightings_run ON sightings (run_id);
CREATE INDEX sightings_open ON sightings (run_id) WHERE closed = 0;

CREATE TABLE photos (
  sighting_id TEXT PRIMARY KEY REFERENCES sightings (id),
  number INTEGER NOT NULL,             -- the how-manieth photo of the sighting; part of its name
  path TEXT UNIQUE,                    -- relative to the data folder, with forward slashes
  sha256 TEXT, width INTEGER, height INTEGER, bytes INTEGER,
  box_x INTEGER, box_y INTEGER, box_w INTEGER, box_h INTEGER,  -- the animal in source pixels
  taken TEXT, taken_tick_s REAL, taken_s REAL,
  missing TEXT CHECK (missing IN
    ('disk_full', 'disk_slow', 'disk_failing', 'broken', 'withheld', 'deleted', 'expired')),
  CHECK ((path IS NULL) = (missing IS NOT NULL)),
  CHECK (path IS NULL OR (sha256 IS NOT NULL AND width > 0 AND height > 0 AND taken IS NOT NULL))
);

CREATE TABLE verdicts (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  sighting_id TEXT NOT NULL,           -- no foreign key: a verdict outlives a sighting that could not be rebuilt
  label TEXT,                          -- NULL: the earlier verdict is taken back
  role TEXT,
  judged_by TEXT NOT NULL,
  judged_at TEXT NOT NULL
);
CREATE INDEX verdicts_sighting ON verdicts (sighting_id, number);
CREATE TRIGGER verdicts_never_change BEFORE UPDATE ON verdicts
BEGIN SELECT raise(ABORT, 'verdicts are append-only'); END;
CREATE TRIGGER verdicts_never_go BEFORE DELETE ON verdicts
BEGIN SELECT raise(ABORT, 'verdicts are append-only'); END;
CREATE TRIGGER verdicts_count AFTER INSERT ON verdicts
BEGIN UPDATE sightings SET verdict = NEW.label, verdict_role = NEW.role WHERE id = NEW.sighting_id; END;

CREATE TABLE effort (
  run_id TEXT NOT NULL REFERENCES runs (id),
  slice_tick_s REAL NOT NULL,          -- start of the quarter of an hour, on the run's ticks
  slice_start TEXT NOT NULL,           -- wall time of the slice's first moment
  kind TEXT NOT NULL,                  -- 'watched', or why it was blind
  seconds REAL NOT NULL,
  PRIMARY KEY (run_id, slice_tick_s, kind)
) WITHOUT ROWID;

CREATE TABLE clock_offsets (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  boot_id TEXT NOT NULL,
  tick_zero_at REAL NOT NULL,          -- true time of tick 0 of that boot, unix seconds
  source TEXT NOT NULL,                -- who knew: ntp, phone, ...
  recorded TEXT NOT NULL
);
CREATE INDEX clock_offsets_boot ON clock_offsets (boot_id, number);
CREATE TRIGGER clock_offsets_count AFTER INSERT ON clock_offsets
BEGIN
  UPDATE runs SET tick_zero_at = NEW.tick_zero_at WHERE boot_id = NEW.boot_id AND clock = 'untrusted';
  UPDATE sightings SET first_at = NEW.tick_zero_at + first_tick_s
    WHERE run_id IN (SELECT id FROM runs WHERE boot_id = NEW.boot_id AND clock = 'untrusted');
END;

-- What is known now of every sighting: the machine's label, the latest verdict, the photo that is there.
CREATE VIEW current AS
SELECT s.id, s.run_id, r.source, r.model_id, r.timezone, r.utc_offset_s, r.tick_zero_at,
  CASE WHEN r.tick_zero_at IS NULL THEN r.clock ELSE 'corrected' END AS clock,
  s.first_seen, s.first_tick_s, s.first_s, s.last_seen, s.last_tick_s, s.last_s, s.decided_s,
  s.label, s.role, s.confidence, s.verdict, s.truth, s.truth_role, s.closed, s.close_reason, s.first_at,
  coalesce(p.box_x, s.box_x) AS box_x, coalesce(p.box_y, s.box_y) AS box_y,
  coalesce(p.box_w, s.box_w) AS box_w, coalesce(p.box_h, s.box_h) AS box_h,
  CASE WHEN p.path IS NULL THEN s.box_s ELSE p.taken_s END AS box_s,
  p.path AS photo, p.missing AS photo_missing
FROM sightings s JOIN runs r ON r.id = s.run_id LEFT JOIN photos p ON p.sighting_id = s.id;
