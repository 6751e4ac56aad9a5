-- A clock may become trusted while a run goes on, and the writer corrects sightings in small transactions: a trigger
-- would hold the database for as long as a whole season takes. What is left of a sweep through the photos is kept too.

DROP TRIGGER clock_offsets_count;
ALTER TABLE clock_offsets ADD COLUMN applied INTEGER NOT NULL DEFAULT 0;  -- 1: all sightings of that boot follow it
UPDATE clock_offsets SET applied = 1;                                     -- the trigger saw to that
ALTER TABLE runs ADD COLUMN trusted_tick_s REAL;   -- from this tick on, the wall clock of an untrusted run was right

CREATE TABLE sweep (
  only INTEGER PRIMARY KEY CHECK (only = 1),       -- one row while photos have still to be looked through, else none
  done TEXT NOT NULL                               -- the last folder that is done; empty before the first
);

DROP VIEW current;
-- What is known now of every sighting: the machine's label, the latest verdict, the photo that is there. tick_zero_at
-- is NULL where the times stand as they were written.
CREATE VIEW current AS
SELECT s.id, s.run_id, r.source, r.model_id, r.timezone, r.utc_offset_s,
  CASE WHEN s.first_tick_s >= r.trusted_tick_s THEN NULL ELSE r.tick_zero_at END AS tick_zero_at,
  CASE WHEN s.first_tick_s >= r.trusted_tick_s THEN 'trusted'
    WHEN r.tick_zero_at IS NULL THEN r.clock ELSE 'corrected' END AS clock,
  s.first_seen, s.first_tick_s, s.first_s, s.last_seen, s.last_tick_s, s.last_s, s.decided_s,
  s.label, s.role, s.confidence, s.verdict, s.truth, s.truth_role, s.closed, s.close_reason, s.first_at,
  coalesce(p.box_x, s.box_x) AS box_x, coalesce(p.box_y, s.box_y) AS box_y,
  coalesce(p.box_w, s.box_w) AS box_w, coalesce(p.box_h, s.box_h) AS box_h,
  CASE WHEN p.path IS NULL THEN s.box_s ELSE p.taken_s END AS box_s,
  p.path AS photo, p.missing AS photo_missing
FROM sightings s JOIN runs r ON r.id = s.run_id LEFT JOIN photos p ON p.sighting_id = s.id;
