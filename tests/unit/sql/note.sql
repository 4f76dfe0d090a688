-- Queries of each kind and cardinality.

-- @query kind_add write none
-- A kind under its own number.
-- @param id int
-- @param name text
INSERT INTO kind (id, name) VALUES ($1, $2);

-- @query note_add write one
-- A new note; answers its number.
-- @param kind int
-- @param title text?
-- @param score real
-- @param key blob?
-- @col id int
INSERT INTO note (kind, title, score, key)
  VALUES (nullif($1, 0), $2, $3, $4) RETURNING id AS id;

-- @query note_by_id read maybe
-- One note; several lines
-- of comment, even with */ in it.
-- @row note
-- @param id int
-- @col id int
-- @col kind int
-- @col title text
-- @col score real
-- @col key blob
SELECT id AS id, kind AS kind, title AS title, score AS score, key AS key
  FROM note WHERE id = $1;

-- @query note_get read one
-- One note that must be there.
-- @row note
-- @param id int
-- @col id int
-- @col kind int
-- @col title text
-- @col score real
-- @col key blob
SELECT id AS id, kind AS kind, title AS title, score AS score, key AS key
  FROM note WHERE id = $1;

-- @query note_list read many
-- Notes behind a number, in their order.
-- @row note
-- @param after int
-- @param most int
-- @col id int
-- @col kind int
-- @col title text
-- @col score real
-- @col key blob
SELECT id AS id, kind AS kind, title AS title, score AS score, key AS key
  FROM note -- a comment with a ; and a $9 in it
  WHERE id > $1 AND title IS DISTINCT FROM '?;$7:x' ORDER BY id LIMIT $2;

-- @query note_retitle write count
-- Gives every note with one title another.
-- @param was text
-- @param is text
UPDATE note SET title = $2 WHERE title = $1;

-- @query note_touch write maybe
-- Raises a note's score; answers it.
-- @param id int
-- @col score real
UPDATE note SET score = score + 1 WHERE id = $1 RETURNING score AS score;

-- @query note_drop write many
-- Removes the oldest notes; answers their numbers.
-- @param most int
-- @col id int
DELETE FROM note WHERE id IN (SELECT id FROM note ORDER BY id LIMIT $1) RETURNING id AS id;

-- @query note_any read maybe
-- Wrongly declared: may find several rows.
-- @param title text
-- @col id int
SELECT id AS id FROM note WHERE title = $1;

-- @query note_search read many
-- Notes whose title holds the words.
-- @param words text
-- @col id int
SELECT rowid AS id FROM note_text WHERE note_text MATCH $1 ORDER BY rank LIMIT 10;
