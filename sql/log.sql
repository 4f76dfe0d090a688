-- The public editorial log.

-- @query log_last read maybe
-- The end of the chain.
-- @col id int
-- @col hash blob
SELECT id AS id, hash AS hash FROM log ORDER BY id DESC LIMIT 1;

-- @query log_insert write none
-- A new row at the end of the chain.
-- @param id int
-- @param version int
-- @param act int
-- @param at int
-- @param actor text
-- @param action text
-- @param object text
-- @param number int
-- @param article int
-- @param title text
-- @param reason text
-- @param note text
-- @param was text
-- @param became text
-- @param salt blob
-- @param digest blob
-- @param previous blob
-- @param hash blob
INSERT INTO log (id, version, act, at, actor, action, object, number, article, title, reason, note, was, became, salt, digest, previous, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18);

-- @query log_list read many
-- Newest first, with the present status of what was acted on: titles of what is not shown are not told.
-- @param before_id int
-- @param most int
-- @row logged
-- @col id int
-- @col version int
-- @col act int
-- @col at int
-- @col actor text
-- @col action text
-- @col object text
-- @col number int
-- @col article int
-- @col title text
-- @col reason text
-- @col note text
-- @col was text
-- @col became text
-- @col salt blob
-- @col digest blob
-- @col previous blob
-- @col hash blob
-- @col article_status int
-- @col comment_status int
SELECT l.id AS id, l.version AS version, l.act AS act, l.at AS at, l.actor AS actor, l.action AS action, l.object AS object, l.number AS number, l.article AS article,
  l.title AS title, l.reason AS reason, l.note AS note, l.was AS was, l.became AS became,
  l.salt AS salt, l.digest AS digest, l.previous AS previous, l.hash AS hash,
  CASE WHEN l.article = 0 THEN 0 ELSE coalesce(a.status, 4) END AS article_status, coalesce(c.status, 0) AS comment_status
FROM log l LEFT JOIN article a ON a.id = l.article LEFT JOIN comment c ON l.object = 'comment' AND c.id = l.number
WHERE l.id < $1 ORDER BY l.id DESC LIMIT $2;

-- @query log_of read many
-- What was done to one thing, newest first.
-- @param object text
-- @param number int
-- @param most int
-- @row logged
-- @col id int
-- @col version int
-- @col act int
-- @col at int
-- @col actor text
-- @col action text
-- @col object text
-- @col number int
-- @col article int
-- @col title text
-- @col reason text
-- @col note text
-- @col was text
-- @col became text
-- @col salt blob
-- @col digest blob
-- @col previous blob
-- @col hash blob
-- @col article_status int
-- @col comment_status int
SELECT l.id AS id, l.version AS version, l.act AS act, l.at AS at, l.actor AS actor, l.action AS action, l.object AS object, l.number AS number, l.article AS article,
  l.title AS title, l.reason AS reason, l.note AS note, l.was AS was, l.became AS became,
  l.salt AS salt, l.digest AS digest, l.previous AS previous, l.hash AS hash,
  CASE WHEN l.article = 0 THEN 0 ELSE coalesce(a.status, 4) END AS article_status, coalesce(c.status, 0) AS comment_status
FROM log l LEFT JOIN article a ON a.id = l.article LEFT JOIN comment c ON l.object = 'comment' AND c.id = l.number
WHERE l.object = $1 AND l.number = $2 ORDER BY l.id DESC LIMIT $3;

-- @query log_chain read many
-- Oldest first, for verifying.
-- @param after_id int
-- @param most int
-- @row chained
-- @col id int
-- @col version int
-- @col act int
-- @col at int
-- @col actor text
-- @col action text
-- @col object text
-- @col number int
-- @col article int
-- @col title text
-- @col reason text
-- @col note text
-- @col was text
-- @col became text
-- @col salt blob
-- @col digest blob
-- @col previous blob
-- @col hash blob
SELECT id AS id, version AS version, act AS act, at AS at, actor AS actor, action AS action, object AS object, number AS number, article AS article, title AS title,
  reason AS reason, note AS note, was AS was, became AS became, salt AS salt, digest AS digest, previous AS previous, hash AS hash
FROM log WHERE id > $1 ORDER BY id ASC LIMIT $2;

-- @query log_rebuild write count
-- Gives a row of the chain's first form its place in the second.
-- @param id int
-- @param version int
-- @param act int
-- @param at int
-- @param digest blob
-- @param previous blob
-- @param hash blob
UPDATE log SET version = $2, act = $3, at = $4, digest = $5, previous = $6, hash = $7 WHERE id = $1;

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
UPDATE log SET title = '', note = '', was = '', became = '', salt = $2 WHERE article = $1;

-- @query log_erase_comment write count
-- Leaves no word about a purged comment.
-- @param comment int
-- @param nothing blob
UPDATE log SET title = '', note = '', was = '', became = '', salt = $2 WHERE object = 'comment' AND number = $1;
