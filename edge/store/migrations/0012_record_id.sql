-- Which record this is: outbox numbers begin anew with a new one, such as one that came back from its photos, and who
-- keeps a copy must not take its news for old ones. Made by the database itself, so it needs no clock.

CREATE TABLE record (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  id TEXT NOT NULL
);
INSERT INTO record VALUES (1, lower(hex(randomblob(8))));
