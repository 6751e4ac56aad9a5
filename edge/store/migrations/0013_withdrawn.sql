-- Who takes a verdict back names it, so that it stays taken back also where somebody else judged in between.

ALTER TABLE verdicts ADD COLUMN withdraws TEXT;      -- the id of the verdict that this line takes back
CREATE VIEW standing_verdicts AS
SELECT v.* FROM verdicts v WHERE v.withdraws IS NULL
  AND NOT EXISTS (SELECT 1 FROM verdicts w WHERE w.sighting_id = v.sighting_id AND w.withdraws = v.id);

DROP TRIGGER verdicts_count;
CREATE TRIGGER verdicts_count AFTER INSERT ON verdicts
BEGIN
  UPDATE sightings SET
    verdict = (SELECT label FROM standing_verdicts WHERE sighting_id = NEW.sighting_id ORDER BY number DESC LIMIT 1),
    verdict_role = (SELECT role FROM standing_verdicts WHERE sighting_id = NEW.sighting_id ORDER BY number DESC LIMIT 1)
  WHERE id = NEW.sighting_id;
END;
