-- Terms: types, topics, regions, licences, reasons. All of them are held in memory by each reader.

-- @query term_all read many
-- All terms, by kind, in the site's order.
-- @param most int
-- @col id int
-- @col kind int
-- @col slug text
-- @col name text
-- @col detail text
-- @col url text
SELECT id AS id, kind AS kind, slug AS slug, name AS name, detail AS detail, url AS url
FROM term ORDER BY kind ASC, position ASC, id ASC LIMIT $1;

-- @query term_insert write one
-- Makes a term, or gives it another name.
-- @param kind int
-- @param slug text
-- @param name text
-- @param detail text
-- @param url text
-- @param position int
-- @col id int
INSERT INTO term (kind, slug, name, detail, url, position) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (kind, slug) DO UPDATE SET name = excluded.name
RETURNING id AS id;

-- @query term_slug read maybe
-- The slug of one term.
-- @param id int
-- @col slug text
SELECT slug AS slug FROM term WHERE id = $1;

-- @query setting_get read maybe
-- One setting.
-- @param name text
-- @col value text
SELECT value AS value FROM setting WHERE name = $1;

-- @query setting_count write none
-- Counts a setting that is a number up.
-- @param name text
INSERT INTO setting (name, value) VALUES ($1, '1') ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(setting.value AS BIGINT) + 1 AS TEXT);

-- @query setting_put write none
-- Sets it.
-- @param name text
-- @param value text
INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value;
