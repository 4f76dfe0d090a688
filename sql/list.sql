-- Lists of articles, newest first, paged by keyset: (before, before_id) is the last row seen.

-- @query list_wire read many
-- The newswire.
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
SELECT a.id AS id, a.slug AS slug, a.title AS title, a.summary AS summary, CASE WHEN a.summary = '' THEN substr(a.body_html, 1, 400) ELSE '' END AS excerpt,
  a.type AS type, a.region AS region, a.topics AS topics, a.local AS local, a.author AS author, a.person AS person,
  a.language AS language, a.posted AS posted, a.precision AS precision, a.status AS status, a.featured AS featured,
  a.reason AS reason, a.note AS note, a.modified AS modified, a.hidden AS hidden, a.comments AS comments
FROM article a
WHERE a.status = 0 AND (a.posted, a.id) < ($1, $2)
ORDER BY a.posted DESC, a.id DESC LIMIT $3;

-- @query list_features read many
-- What editors put on the front page, latest featured first.
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
SELECT a.id AS id, a.slug AS slug, a.title AS title, a.summary AS summary, CASE WHEN a.summary = '' THEN substr(a.body_html, 1, 400) ELSE '' END AS excerpt,
  a.type AS type, a.region AS region, a.topics AS topics, a.local AS local, a.author AS author, a.person AS person,
  a.language AS language, a.posted AS posted, a.precision AS precision, a.status AS status, a.featured AS featured,
  a.reason AS reason, a.note AS note, a.modified AS modified, a.hidden AS hidden, a.comments AS comments
FROM article a
WHERE a.status = 0 AND a.featured > 0 AND (a.featured, a.id) < ($1, $2)
ORDER BY a.featured DESC, a.id DESC LIMIT $3;

-- @query list_local read many
-- The local newswire.
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
SELECT a.id AS id, a.slug AS slug, a.title AS title, a.summary AS summary, CASE WHEN a.summary = '' THEN substr(a.body_html, 1, 400) ELSE '' END AS excerpt,
  a.type AS type, a.region AS region, a.topics AS topics, a.local AS local, a.author AS author, a.person AS person,
  a.language AS language, a.posted AS posted, a.precision AS precision, a.status AS status, a.featured AS featured,
  a.reason AS reason, a.note AS note, a.modified AS modified, a.hidden AS hidden, a.comments AS comments
FROM article a
WHERE a.status = 0 AND a.local = 1 AND (a.posted, a.id) < ($1, $2)
ORDER BY a.posted DESC, a.id DESC LIMIT $3;

-- @query list_type read many
-- Of one type.
-- @param type int
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
SELECT a.id AS id, a.slug AS slug, a.title AS title, a.summary AS summary, CASE WHEN a.summary = '' THEN substr(a.body_html, 1, 400) ELSE '' END AS excerpt,
  a.type AS type, a.region AS region, a.topics AS topics, a.local AS local, a.author AS author, a.person AS person,
  a.language AS language, a.posted AS posted, a.precision AS precision, a.status AS status, a.featured AS featured,
  a.reason AS reason, a.note AS note, a.modified AS modified, a.hidden AS hidden, a.comments AS comments
FROM article a
WHERE a.status = 0 AND a.type = $1 AND (a.posted, a.id) < ($2, $3)
ORDER BY a.posted DESC, a.id DESC LIMIT $4;

-- @query list_region read many
-- Of one region.
-- @param region int
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
SELECT a.id AS id, a.slug AS slug, a.title AS title, a.summary AS summary, CASE WHEN a.summary = '' THEN substr(a.body_html, 1, 400) ELSE '' END AS excerpt,
  a.type AS type, a.region AS region, a.topics AS topics, a.local AS local, a.author AS author, a.person AS person,
  a.language AS language, a.posted AS posted, a.precision AS precision, a.status AS status, a.featured AS featured,
  a.reason AS reason, a.note AS note, a.modified AS modified, a.hidden AS hidden, a.comments AS comments
FROM article a
WHERE a.status = 0 AND a.region > 0 AND a.region = $1 AND (a.posted, a.id) < ($2, $3)
ORDER BY a.posted DESC, a.id DESC LIMIT $4;

-- @query list_author read many
-- By one name, verified or not.
-- @param author_slug text
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
SELECT a.id AS id, a.slug AS slug, a.title AS title, a.summary AS summary, CASE WHEN a.summary = '' THEN substr(a.body_html, 1, 400) ELSE '' END AS excerpt,
  a.type AS type, a.region AS region, a.topics AS topics, a.local AS local, a.author AS author, a.person AS person,
  a.language AS language, a.posted AS posted, a.precision AS precision, a.status AS status, a.featured AS featured,
  a.reason AS reason, a.note AS note, a.modified AS modified, a.hidden AS hidden, a.comments AS comments
FROM article a
WHERE a.status = 0 AND a.author_slug <> '' AND a.author_slug = $1 AND (a.posted, a.id) < ($2, $3)
ORDER BY a.posted DESC, a.id DESC LIMIT $4;

-- @query list_month read many
-- Posted from a time on (the month's end is the first cursor).
-- @param from int
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
SELECT a.id AS id, a.slug AS slug, a.title AS title, a.summary AS summary, CASE WHEN a.summary = '' THEN substr(a.body_html, 1, 400) ELSE '' END AS excerpt,
  a.type AS type, a.region AS region, a.topics AS topics, a.local AS local, a.author AS author, a.person AS person,
  a.language AS language, a.posted AS posted, a.precision AS precision, a.status AS status, a.featured AS featured,
  a.reason AS reason, a.note AS note, a.modified AS modified, a.hidden AS hidden, a.comments AS comments
FROM article a
WHERE a.status = 0 AND a.posted >= $1 AND (a.posted, a.id) < ($2, $3)
ORDER BY a.posted DESC, a.id DESC LIMIT $4;

-- @query list_hidden read many
-- What editors hid, before or after it was shown, last acted on first.
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
SELECT a.id AS id, a.slug AS slug, a.title AS title, a.summary AS summary, CASE WHEN a.summary = '' THEN substr(a.body_html, 1, 400) ELSE '' END AS excerpt,
  a.type AS type, a.region AS region, a.topics AS topics, a.local AS local, a.author AS author, a.person AS person,
  a.language AS language, a.posted AS posted, a.precision AS precision, a.status AS status, a.featured AS featured,
  a.reason AS reason, a.note AS note, a.modified AS modified, a.hidden AS hidden, a.comments AS comments
FROM article a
WHERE a.status IN (1, 5) AND (a.hidden, a.id) < ($1, $2)
ORDER BY a.hidden DESC, a.id DESC LIMIT $3;

-- @query list_held read many
-- What waits for an editor.
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
SELECT a.id AS id, a.slug AS slug, a.title AS title, a.summary AS summary, CASE WHEN a.summary = '' THEN substr(a.body_html, 1, 400) ELSE '' END AS excerpt,
  a.type AS type, a.region AS region, a.topics AS topics, a.local AS local, a.author AS author, a.person AS person,
  a.language AS language, a.posted AS posted, a.precision AS precision, a.status AS status, a.featured AS featured,
  a.reason AS reason, a.note AS note, a.modified AS modified, a.hidden AS hidden, a.comments AS comments
FROM article a
WHERE a.status = 2 AND (a.posted, a.id) < ($1, $2)
ORDER BY a.posted DESC, a.id DESC LIMIT $3;

-- @query list_corrected read many
-- What its author corrected after an editor had approved it, oldest correction first, for an editor to look at.
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
SELECT a.id AS id, a.slug AS slug, a.title AS title, a.summary AS summary, CASE WHEN a.summary = '' THEN substr(a.body_html, 1, 400) ELSE '' END AS excerpt,
  a.type AS type, a.region AS region, a.topics AS topics, a.local AS local, a.author AS author, a.person AS person,
  a.language AS language, a.posted AS posted, a.precision AS precision, a.status AS status, a.featured AS featured,
  a.reason AS reason, a.note AS note, a.modified AS modified, a.hidden AS hidden, a.comments AS comments
FROM article a
WHERE a.status = 0 AND a.corrected > 0
ORDER BY a.corrected ASC, a.id ASC LIMIT $1;

-- @query list_recent read many
-- Everything, whatever its status: the desk.
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
SELECT a.id AS id, a.slug AS slug, a.title AS title, a.summary AS summary, CASE WHEN a.summary = '' THEN substr(a.body_html, 1, 400) ELSE '' END AS excerpt,
  a.type AS type, a.region AS region, a.topics AS topics, a.local AS local, a.author AS author, a.person AS person,
  a.language AS language, a.posted AS posted, a.precision AS precision, a.status AS status, a.featured AS featured,
  a.reason AS reason, a.note AS note, a.modified AS modified, a.hidden AS hidden, a.comments AS comments
FROM article a
WHERE (a.posted, a.id) < ($1, $2)
ORDER BY a.posted DESC, a.id DESC LIMIT $3;

-- @query list_topic read many
-- Of one topic.
-- @param topic int
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
SELECT a.id AS id, a.slug AS slug, a.title AS title, a.summary AS summary, CASE WHEN a.summary = '' THEN substr(a.body_html, 1, 400) ELSE '' END AS excerpt,
  a.type AS type, a.region AS region, a.topics AS topics, a.local AS local, a.author AS author, a.person AS person,
  a.language AS language, a.posted AS posted, a.precision AS precision, a.status AS status, a.featured AS featured,
  a.reason AS reason, a.note AS note, a.modified AS modified, a.hidden AS hidden, a.comments AS comments
FROM article_topic t JOIN article a ON a.id = t.article
WHERE t.topic = $1 AND (t.posted, t.article) < ($2, $3) AND a.status = 0
ORDER BY t.posted DESC, t.article DESC LIMIT $4;

-- @query list_span read one
-- When the first and the last article were posted (0: none). Which months between them have articles would need a scan.
-- @col oldest int
-- @col newest int
SELECT coalesce((SELECT min(posted) FROM article WHERE status = 0), 0) AS oldest,
  coalesce((SELECT max(posted) FROM article WHERE status = 0), 0) AS newest;
