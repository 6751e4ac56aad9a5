-- Visits summed up by quarter of an hour, label and role as known now, kept by triggers: charts of a million sightings
-- are drawn from some ten thousand rows. A slice begins at slice_at (unix seconds, corrected), a multiple of 900.

CREATE TABLE visit_counts (
  slice_at INTEGER NOT NULL,
  role TEXT NOT NULL,
  label TEXT NOT NULL,
  count INTEGER NOT NULL,              -- 0 where all of them were judged to be something else
  PRIMARY KEY (slice_at, role, label)
) WITHOUT ROWID;

INSERT INTO visit_counts
SELECT CAST(first_at / 900 AS INTEGER) * 900, coalesce(verdict_role, role), coalesce(verdict, label), count(*)
FROM sightings GROUP BY 1, 2, 3;

CREATE TRIGGER visits_come AFTER INSERT ON sightings
BEGIN
  INSERT INTO visit_counts VALUES (CAST(NEW.first_at / 900 AS INTEGER) * 900, coalesce(NEW.verdict_role, NEW.role),
    coalesce(NEW.verdict, NEW.label), 1) ON CONFLICT DO UPDATE SET count = count + 1;
END;

CREATE TRIGGER visits_change AFTER UPDATE OF first_at, label, role, verdict, verdict_role ON sightings
WHEN OLD.first_at IS NOT NEW.first_at
  OR coalesce(OLD.verdict, OLD.label) IS NOT coalesce(NEW.verdict, NEW.label)
  OR coalesce(OLD.verdict_role, OLD.role) IS NOT coalesce(NEW.verdict_role, NEW.role)
BEGIN
  UPDATE visit_counts SET count = count - 1 WHERE slice_at = CAST(OLD.first_at / 900 AS INTEGER) * 900
    AND role = coalesce(OLD.verdict_role, OLD.role) AND label = coalesce(OLD.verdict, OLD.label);
  INSERT INTO visit_counts VALUES (CAST(NEW.first_at / 900 AS INTEGER) * 900, coalesce(NEW.verdict_role, NEW.role),
    coalesce(NEW.verdict, NEW.label), 1) ON CONFLICT DO UPDATE SET count = count + 1;
END;

CREATE TRIGGER visits_go AFTER DELETE ON sightings
BEGIN
  UPDATE visit_counts SET count = count - 1 WHERE slice_at = CAST(OLD.first_at / 900 AS INTEGER) * 900
    AND role = coalesce(OLD.verdict_role, OLD.role) AND label = coalesce(OLD.verdict, OLD.label);
END;

-- What people judged, and photos that are missing, are few among many.
CREATE INDEX sightings_judged ON sightings (first_at) WHERE verdict IS NOT NULL;
CREATE INDEX photos_missing ON photos (missing) WHERE missing IS NOT NULL;
