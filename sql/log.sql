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
-- @param title text
-- @param reason text
-- @param note text
-- @param previous blob
-- @param hash blob
INSERT INTO log (id, at, actor, action, object, number, title, reason, note, previous, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- @query log_list read many
-- Newest first.
-- @param before_id int
-- @param most int
-- @row logged
-- @col id int
-- @col at int
-- @col actor text
-- @col action text
-- @col object text
-- @col number int
-- @col title text
-- @col reason text
-- @col note text
-- @col previous blob
-- @col hash blob
SELECT id AS id, at AS at, actor AS actor, action AS action, object AS object, number AS number, title AS title, reason AS reason,
  note AS note, previous AS previous, hash AS hash
FROM log WHERE id < $1 ORDER BY id DESC LIMIT $2;

-- @query log_chain read many
-- Oldest first, for verifying.
-- @param after_id int
-- @param most int
-- @row logged
-- @col id int
-- @col at int
-- @col actor text
-- @col action text
-- @col object text
-- @col number int
-- @col title text
-- @col reason text
-- @col note text
-- @col previous blob
-- @col hash blob
SELECT id AS id, at AS at, actor AS actor, action AS action, object AS object, number AS number, title AS title, reason AS reason,
  note AS note, previous AS previous, hash AS hash
FROM log WHERE id > $1 ORDER BY id ASC LIMIT $2;

-- @query log_forget_title write none
-- After a purge no title of it is left; titles stand outside the chain's hashes for this.
-- @param object text
-- @param number int
UPDATE log SET title = '' WHERE object = $1 AND number = $2;

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
-- @col title text
-- @col reason text
-- @col note text
-- @col previous blob
-- @col hash blob
SELECT id AS id, at AS at, actor AS actor, action AS action, object AS object, number AS number, title AS title, reason AS reason,
  note AS note, previous AS previous, hash AS hash
FROM log WHERE object = $1 AND number = $2 ORDER BY id DESC LIMIT $3;
