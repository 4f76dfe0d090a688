-- The public editorial log.

-- @query log_last read maybe
-- The end of the chain.
-- @col id int
-- @col hash blob
SELECT id AS id, hash AS hash FROM log ORDER BY id DESC LIMIT 1;

-- @query log_insert write none
-- A new row at the end of the chain.
-- @param id int
-- @param at int
-- @param actor text
-- @param action text
-- @param object text
-- @param number int
-- @param article int
-- @param title text
-- @param reason text
-- @param note text
-- @param salt blob
-- @param digest blob
-- @param previous blob
-- @param hash blob
INSERT INTO log (id, at, actor, action, object, number, article, title, reason, note, salt, digest, previous, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- @query log_list read many
-- Newest first, with the present status of what was acted on: titles of what is not shown are not told.
-- @param before_id int
-- @param most int
-- @row logged
-- @col id int
-- @col at int
-- @col actor text
-- @col action text
-- @col object text
-- @col number int
-- @col article int
-- @col title text
-- @col reason text
-- @col note text
-- @col salt blob
-- @col digest blob
-- @col previous blob
-- @col hash blob
-- @col article_status int
-- @col comment_status int
SELECT l.id AS id, l.at AS at, l.actor AS actor, l.action AS action, l.object AS object, l.number AS number, l.article AS article,
  l.title AS title, l.reason AS reason, l.note AS note, l.salt AS salt, l.digest AS digest, l.previous AS previous, l.hash AS hash,
  coalesce(a.status, 4) AS article_status, coalesce(c.status, 0) AS comment_status
FROM log l LEFT JOIN article a ON a.id = l.article LEFT JOIN comment c ON l.object = 'comment' AND c.id = l.number
WHERE l.id < $1 ORDER BY l.id DESC LIMIT $2;

-- @query log_of read many
-- What was done to one thing, newest first.
-- @param object text
-- @param number int
-- @param most int
-- @row logged
-- @col id int
-- @col at int
-- @col actor text
-- @col action text
-- @col object text
-- @col number int
-- @col article int
-- @col title text
-- @col reason text
-- @col note text
-- @col salt blob
-- @col digest blob
-- @col previous blob
-- @col hash blob
-- @col article_status int
-- @col comment_status int
SELECT l.id AS id, l.at AS at, l.actor AS actor, l.action AS action, l.object AS object, l.number AS number, l.article AS article,
  l.title AS title, l.reason AS reason, l.note AS note, l.salt AS salt, l.digest AS digest, l.previous AS previous, l.hash AS hash,
  coalesce(a.status, 4) AS article_status, coalesce(c.status, 0) AS comment_status
FROM log l LEFT JOIN article a ON a.id = l.article LEFT JOIN comment c ON l.object = 'comment' AND c.id = l.number
WHERE l.object = $1 AND l.number = $2 ORDER BY l.id DESC LIMIT $3;

-- @query log_chain read many
-- Oldest first, for verifying.
-- @param after_id int
-- @param most int
-- @col id int
-- @col at int
-- @col actor text
-- @col action text
-- @col object text
-- @col number int
-- @col article int
-- @col title text
-- @col reason text
-- @col note text
-- @col salt blob
-- @col digest blob
-- @col previous blob
-- @col hash blob
SELECT id AS id, at AS at, actor AS actor, action AS action, object AS object, number AS number, article AS article, title AS title,
  reason AS reason, note AS note, salt AS salt, digest AS digest, previous AS previous, hash AS hash
FROM log WHERE id > $1 ORDER BY id ASC LIMIT $2;

-- @query log_purges read one
-- How many rows from this one on purge or erase the article, or the thing itself: of what words may be gone, and of what not.
-- @param from_id int
-- @param article int
-- @param object text
-- @param number int
-- @col purges int
SELECT count(*) AS purges FROM log
WHERE article = $2 AND id >= $1 AND action IN ('purge', 'erase') AND (object = 'article' OR (object = $3 AND number = $4));

-- @query log_erase_article write count
-- Leaves no word about a purged article and its comments.
-- @param article int
-- @param nothing blob
UPDATE log SET title = '', note = '', salt = $2 WHERE article = $1;

-- @query log_erase_comment write count
-- Leaves no word about a purged comment.
-- @param comment int
-- @param nothing blob
UPDATE log SET title = '', note = '', salt = $2 WHERE object = 'comment' AND number = $1;
