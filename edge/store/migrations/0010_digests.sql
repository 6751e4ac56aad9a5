-- Whose digest of which day was written, so that none is written twice. Days are the site's.

CREATE TABLE digests (
  channel TEXT NOT NULL,
  day TEXT NOT NULL,
  PRIMARY KEY (channel, day)
) WITHOUT ROWID;
