CREATE TABLE counter (id INTEGER PRIMARY KEY, value INTEGER NOT NULL) STRICT;
INSERT INTO counter VALUES (1, 0);
-- A table that is not strict, so that a test can store what does not fit.
CREATE TABLE loose (id INTEGER PRIMARY KEY, value TEXT);
