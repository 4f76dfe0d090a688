-- Side blocks, their links, and the static pages.

-- @query block_all read many
-- Those that are shown, in their places.
-- @param most int
-- @col id int
-- @col kind int
-- @col place int
-- @col title text
-- @col html text
SELECT id AS id, kind AS kind, place AS place, title AS title, html AS html
FROM block WHERE shown = 1 ORDER BY place ASC, position ASC, id ASC LIMIT $1;

-- @query block_links read many
-- The links of all shown blocks.
-- @param most int
-- @col block int
-- @col text text
-- @col url text
-- @col detail text
-- @col heading int
SELECT l.block AS block, l.text AS text, l.url AS url, l.detail AS detail, l.heading AS heading
FROM block_link l JOIN block b ON b.id = l.block WHERE b.shown = 1 ORDER BY l.block ASC, l.position ASC LIMIT $1;

-- @query block_insert write one
-- A new block.
-- @param kind int
-- @param place int
-- @param position int
-- @param title text
-- @param text text
-- @param html text
-- @param origin text?
-- @col id int
INSERT INTO block (kind, place, position, title, text, html, origin) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id AS id;

-- @query block_by_origin read maybe
-- What an import made of this block before.
-- @param origin text
-- @col id int
SELECT id AS id FROM block WHERE origin = $1;

-- @query block_link_insert write none
-- A link of a block.
-- @param block int
-- @param position int
-- @param text text
-- @param url text
-- @param detail text
-- @param heading int
INSERT INTO block_link (block, position, text, url, detail, heading) VALUES ($1, $2, $3, $4, $5, $6);

-- @query page_get read maybe
-- One static page.
-- @param slug text
-- @col slug text
-- @col title text
-- @col body_html text
-- @col modified int
SELECT slug AS slug, title AS title, body_html AS body_html, modified AS modified FROM page WHERE slug = $1;

-- @query page_all read many
-- The static pages there are.
-- @param most int
-- @col slug text
-- @col title text
SELECT slug AS slug, title AS title FROM page ORDER BY slug ASC LIMIT $1;

-- @query page_put write none
-- Makes a static page, or writes it anew.
-- @param slug text
-- @param title text
-- @param body text
-- @param format int
-- @param body_html text
-- @param modified int
INSERT INTO page (slug, title, body, format, body_html, modified) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (slug) DO UPDATE SET title = excluded.title, body = excluded.body, format = excluded.format,
  body_html = excluded.body_html, modified = excluded.modified;
