-- @query note_search read many
-- Notes whose title holds the words.
-- @param words text
-- @col id int
SELECT id AS id FROM note WHERE to_tsvector('simple', title) @@ plainto_tsquery('simple', $1) ORDER BY id LIMIT 10;

-- @query loose_get read one
-- Reads them as text.
-- @param id int
-- @col value text
SELECT convert_from(value, 'UTF8') AS value FROM loose WHERE id = $1;

-- @query loose_cast read one
-- Likewise.
-- @param id int
-- @col value text
SELECT convert_from(value, 'UTF8') AS value FROM loose WHERE id = $1;
