-- What people say on the hub's own page. It stays here, beside what they say on a garden's; the later one counts.

CREATE TABLE verdicts (                -- appended, never changed
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text NOT NULL UNIQUE,
  sighting_id text NOT NULL REFERENCES sightings,
  label text, role text,               -- NULL: takes back what was said here before
  judged_by text NOT NULL, judged_at timestamptz NOT NULL,
  withdraws text                       -- the id of the one that this takes back
);
CREATE INDEX verdicts_sighting ON verdicts (sighting_id, number);
CREATE INDEX verdicts_judged ON verdicts (judged_at);
CREATE VIEW standing_verdicts AS
  SELECT v.* FROM verdicts v WHERE v.withdraws IS NULL
    AND NOT EXISTS (SELECT 1 FROM verdicts w WHERE w.sighting_id = v.sighting_id AND w.withdraws = v.id);

ALTER TABLE sightings RENAME verdict TO told_verdict;
ALTER TABLE sightings RENAME judged_by TO told_by;
ALTER TABLE sightings RENAME judged_at TO told_at;
ALTER TABLE sightings RENAME truth TO told_truth;
ALTER TABLE sightings RENAME truth_role TO told_role;
DROP INDEX sightings_truth;
ALTER TABLE sightings                  -- the latest that stands; then what counts of both, indexed as it was before
  ADD here_label text, ADD here_role text, ADD here_by text, ADD here_at timestamptz,
  ADD verdict text GENERATED ALWAYS AS
    (CASE WHEN here_label IS NOT NULL AND (told_at IS NULL OR here_at > told_at) THEN here_label ELSE told_verdict END) STORED,
  ADD judged_by text GENERATED ALWAYS AS
    (CASE WHEN here_label IS NOT NULL AND (told_at IS NULL OR here_at > told_at) THEN here_by ELSE told_by END) STORED,
  ADD judged_at timestamptz GENERATED ALWAYS AS
    (CASE WHEN here_label IS NOT NULL AND (told_at IS NULL OR here_at > told_at) THEN here_at ELSE told_at END) STORED,
  ADD truth text NOT NULL GENERATED ALWAYS AS
    (CASE WHEN here_label IS NOT NULL AND (told_at IS NULL OR here_at > told_at) THEN here_label ELSE told_truth END) STORED,
  ADD truth_role text NOT NULL GENERATED ALWAYS AS
    (CASE WHEN here_label IS NOT NULL AND (told_at IS NULL OR here_at > told_at) THEN here_role ELSE told_role END) STORED;
CREATE INDEX sightings_truth ON sightings (truth, first_seen, place);
