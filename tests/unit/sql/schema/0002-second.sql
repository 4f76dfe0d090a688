CREATE TABLE counter (id INTEGER PRIMARY KEY, value INTEGER NOT NULL) STRICT;
INSERT INTO counter VALUES (1, 0);
-- A table that is not strict, so that a test can store what does not fit.
CREATE TABLE loose (id INTEGER PRIMARY KEY, value TEXT);
-- An index that a trigger keeps.
CREATE VIRTUAL TABLE note_text USING fts5 (title);
CREATE TRIGGER note_text_in AFTER INSERT ON note BEGIN
  INSERT INTO note_text (rowid, title) VALUES (new.id, new.title);
END;
CREATE TRIGGER note_text_out AFTER DELETE ON note BEGIN
  DELETE FROM note_text WHERE rowid = old.id;
END;
