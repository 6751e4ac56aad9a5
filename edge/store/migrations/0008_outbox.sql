-- What has still to be told to others. Rows come by triggers, in the transaction of what they tell of, so that neither
-- is there without the other; what a row says is read from the record when it is sent.

CREATE TABLE subscriptions (
  channel TEXT NOT NULL,               -- mqtt, or the name of whom to notify
  kind TEXT NOT NULL,                  -- what it gets of every sighting: event, sighting, photo, effort
  PRIMARY KEY (channel, kind)
) WITHOUT ROWID;

CREATE TABLE outbox (
  number INTEGER PRIMARY KEY AUTOINCREMENT,  -- the order; with the reference it is the message's id
  channel TEXT NOT NULL,
  kind TEXT NOT NULL,                  -- event, sighting, photo, effort, notice, digest
  ref TEXT NOT NULL,                   -- a sighting's id; run and slice; a sighting's id and a rule; a day
  since REAL,                          -- unix seconds; NULL until the sender, with a clock that is right, has seen it
  attempts INTEGER NOT NULL DEFAULT 0,
  failure TEXT NOT NULL DEFAULT '',    -- why the last attempt failed, without any secret
  UNIQUE (channel, kind, ref)          -- news of the same thing takes the place of what still waits
);
CREATE INDEX outbox_turn ON outbox (channel, attempts, number);

CREATE TABLE outcomes (                -- what left the outbox, counted
  channel TEXT NOT NULL,
  outcome TEXT NOT NULL,               -- sent, too_many, too_old, gone
  count INTEGER NOT NULL,
  last_at REAL NOT NULL,
  PRIMARY KEY (channel, outcome)
) WITHOUT ROWID;

-- Newer news takes the older's place under a new number, so that a sender who has just sent the older takes away only
-- that. Not with INSERT OR REPLACE: within an upsert that fires the trigger, SQLite would take its ABORT instead
-- (https://www.sqlite.org/lang_createtrigger.html).
CREATE TRIGGER tell_of_openings AFTER INSERT ON sightings
BEGIN
  DELETE FROM outbox WHERE (channel, kind, ref) IN
    (SELECT channel, kind, NEW.id FROM subscriptions WHERE kind IN ('event', 'sighting'));
  INSERT INTO outbox (channel, kind, ref) SELECT channel, kind, NEW.id FROM subscriptions WHERE kind IN ('event', 'sighting') ORDER BY kind;
END;
CREATE TRIGGER tell_of_changes AFTER UPDATE OF label, closed, verdict, verdict_role, first_at ON sightings
WHEN OLD.label IS NOT NEW.label OR OLD.closed IS NOT NEW.closed OR OLD.verdict IS NOT NEW.verdict
  OR OLD.verdict_role IS NOT NEW.verdict_role OR OLD.first_at IS NOT NEW.first_at
BEGIN
  DELETE FROM outbox WHERE (channel, kind, ref) IN
    (SELECT channel, kind, NEW.id FROM subscriptions WHERE kind = 'sighting');
  INSERT INTO outbox (channel, kind, ref) SELECT channel, kind, NEW.id FROM subscriptions WHERE kind = 'sighting' ORDER BY kind;
END;
CREATE TRIGGER tell_of_photos AFTER INSERT ON photos WHEN NEW.path IS NOT NULL
BEGIN
  DELETE FROM outbox WHERE (channel, kind, ref) IN
    (SELECT channel, kind, NEW.sighting_id FROM subscriptions WHERE kind = 'photo');
  INSERT INTO outbox (channel, kind, ref) SELECT channel, kind, NEW.sighting_id FROM subscriptions WHERE kind = 'photo' ORDER BY kind;
END;
CREATE TRIGGER tell_of_better_photos AFTER UPDATE OF path ON photos WHEN NEW.path IS NOT NULL AND OLD.path IS NOT NEW.path
BEGIN
  DELETE FROM outbox WHERE (channel, kind, ref) IN
    (SELECT channel, kind, NEW.sighting_id FROM subscriptions WHERE kind = 'photo');
  INSERT INTO outbox (channel, kind, ref) SELECT channel, kind, NEW.sighting_id FROM subscriptions WHERE kind = 'photo' ORDER BY kind;
END;
-- Whoever has a copy of a photo that was taken back has to hear of it; one that expired here may stay there.
CREATE TRIGGER tell_of_lost_photos AFTER UPDATE OF path ON photos
WHEN NEW.path IS NULL AND OLD.path IS NOT NULL AND NEW.missing IN ('deleted', 'withheld')
BEGIN
  DELETE FROM outbox WHERE (channel, kind, ref) IN
    (SELECT channel, kind, NEW.sighting_id FROM subscriptions WHERE kind = 'sighting');
  INSERT INTO outbox (channel, kind, ref) SELECT channel, kind, NEW.sighting_id FROM subscriptions WHERE kind = 'sighting' ORDER BY kind;
END;
-- A quarter of an hour is told once, when it is over: see outbox.py.
CREATE TRIGGER tell_of_effort AFTER INSERT ON effort
BEGIN
  INSERT INTO outbox (channel, kind, ref)
    SELECT channel, kind, NEW.run_id || ':' || NEW.slice_tick_s FROM subscriptions WHERE kind = 'effort'
    AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.channel = subscriptions.channel AND o.kind = 'effort'
      AND o.ref = NEW.run_id || ':' || NEW.slice_tick_s);
END;
