-- What the tests of the database need, and nothing of the project's own.
CREATE TABLE kind (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE note (
  id INTEGER PRIMARY KEY,
  kind INTEGER REFERENCES kind (id),
  title TEXT CHECK (title <> 'forbidden'),
  score REAL,
  key BLOB
) STRICT;
