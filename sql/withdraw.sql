-- What authors take back, and what is known of it: private links of comments, earlier versions of them, and what is due to be erased.

-- @query comment_by_key read maybe
-- The comment that an author's private link opens, which names it, with the article it stands under. version: of how many corrections it is the outcome.
-- @param id int
-- @param key_hash blob
-- @col id int
-- @col article int
-- @col title text
-- @col author text
-- @col email text
-- @col person int
-- @col body text
-- @col format int
-- @col body_html text
-- @col posted int
-- @col precision int
-- @col status int
-- @col status_before int
-- @col hidden int
-- @col version int
-- @col article_slug text
-- @col article_title text
-- @col article_status int
SELECT c.id AS id, c.article AS article, c.title AS title, c.author AS author, c.email AS email, c.person AS person, c.body AS body, c.format AS format,
  c.body_html AS body_html, c.posted AS posted, c.precision AS precision, c.status AS status, c.status_before AS status_before, c.hidden AS hidden,
  (SELECT count(*) FROM comment_revision r WHERE r.comment = c.id) AS version,
  a.slug AS article_slug, a.title AS article_title, a.status AS article_status
FROM comment c JOIN article a ON a.id = c.article WHERE c.id = $1 AND c.key_hash = $2;

-- @query comment_before_correction read maybe
-- What a correction of a comment replaces, as the write finds it.
-- @param id int
-- @col article int
-- @col title text
-- @col body text
-- @col format int
-- @col status int
-- @col posted int
-- @col modified int
-- @col version int
SELECT c.article AS article, c.title AS title, c.body AS body, c.format AS format, c.status AS status, c.posted AS posted, c.modified AS modified,
  (SELECT count(*) FROM comment_revision r WHERE r.comment = c.id) AS version
FROM comment c WHERE c.id = $1;

-- @query comment_correct write count
-- A correction by the comment's author.
-- @param id int
-- @param title text
-- @param author text
-- @param email text
-- @param body text
-- @param format int
-- @param body_html text
-- @param modified int
-- @param content_hash blob
-- @param status int
UPDATE comment SET title = $2, author = $3, email = $4, body = $5, format = $6, body_html = $7, modified = $8, content_hash = $9, status = $10
WHERE id = $1;

-- @query comment_revision_insert write none
-- Keeps what a comment said before a correction, under the comment's next number.
-- @param comment int
-- @param at int
-- @param title text
-- @param body text
-- @param format int
INSERT INTO comment_revision (comment, number, at, title, body, format)
VALUES ($1, (SELECT coalesce(max(number), 0) + 1 FROM comment_revision WHERE comment = $1), $2, $3, $4, $5);

-- @query comment_revision_list read many
-- What a comment said before, latest first.
-- @param comment int
-- @param most int
-- @col number int
-- @col at int
-- @col title text
SELECT number AS number, at AS at, title AS title FROM comment_revision WHERE comment = $1 ORDER BY number DESC LIMIT $2;

-- @query comment_revision_purge write none
-- Forgets what a purged comment said before.
-- @param comment int
DELETE FROM comment_revision WHERE comment = $1;

-- @query comment_revision_purge_under write none
-- Likewise of all comments under a purged article.
-- @param article int
DELETE FROM comment_revision WHERE comment IN (SELECT c.id FROM comment c WHERE c.article = $1);

-- @query letter_purge_about write none
-- Forgets the letters about a purged comment.
-- @param article int
-- @param comment int
DELETE FROM letter WHERE article = $1 AND comment = $2 AND comment > 0;

-- @query retain_article read maybe
-- What decides whether an article may be erased: its status, that of before where it is withdrawn and since when it is, and whether the last letter about
-- it is somebody else's than its author's.
-- @param id int
-- @col status int
-- @col status_before int
-- @col hidden int
-- @col letter int
SELECT a.status AS status, a.status_before AS status_before, a.hidden AS hidden,
  CASE WHEN coalesce((SELECT l.editor FROM letter l WHERE l.article = a.id AND l.comment = 0 ORDER BY l.id DESC LIMIT 1), '') <> '' THEN 1 ELSE 0 END AS letter
FROM article a WHERE a.id = $1;

-- @query retain_comment read maybe
-- The same of a comment.
-- @param id int
-- @col status int
-- @col status_before int
-- @col hidden int
-- @col letter int
SELECT c.status AS status, c.status_before AS status_before, c.hidden AS hidden,
  CASE WHEN coalesce((SELECT l.editor FROM letter l WHERE l.article = c.article AND l.comment = c.id ORDER BY l.id DESC LIMIT 1), '') <> '' THEN 1 ELSE 0 END AS letter
FROM comment c WHERE c.id = $1;

-- @query withdrawn_articles read many
-- Articles that were withdrawn by a time, the longest ago first.
-- @param by int
-- @param most int
-- @col id int
SELECT a.id AS id FROM article a WHERE a.status = 3 AND a.hidden <= $1 ORDER BY a.hidden, a.id LIMIT $2;

-- @query withdrawn_comments read many
-- Comments likewise.
-- @param by int
-- @param most int
-- @col id int
SELECT c.id AS id FROM comment c WHERE c.status = 3 AND c.hidden <= $1 ORDER BY c.hidden, c.id LIMIT $2;
