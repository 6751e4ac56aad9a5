-- What the gardens told, as they know it now. Each row says with which record and number it was told: of two messages
-- the one with the higher pair is newer, so duplicates and another order change nothing.

CREATE TABLE gardens (
  garden text PRIMARY KEY,             -- the device's name in its topics
  first_heard timestamptz NOT NULL DEFAULT now(),
  last_heard timestamptz NOT NULL DEFAULT now(),
  online boolean,                      -- what the broker says of its connection; NULL: nothing yet
  health jsonb,                        -- as the device tells it
  timezone text,                       -- of its latest sighting or effort
  utc_offset_s integer NOT NULL DEFAULT 0
);

CREATE TABLE records (                 -- a device whose database began anew tells of another record
  garden text NOT NULL REFERENCES gardens,
  record text NOT NULL,
  number integer GENERATED ALWAYS AS IDENTITY,  -- the order in which they came
  PRIMARY KEY (garden, record)
);

CREATE TABLE sightings (
  id text PRIMARY KEY,
  garden text NOT NULL REFERENCES gardens,
  place bigint GENERATED ALWAYS AS IDENTITY,    -- tells apart what began at the same moment
  record integer NOT NULL, revision bigint NOT NULL,
  first_seen timestamptz NOT NULL, last_seen timestamptz NOT NULL,
  first_local timestamp NOT NULL,      -- as the garden's clock showed it
  utc_offset_s integer NOT NULL,
  timezone text,
  clock text NOT NULL,
  label text NOT NULL, role text NOT NULL, confidence double precision NOT NULL,
  candidates jsonb NOT NULL,
  verdict text, judged_by text, judged_at timestamptz,
  truth text NOT NULL, truth_role text NOT NULL,
  closed boolean NOT NULL,
  box_x integer NOT NULL, box_y integer NOT NULL, box_w integer NOT NULL, box_h integer NOT NULL,
  photo_number integer, photo_sha256 text, photo_missing text,
  source text NOT NULL, run text NOT NULL, model text NOT NULL, config text NOT NULL, software text NOT NULL
);
CREATE INDEX sightings_first ON sightings (first_seen, place);
CREATE INDEX sightings_garden ON sightings (garden, first_seen, place);
CREATE INDEX sightings_truth ON sightings (truth, first_seen, place);

CREATE TABLE photos (                  -- of a file that is here; it may have come before its sighting
  sighting_id text PRIMARY KEY,
  garden text NOT NULL REFERENCES gardens,
  record integer NOT NULL, number integer NOT NULL,
  path text NOT NULL UNIQUE,           -- relative to the hub's data folder
  sha256 text NOT NULL, width integer NOT NULL, height integer NOT NULL, bytes integer NOT NULL
);
CREATE TABLE removals (                -- files whose rows are gone, until they are gone themselves
  path text PRIMARY KEY
);

CREATE TABLE effort (
  garden text NOT NULL REFERENCES gardens,
  run text NOT NULL,
  slice text NOT NULL,                 -- of a quarter of an hour, as the device names it
  kind text NOT NULL,                  -- watched, or why it was blind
  record integer NOT NULL, revision bigint NOT NULL,
  start timestamptz NOT NULL,
  start_local timestamp NOT NULL,
  seconds double precision NOT NULL,
  PRIMARY KEY (garden, run, slice, kind)
);
CREATE INDEX effort_start ON effort (garden, start);

CREATE TABLE refused (                 -- what could not be understood or does not belong there; the oldest go
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  topic text NOT NULL,
  why text NOT NULL,
  payload bytea NOT NULL               -- its beginning
);

CREATE TABLE state (                   -- how the storing goes, in one row
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  at timestamptz NOT NULL DEFAULT now(),
  stored bigint NOT NULL DEFAULT 0,    -- messages
  refused bigint NOT NULL DEFAULT 0,
  waiting integer NOT NULL DEFAULT 0,  -- received and not stored yet
  lag_s double precision NOT NULL DEFAULT 0
);
INSERT INTO state DEFAULT VALUES;
