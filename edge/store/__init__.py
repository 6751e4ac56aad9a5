"""Where sightings are kept: rows in SQLite, photos as files."""
