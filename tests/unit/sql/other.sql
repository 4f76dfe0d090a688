-- @query note_count read one
-- How many notes there are.
-- @col count int
SELECT count(*) AS count FROM note;

-- @query counter_raise write one
-- One more; answers the new value.
-- @col value int
UPDATE counter SET value = value + 1 WHERE id = 1 RETURNING value AS value;

-- @query counter_value read one
-- The value now.
-- @col value int
SELECT value AS value FROM counter WHERE id = 1;

-- @query loose_add write none
-- Stores bytes where text is meant to be.
-- @param id int
-- @param value blob
INSERT INTO loose (id, value) VALUES ($1, $2);

-- @query loose_get read one
-- Reads them as text.
-- @param id int
-- @col value text
SELECT value AS value FROM loose WHERE id = $1;

-- @query loose_cast read one
-- Reads them as SQLite's text, whatever the bytes.
-- @param id int
-- @col value text
SELECT CAST(value AS TEXT) AS value FROM loose WHERE id = $1;
