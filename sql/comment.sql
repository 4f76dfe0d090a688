-- Comments.

-- @query comment_list read many
-- Of one article, oldest first, hidden ones too: the page shows that something was hidden and why. Not what is on its way.
-- @param article int
-- @param after int
-- @param after_id int
-- @param most int
-- @row comment
-- @col id int
-- @col article int
-- @col title text
-- @col author text
-- @col person int
-- @col body_html text
-- @col posted int
-- @col precision int
-- @col status int
-- @col reason int
-- @col note text
-- @col modified int
SELECT id AS id, article AS article, title AS title, author AS author, person AS person, body_html AS body_html, posted AS posted,
  precision AS precision, status AS status, reason AS reason, note AS note, modified AS modified
FROM comment WHERE article = $1 AND (posted, id) > ($2, $3) AND status <> 6 ORDER BY posted ASC, id ASC LIMIT $4;

-- @query comment_by_id read maybe
-- One comment, whatever its status.
-- @param id int
-- @row comment
-- @col id int
-- @col article int
-- @col title text
-- @col author text
-- @col person int
-- @col body_html text
-- @col posted int
-- @col precision int
-- @col status int
-- @col reason int
-- @col note text
-- @col modified int
SELECT id AS id, article AS article, title AS title, author AS author, person AS person, body_html AS body_html, posted AS posted,
  precision AS precision, status AS status, reason AS reason, note AS note, modified AS modified
FROM comment WHERE id = $1;

-- @query comment_before read one
-- How many stand before a place under an article, of the first so many, and how long these are.
-- @param article int
-- @param before int
-- @param before_id int
-- @param most int
-- @col n int
-- @col chars int
SELECT count(*) AS n, coalesce(sum(b.chars), 0) AS chars
FROM (SELECT length(body_html) AS chars FROM comment WHERE article = $1 AND (posted, id) < ($2, $3) AND status <> 6 ORDER BY posted ASC, id ASC LIMIT $4) b;

-- @query comment_latest read many
-- The latest on the whole site, with the article each stands under.
-- @param before int
-- @param before_id int
-- @param most int
-- @row commented
-- @col id int
-- @col title text
-- @col author text
-- @col posted int
-- @col precision int
-- @col hidden int
-- @col status int
-- @col reason int
-- @col note text
-- @col excerpt text
-- @col article int
-- @col article_slug text
-- @col article_title text
SELECT c.id AS id, c.title AS title, c.author AS author, c.posted AS posted, c.precision AS precision, c.hidden AS hidden, c.status AS status,
  c.reason AS reason, c.note AS note, substr(c.body_html, 1, 400) AS excerpt, a.id AS article, a.slug AS article_slug,
  a.title AS article_title
FROM comment c JOIN article a ON a.id = c.article
WHERE c.status = 0 AND a.status = 0 AND (c.posted, c.id) < ($1, $2) ORDER BY c.posted DESC, c.id DESC LIMIT $3;

-- @query comment_recent read many
-- For the desk: whatever its status.
-- @param before int
-- @param before_id int
-- @param most int
-- @row commented
-- @col id int
-- @col title text
-- @col author text
-- @col posted int
-- @col precision int
-- @col hidden int
-- @col status int
-- @col reason int
-- @col note text
-- @col excerpt text
-- @col article int
-- @col article_slug text
-- @col article_title text
SELECT c.id AS id, c.title AS title, c.author AS author, c.posted AS posted, c.precision AS precision, c.hidden AS hidden, c.status AS status,
  c.reason AS reason, c.note AS note, substr(c.body_html, 1, 400) AS excerpt, a.id AS article, a.slug AS article_slug,
  a.title AS article_title
FROM comment c JOIN article a ON a.id = c.article
WHERE (c.posted, c.id) < ($1, $2) ORDER BY c.posted DESC, c.id DESC LIMIT $3;

-- @query comment_hidden read many
-- What editors hid, before or after it was shown.
-- @param before int
-- @param before_id int
-- @param most int
-- @col id int
-- @col title text
-- @col author text
-- @col posted int
-- @col precision int
-- @col hidden int
-- @col status int
-- @col reason int
-- @col note text
-- @col body_html text
-- @col article int
-- @col article_slug text
-- @col article_title text
-- @col article_status int
SELECT c.id AS id, c.title AS title, c.author AS author, c.posted AS posted, c.precision AS precision, c.hidden AS hidden, c.status AS status,
  c.reason AS reason, c.note AS note, c.body_html AS body_html, a.id AS article, a.slug AS article_slug,
  a.title AS article_title, a.status AS article_status
FROM comment c JOIN article a ON a.id = c.article
WHERE c.status IN (1, 5) AND (c.hidden, c.id) < ($1, $2) ORDER BY c.hidden DESC, c.id DESC LIMIT $3;

-- @query comment_same read maybe
-- A double post leads to the first, unless its author has withdrawn it.
-- @param content_hash blob
-- @param since int
-- @col id int
-- @col article int
-- @col status int
SELECT id AS id, article AS article, status AS status FROM comment WHERE content_hash = $1 AND posted >= $2 AND status NOT IN (3, 4)
ORDER BY posted DESC LIMIT 1;

-- @query coming_due read one
-- Whether something is on its way whose minute has come.
-- @param now int
-- @col due int
SELECT CASE WHEN EXISTS (SELECT 1 FROM article WHERE status = 6 AND posted <= $1) OR EXISTS (SELECT 1 FROM comment WHERE status = 6 AND posted <= $1)
  THEN 1 ELSE 0 END AS due;

-- @query coming_counted write count
-- Counts those comments with their articles, before they are shown.
-- @param now int
UPDATE article SET comments = comments + (SELECT count(*) FROM comment c WHERE c.article = article.id AND c.status = 6 AND c.posted <= $1)
WHERE id IN (SELECT c.article FROM comment c WHERE c.status = 6 AND c.posted <= $1);

-- @query comments_appear write count
-- Shows them.
-- @param now int
UPDATE comment SET status = 0 WHERE status = 6 AND posted <= $1;

-- @query articles_appear write count
-- The same of articles.
-- @param now int
UPDATE article SET status = 0 WHERE status = 6 AND posted <= $1;

-- @query comment_admit read maybe
-- Whether a comment can stand under an article, and the same one (or 0) that was posted since. standing: how many stand there, whatever their status, but
-- no more than asked for.
-- @param article int
-- @param content_hash blob
-- @param since int
-- @param most int
-- @col slug text
-- @col status int
-- @col locked int
-- @col posted int
-- @col same int
-- @col standing int
SELECT a.slug AS slug, a.status AS status, a.locked AS locked, a.posted AS posted, coalesce((SELECT c.id FROM comment c
  WHERE c.content_hash = $2 AND c.posted >= $3 AND c.status NOT IN (3, 4) ORDER BY c.posted DESC LIMIT 1), 0) AS same,
  CASE WHEN a.comments >= $4 THEN $4 ELSE (SELECT count(*) FROM (SELECT 1 FROM comment c WHERE c.article = a.id LIMIT $4) s) END AS standing
FROM article a WHERE a.id = $1;

-- @query comment_by_origin read maybe
-- What an import made of this comment before.
-- @param origin text
-- @col id int
SELECT id AS id FROM comment WHERE origin = $1;

-- @query comment_insert write one
-- A new comment.
-- @param article int
-- @param title text
-- @param author text
-- @param email text
-- @param person int
-- @param body text
-- @param format int
-- @param body_html text
-- @param posted int
-- @param precision int
-- @param status int
-- @param content_hash blob
-- @param origin text?
-- @param key_hash blob?
-- @col id int
INSERT INTO comment (article, title, author, email, person, body, format, body_html, posted, precision, status, content_hash, origin, key_hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING id AS id;

-- @query comment_insert_usual write maybe
-- A new comment where all is as usual: the article is shown and open, and the same was not posted since. No row where it isn't. standing: as of
-- comment_admit; the new one may be counted.
-- @param article int
-- @param title text
-- @param author text
-- @param email text
-- @param person int
-- @param body text
-- @param format int
-- @param body_html text
-- @param posted int
-- @param precision int
-- @param status int
-- @param content_hash blob
-- @param since int
-- @param most int
-- @param key_hash blob
-- @col id int
-- @col slug text
-- @col standing int
INSERT INTO comment (article, title, author, email, person, body, format, body_html, posted, precision, status, content_hash, key_hash)
SELECT a.id, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $15 FROM article a WHERE a.id = $1 AND a.status = 0 AND a.locked = 0
  AND NOT EXISTS (SELECT 1 FROM comment c WHERE c.content_hash = $12 AND c.posted >= $13 AND c.status NOT IN (3, 4))
RETURNING id AS id, (SELECT a.slug FROM article a WHERE a.id = comment.article) AS slug, (SELECT CASE WHEN a.comments >= $14 THEN $14 ELSE
  (SELECT count(*) FROM (SELECT 1 FROM comment c WHERE c.article = a.id LIMIT $14) s) END FROM article a WHERE a.id = comment.article) AS standing;

-- @query comment_set_status write count
-- Shown, hidden, held, refused or withdrawn; with the reason where an editor gave one.
-- @param id int
-- @param status int
-- @param reason int
-- @param note text
-- @param hidden int
UPDATE comment SET status = $2, reason = $3, note = $4, hidden = $5, status_before = CASE WHEN $2 = 3 THEN status ELSE 0 END WHERE id = $1;

-- @query comment_purge write count
-- Empties a comment for good; origin stays, as an article's does.
-- @param id int
-- @param hidden int
-- @param reason int
-- @param nothing blob
UPDATE comment SET title = '', author = '', email = '', person = 0, body = '', body_html = '', status = 4, note = '', hidden = $2,
  reason = $3, content_hash = $4, modified = 0, key_hash = NULL
WHERE id = $1;

-- @query comment_purge_under write count
-- All comments under an article that is purged go with it.
-- @param article int
-- @param hidden int
-- @param reason int
-- @param nothing blob
UPDATE comment SET title = '', author = '', email = '', person = 0, body = '', body_html = '', status = 4, note = '', hidden = $2,
  reason = $3, content_hash = $4, modified = 0, key_hash = NULL
WHERE article = $1 AND status <> 4;
