-- What feeds tell beside what lists do. numbers: of articles or comments, each as nineteen digits, one right after the other; count of them, at least one.

-- @query feed_articles read many
-- The texts of these articles, but of none that is longer.
-- @param numbers text
-- @param count int
-- @param longest int
-- @col id int
-- @col body_html text
-- @col email text
-- @col licence int
WITH RECURSIVE place (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM place WHERE n + 1 < $2)
SELECT a.id AS id, CASE WHEN length(a.body_html) <= $3 THEN a.body_html ELSE '' END AS body_html,
  CASE WHEN a.email_public = 1 THEN a.email ELSE '' END AS email, a.licence AS licence
FROM place JOIN article a ON a.id = CAST(substr($1, place.n * 19 + 1, 19) AS BIGINT) LIMIT $2;

-- @query feed_article_files read many
-- What stands in these articles, each one's in its order.
-- @param numbers text
-- @param count int
-- @param most int
-- @row attached
-- @col id int
-- @col article int
-- @col comment int
-- @col position int
-- @col file int
-- @col sha blob
-- @col kind int
-- @col media int
-- @col bytes int
-- @col width int
-- @col height int
-- @col duration int
-- @col pages int
-- @col sizes text
-- @col alt text
-- @col caption text
-- @col name text
WITH RECURSIVE place (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM place WHERE n + 1 < $2)
SELECT t.id AS id, t.article AS article, t.comment AS comment, t.position AS position, f.id AS file, f.sha AS sha, f.kind AS kind, f.media AS media, f.bytes AS bytes, f.width AS width, f.height AS height,
  f.duration AS duration, f.pages AS pages, f.sizes AS sizes, t.alt AS alt, t.caption AS caption, t.name AS name
FROM place JOIN attachment t ON t.article = CAST(substr($1, place.n * 19 + 1, 19) AS BIGINT) AND t.comment = 0 JOIN file f ON f.id = t.file
ORDER BY place.n, t.position LIMIT $3;

-- @query feed_comment_files read many
-- The same of comments.
-- @param numbers text
-- @param count int
-- @param most int
-- @row attached
-- @col id int
-- @col article int
-- @col comment int
-- @col position int
-- @col file int
-- @col sha blob
-- @col kind int
-- @col media int
-- @col bytes int
-- @col width int
-- @col height int
-- @col duration int
-- @col pages int
-- @col sizes text
-- @col alt text
-- @col caption text
-- @col name text
WITH RECURSIVE place (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM place WHERE n + 1 < $2)
SELECT t.id AS id, t.article AS article, t.comment AS comment, t.position AS position, f.id AS file, f.sha AS sha, f.kind AS kind, f.media AS media, f.bytes AS bytes, f.width AS width, f.height AS height,
  f.duration AS duration, f.pages AS pages, f.sizes AS sizes, t.alt AS alt, t.caption AS caption, t.name AS name
FROM place JOIN comment c ON c.id = CAST(substr($1, place.n * 19 + 1, 19) AS BIGINT) JOIN attachment t ON t.article = c.article AND t.comment = c.id
  JOIN file f ON f.id = t.file
ORDER BY place.n, t.position LIMIT $3;

-- @query feed_comments read many
-- The latest comments of the whole site, with their texts where these are no longer.
-- @param before int
-- @param before_id int
-- @param longest int
-- @param most int
-- @row fed_comment
-- @col id int
-- @col title text
-- @col author text
-- @col posted int
-- @col modified int
-- @col body_html text
-- @col excerpt text
-- @col language text
SELECT c.id AS id, c.title AS title, c.author AS author, c.posted AS posted, c.modified AS modified, CASE WHEN length(c.body_html) <= $3 THEN c.body_html ELSE '' END AS body_html,
  substr(c.body_html, 1, 400) AS excerpt, a.language AS language
FROM comment c JOIN article a ON a.id = c.article
WHERE c.status = 0 AND a.status = 0 AND (c.posted, c.id) < ($1, $2) ORDER BY c.posted DESC, c.id DESC LIMIT $4;

-- @query feed_comments_on read many
-- The latest under one article that is shown.
-- @param article int
-- @param longest int
-- @param most int
-- @row fed_comment
-- @col id int
-- @col title text
-- @col author text
-- @col posted int
-- @col modified int
-- @col body_html text
-- @col excerpt text
-- @col language text
SELECT c.id AS id, c.title AS title, c.author AS author, c.posted AS posted, c.modified AS modified, CASE WHEN length(c.body_html) <= $2 THEN c.body_html ELSE '' END AS body_html,
  substr(c.body_html, 1, 400) AS excerpt, a.language AS language
FROM comment c JOIN article a ON a.id = c.article
WHERE c.article = $1 AND c.status = 0 AND a.status = 0 ORDER BY c.posted DESC, c.id DESC LIMIT $3;

-- @query feed_article read maybe
-- Under what comments stand, if it is shown.
-- @param id int
-- @col slug text
-- @col title text
-- @col summary text
SELECT slug AS slug, title AS title, summary AS summary FROM article WHERE id = $1 AND status = 0;
