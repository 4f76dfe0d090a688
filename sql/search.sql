-- Full-text search. SQLite's FTS5 and PostgreSQL's tsvector have no common words: this file has a twin for the latter.

-- @query search_articles read many
-- Articles whose title, summary, text or author hold all the words, newest first. match is made of quoted words only. An index of words knows no times:
-- a few hundred finds are sorted; where there are more (their number squared is more than eight times all articles) the newswire is followed instead, which soon
-- meets as many of them as a page shows.
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
WITH found AS MATERIALIZED (SELECT count(*) AS n FROM (SELECT 1 FROM article_text WHERE article_text MATCH $1 LIMIT 3000) AS capped),
  kind AS MATERIALIZED (SELECT n >= 3000 OR n * n > 8 * (SELECT coalesce(max(id), 0) FROM article) AS common FROM found)
SELECT a.id AS id, a.slug AS slug, a.title AS title, a.summary AS summary, CASE WHEN a.summary = '' THEN substr(a.body_html, 1, 400) ELSE '' END AS excerpt,
  a.type AS type, a.region AS region, a.topics AS topics, a.local AS local, a.author AS author, a.person AS person,
  a.language AS language, a.posted AS posted, a.precision AS precision, a.status AS status, a.featured AS featured,
  a.reason AS reason, a.note AS note, a.modified AS modified, a.hidden AS hidden, a.comments AS comments
FROM article a WHERE a.id IN (
  SELECT id FROM (SELECT r.id AS id FROM article_text f JOIN article r ON r.id = f.rowid
    WHERE f.article_text MATCH $1 AND r.status = 0 AND (r.posted, r.id) < ($2, $3)
    ORDER BY r.posted DESC, r.id DESC LIMIT (SELECT CASE WHEN common THEN 0 ELSE $4 END FROM kind)) AS rare
  UNION ALL
  SELECT id FROM (SELECT w.id AS id FROM article w
    WHERE w.status = 0 AND (w.posted, w.id) < ($2, $3) AND +w.id IN (SELECT f.rowid FROM article_text f WHERE f.article_text MATCH $1)
    ORDER BY w.posted DESC, w.id DESC LIMIT (SELECT CASE WHEN common THEN $4 ELSE 0 END FROM kind)) AS often)
ORDER BY a.posted DESC, a.id DESC LIMIT $4;

-- @query search_merge write count
-- A bounded step of writing the index anew without what was deleted from it, which until then keeps its words. Negative pages begin.
-- PostgreSQL's index keeps what was deleted until its next vacuum, which no query can hasten: its twin does nothing.
-- @param pages int
INSERT INTO article_text (article_text, rank) VALUES ('merge', $1);

-- @query search_shape read maybe
-- What changes with every step of search_merge that had something to do.
-- @col shape blob
SELECT block AS shape FROM article_text_data WHERE id = 10;

-- @query search_verify write none
-- Fails when the index does not hold just the words that the articles do.
INSERT INTO article_text (article_text, rank) VALUES ('integrity-check', 1);

-- @query search_strays read many
-- Articles that the index does not know of (0), what it knows of and is no article (1), and articles of which it is seen at once that it holds
-- other words (2: PostgreSQL alone, where search_verify does nothing).
-- @param most int
-- @col id int
-- @col fault int
SELECT a.id AS id, 0 AS fault FROM article a LEFT JOIN article_text_docsize d ON d.id = a.id WHERE d.id IS NULL
UNION ALL
SELECT d.id AS id, 1 AS fault FROM article_text_docsize d LEFT JOIN article a ON a.id = d.id WHERE a.id IS NULL
LIMIT $1;
