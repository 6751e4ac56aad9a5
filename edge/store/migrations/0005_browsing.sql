-- What the page of many sightings needs to be quick: how sure the machine was of one label over the next, and indices
-- over what a person judged or should judge. They are partial, so that a sighting nobody judges costs the card nothing.

ALTER TABLE sightings ADD COLUMN margin REAL;        -- of the receipt's votes: the best label's over the second's
UPDATE sightings SET margin = (SELECT max(value) FROM json_each(receipt, '$.votes'))
  - coalesce((SELECT value FROM json_each(receipt, '$.votes') ORDER BY value DESC LIMIT 1 OFFSET 1), 0)
  WHERE json_valid(receipt);

CREATE INDEX sightings_accuracy ON sightings (first_at, run_id, label, verdict) WHERE verdict IS NOT NULL;
-- Under 0.3 the best of two labels has less than 65 % of what both share: worth a person's look.
CREATE INDEX sightings_in_doubt ON sightings (first_at)
  WHERE verdict IS NULL AND closed = 1 AND role != 'background' AND (label = 'unknown' OR margin < 0.3);
CREATE INDEX effort_start ON effort (slice_start);
CREATE INDEX verdicts_when ON verdicts (judged_at);
