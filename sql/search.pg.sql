-- Full-text search for PostgreSQL: search.sql's twin, with the same results.

-- @query search_articles read many
-- Articles whose title, summary, text or author hold all the words, newest first, sought as search.sql tells. match is made of quoted words only.
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
WITH q AS MATERIALIZED (SELECT search_query($1) AS words),
  finds AS MATERIALIZED (SELECT article FROM article_text WHERE words @@ (SELECT words FROM q) LIMIT 5000),
  kind AS MATERIALIZED (SELECT n >= 5000 OR n * n > 30 * (SELECT coalesce(max(id), 0) FROM article) AS common FROM (SELECT count(*) AS n FROM finds) AS f)
SELECT a.id AS id, a.slug AS slug, a.title AS title, a.summary AS summary, CASE WHEN a.summary = '' THEN substr(a.body_html, 1, 400) ELSE '' END AS excerpt,
  a.type AS type, a.region AS region, a.topics AS topics, a.local AS local, a.author AS author, a.person AS person,
  a.language AS language, a.posted AS posted, a.precision AS precision, a.status AS status, a.featured AS featured,
  a.reason AS reason, a.note AS note, a.modified AS modified, a.hidden AS hidden, a.comments AS comments
FROM article a WHERE a.id = ANY (ARRAY(
  SELECT id FROM (SELECT r.id AS id FROM article r
    WHERE r.id = ANY (ARRAY(SELECT article FROM finds)) AND r.status = 0 AND (r.posted, r.id) < ($2, $3)
    ORDER BY r.posted DESC, r.id DESC LIMIT (SELECT CASE WHEN common THEN 0 ELSE $4 END FROM kind)) AS rare
  UNION ALL
  SELECT id FROM (SELECT w.id AS id FROM article w
    WHERE w.status = 0 AND (w.posted, w.id) < ($2, $3) AND (SELECT f.words FROM article_text f WHERE f.article = w.id) @@ (SELECT words FROM q)
    ORDER BY w.posted DESC, w.id DESC LIMIT (SELECT CASE WHEN common THEN $4 ELSE 0 END FROM kind)) AS often))
ORDER BY a.posted DESC, a.id DESC LIMIT $4;

-- @query search_merge write count
-- Nothing: autovacuum takes out what was deleted.
-- @param pages int
UPDATE article_text SET words = words WHERE article = 0 AND $1 = 0;

-- @query search_shape read maybe
-- Always the same.
-- @col shape blob
SELECT convert_to('', 'UTF8') AS shape;

-- @query search_verify write none
-- Nothing: search_strays looks at the words.
UPDATE article_text SET words = words WHERE article = 0;

-- @query search_strays read many
-- Articles that the index does not know of (0), or of which it holds other words (2).
-- @param most int
-- @col id int
-- @col fault int
SELECT a.id AS id, CASE WHEN t.article IS NULL THEN 0 ELSE 2 END AS fault FROM article a LEFT JOIN article_text t ON t.article = a.id
WHERE t.article IS NULL
  OR t.words <> array_to_tsvector(search_words(a.title || ' ' || a.summary || ' ' || a.body || ' ' || a.author))
ORDER BY a.id LIMIT $1;
