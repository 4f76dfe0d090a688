-- Full-text search for PostgreSQL: search.sql's twin, with the same results.

-- @query search_articles read many
-- Articles whose title, summary, text or author hold all the words, newest first. match is made of quoted words only.
-- @param match text
-- @param before int
-- @param before_id int
-- @param most int
-- @row listed
-- @col id int
-- @col slug text
-- @col title text
-- @col summary text
-- @col excerpt text
-- @col type int
-- @col region int
-- @col topics text
-- @col local int
-- @col author text
-- @col person int
-- @col language text
-- @col posted int
-- @col precision int
-- @col status int
-- @col featured int
-- @col reason int
-- @col note text
-- @col modified int
-- @col hidden int
-- @col comments int
SELECT a.id AS id, a.slug AS slug, a.title AS title, a.summary AS summary, CASE WHEN a.summary = '' THEN substr(a.body, 1, 400) ELSE '' END AS excerpt,
  a.type AS type, a.region AS region, a.topics AS topics, a.local AS local, a.author AS author, a.person AS person,
  a.language AS language, a.posted AS posted, a.precision AS precision, a.status AS status, a.featured AS featured,
  a.reason AS reason, a.note AS note, a.modified AS modified, a.hidden AS hidden, a.comments AS comments
FROM article_text f JOIN article a ON a.id = f.article
WHERE f.words @@ search_query($1) AND a.status = 0 AND (a.posted, a.id) < ($2, $3)
ORDER BY a.posted DESC, a.id DESC LIMIT $4;
