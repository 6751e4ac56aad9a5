"""The SQL of storing; the pair (record, revision) decides what is newer."""

from __future__ import annotations

KEPT_BYTES = 4096
"""Of a refused message."""
KEPT_REFUSED = 1000

GARDEN = "INSERT INTO gardens (garden) VALUES (%s) ON CONFLICT (garden) DO UPDATE SET last_heard = now()"
ZONE = """
UPDATE gardens SET timezone = %(timezone)s, utc_offset_s = %(offset_s)s
WHERE garden = %(garden)s AND (timezone, utc_offset_s) IS DISTINCT FROM (%(timezone)s::text, %(offset_s)s::integer)
"""
STATE = """
INSERT INTO gardens (garden, online, health) VALUES (%s, %s, %s)
ON CONFLICT (garden) DO UPDATE SET
  online = coalesce(excluded.online, gardens.online), health = coalesce(excluded.health, gardens.health),
  last_heard = CASE WHEN excluded.online IS FALSE THEN gardens.last_heard ELSE now() END
"""
RECORD = "INSERT INTO records (garden, record) VALUES (%s, %s) ON CONFLICT DO NOTHING"
MOVES = tuple(
    f"UPDATE {table} SET garden = %s WHERE garden = %s AND record = %s" for table in ("sightings", "photos", "effort")
)
"""What a device told under an earlier name."""
RECORD_NAMES = "SELECT garden, number FROM records WHERE record = %s ORDER BY number"

_SIGHTING = (
    *("id", "garden", "record", "revision", "first_seen", "last_seen", "first_local", "utc_offset_s", "timezone"),
    *("clock", "label", "role", "confidence", "candidates"),
    *("told_verdict", "told_by", "told_at", "told_truth", "told_role", "closed"),
    *("box_x", "box_y", "box_w", "box_h", "photo_number", "photo_sha256", "photo_missing"),
    *("source", "run", "model", "config", "software"),
)
SIGHTING = (
    f"INSERT INTO sightings ({', '.join(_SIGHTING)}) VALUES ({', '.join(f'%({name})s' for name in _SIGHTING)})"
    f" ON CONFLICT (id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _SIGHTING[2:])}"
    " WHERE sightings.garden = excluded.garden"
    " AND (sightings.record, sightings.revision) < (excluded.record, excluded.revision)"
)

OWNERS = """
SELECT id, garden FROM sightings WHERE id = ANY(%(ids)s)
UNION ALL SELECT sighting_id, garden FROM photos WHERE sighting_id = ANY(%(ids)s)
"""

TAKE_BACK = """
WITH gone AS (
  DELETE FROM photos p USING sightings s
  WHERE s.id = p.sighting_id AND s.id = ANY(%s) AND s.garden = p.garden
    AND s.photo_missing IN ('deleted', 'withheld')
    AND (p.record, p.number) <= (s.record, coalesce(s.photo_number, 2147483647))
  RETURNING p.path)
INSERT INTO removals SELECT path FROM gone ON CONFLICT DO NOTHING
"""
"""Of those sightings, where what is known now says so."""

NEWEST_PHOTOS = """
SELECT id, max(ARRAY[record, number]) FROM (
  SELECT sighting_id AS id, record, number FROM photos WHERE sighting_id = ANY(%(ids)s)
  UNION ALL SELECT id, record, coalesce(photo_number, 2147483647) FROM sightings
    WHERE id = ANY(%(ids)s) AND photo_missing IN ('deleted', 'withheld')) known
GROUP BY id
"""
"""Only a later one is wanted: also than the one that was taken back."""

REPLACE_PHOTOS = """
INSERT INTO removals SELECT path FROM photos WHERE sighting_id = ANY(%s) AND NOT path = ANY(%s) ON CONFLICT DO NOTHING
"""
PHOTO = """
INSERT INTO photos (sighting_id, garden, record, number, path, sha256, width, height, bytes)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (sighting_id) DO UPDATE SET record = excluded.record, number = excluded.number, path = excluded.path,
  sha256 = excluded.sha256, width = excluded.width, height = excluded.height, bytes = excluded.bytes
"""
EFFORT = """
INSERT INTO effort (garden, run, slice, kind, record, revision, start, start_local, seconds)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (garden, run, slice, kind) DO UPDATE SET
  record = excluded.record, revision = excluded.revision, start = excluded.start, start_local = excluded.start_local,
  seconds = excluded.seconds
WHERE (effort.record, effort.revision) < (excluded.record, excluded.revision)
"""
REFUSE = "INSERT INTO refused (topic, why, payload) VALUES (%s, %s, %s)"
FORGET_REFUSED = f"""
DELETE FROM refused WHERE number <=
  (SELECT number FROM refused ORDER BY number DESC LIMIT 1 OFFSET {KEPT_REFUSED})
"""
PROGRESS = """
UPDATE state SET at = now(), stored = stored + %s, refused = refused + %s, waiting = %s, lag_s = %s
"""
