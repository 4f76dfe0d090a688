-- Articles: one whole, made, corrected, acted upon.

-- @query article_by_id read maybe
-- One article with all that its page shows, whatever its status.
-- @param id int
-- @row article
-- @col id int
-- @col slug text
-- @col title text
-- @col summary text
-- @col body text
-- @col format int
-- @col body_html text
-- @col type int
-- @col region int
-- @col topics text
-- @col local int
-- @col author text
-- @col author_slug text
-- @col email text
-- @col email_public int
-- @col person int
-- @col source text
-- @col source_date int
-- @col source_url text
-- @col related text
-- @col licence int
-- @col language text
-- @col posted int
-- @col precision int
-- @col modified int
-- @col modified_precision int
-- @col corrected int
-- @col status int
-- @col featured int
-- @col locked int
-- @col reason int
-- @col note text
-- @col hidden int
-- @col comments int
-- @col edition int
SELECT a.id AS id, a.slug AS slug, a.title AS title, a.summary AS summary, a.body AS body, a.format AS format,
  a.body_html AS body_html, a.type AS type, a.region AS region, a.topics AS topics, a.local AS local, a.author AS author,
  a.author_slug AS author_slug, a.email AS email, a.email_public AS email_public, a.person AS person, a.source AS source,
  a.source_date AS source_date, a.source_url AS source_url, a.related AS related, a.licence AS licence,
  a.language AS language, a.posted AS posted, a.precision AS precision, a.modified AS modified,
  a.modified_precision AS modified_precision, a.corrected AS corrected, a.status AS status,
  a.featured AS featured, a.locked AS locked, a.reason AS reason, a.note AS note, a.hidden AS hidden, a.comments AS comments, a.edition AS edition
FROM article a WHERE a.id = $1;

-- @query article_under read maybe
-- Whether an article can be commented upon.
-- @param id int
-- @col status int
-- @col locked int
SELECT status AS status, locked AS locked FROM article WHERE id = $1;

-- @query article_by_key read maybe
-- The article that an author's private key opens.
-- @param key_hash blob
-- @row article
-- @col id int
-- @col slug text
-- @col title text
-- @col summary text
-- @col body text
-- @col format int
-- @col body_html text
-- @col type int
-- @col region int
-- @col topics text
-- @col local int
-- @col author text
-- @col author_slug text
-- @col email text
-- @col email_public int
-- @col person int
-- @col source text
-- @col source_date int
-- @col source_url text
-- @col related text
-- @col licence int
-- @col language text
-- @col posted int
-- @col precision int
-- @col modified int
-- @col modified_precision int
-- @col corrected int
-- @col status int
-- @col featured int
-- @col locked int
-- @col reason int
-- @col note text
-- @col hidden int
-- @col comments int
-- @col edition int
SELECT a.id AS id, a.slug AS slug, a.title AS title, a.summary AS summary, a.body AS body, a.format AS format,
  a.body_html AS body_html, a.type AS type, a.region AS region, a.topics AS topics, a.local AS local, a.author AS author,
  a.author_slug AS author_slug, a.email AS email, a.email_public AS email_public, a.person AS person, a.source AS source,
  a.source_date AS source_date, a.source_url AS source_url, a.related AS related, a.licence AS licence,
  a.language AS language, a.posted AS posted, a.precision AS precision, a.modified AS modified,
  a.modified_precision AS modified_precision, a.corrected AS corrected, a.status AS status,
  a.featured AS featured, a.locked AS locked, a.reason AS reason, a.note AS note, a.hidden AS hidden, a.comments AS comments, a.edition AS edition
FROM article a WHERE a.key_hash = $1;

-- @query article_same read maybe
-- The latest article with this content since a time: a double post leads to it, unless its author has withdrawn it.
-- @param content_hash blob
-- @param since int
-- @col id int
-- @col slug text
-- @col status int
SELECT id AS id, slug AS slug, status AS status FROM article WHERE content_hash = $1 AND posted >= $2 AND status NOT IN (3, 4)
ORDER BY posted DESC LIMIT 1;

-- @query article_by_origin read maybe
-- What an import made of this page before.
-- @param origin text
-- @col id int
SELECT id AS id FROM article WHERE origin = $1;

-- @query article_insert write one
-- A new article.
-- @param slug text
-- @param title text
-- @param summary text
-- @param body text
-- @param format int
-- @param body_html text
-- @param type int
-- @param region int
-- @param topics text
-- @param local int
-- @param author text
-- @param author_slug text
-- @param email text
-- @param email_public int
-- @param person int
-- @param source text
-- @param source_date int
-- @param source_url text
-- @param related text
-- @param licence int
-- @param language text
-- @param posted int
-- @param precision int
-- @param modified int
-- @param modified_precision int
-- @param status int
-- @param key_hash blob?
-- @param content_hash blob
-- @param origin text?
-- @col id int
INSERT INTO article (slug, title, summary, body, format, body_html, type, region, topics, local, author, author_slug, email,
  email_public, person, source, source_date, source_url, related, licence, language, posted, precision,
  modified, modified_precision, status, key_hash, content_hash, origin)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,
  $26, $27, $28, $29)
RETURNING id AS id;

-- @query article_correct write count
-- A correction by the author or an editor. corrected: the time when editors are to look at it, 0 when not.
-- @param id int
-- @param slug text
-- @param title text
-- @param summary text
-- @param body text
-- @param format int
-- @param body_html text
-- @param type int
-- @param region int
-- @param topics text
-- @param author text
-- @param author_slug text
-- @param email text
-- @param email_public int
-- @param source text
-- @param source_date int
-- @param source_url text
-- @param related text
-- @param licence int
-- @param language text
-- @param modified int
-- @param content_hash blob
-- @param corrected int
UPDATE article SET slug = $2, title = $3, summary = $4, body = $5, format = $6, body_html = $7, type = $8, region = $9,
  topics = $10, author = $11, author_slug = $12, email = $13, email_public = $14, source = $15, source_date = $16,
  source_url = $17, related = $18, licence = $19, language = $20, modified = $21, modified_precision = 1,
  content_hash = $22, corrected = $23, edition = edition + 1
WHERE id = $1;

-- @query article_set_status write count
-- Shown, hidden, held, refused or withdrawn; with the reason where an editor gave one.
-- @param id int
-- @param status int
-- @param reason int
-- @param note text
-- @param hidden int
UPDATE article SET status = $2, reason = $3, note = $4, hidden = $5, status_before = CASE WHEN $2 = 3 THEN status ELSE 0 END WHERE id = $1;

-- @query article_set_featured write count
-- The hour it was featured or one after (store/act.c), or 0.
-- @param id int
-- @param featured int
UPDATE article SET featured = $2 WHERE id = $1;

-- @query article_last_featured read one
-- The greatest that any article has, shown or not; 0: none.
-- @col featured int
SELECT coalesce(max(featured), 0) AS featured FROM article WHERE featured > 0;

-- @query article_set_corrected write count
-- 0: an editor has looked at the author's correction.
-- @param id int
-- @param corrected int
UPDATE article SET corrected = $2 WHERE id = $1;

-- @query article_set_local write count
-- On or off the local newswire.
-- @param id int
-- @param local int
UPDATE article SET local = $2 WHERE id = $1;

-- @query article_set_locked write count
-- Closes or opens its comments.
-- @param id int
-- @param locked int
UPDATE article SET locked = $2 WHERE id = $1;

-- @query article_count_comments write none
-- Adds to the number of comments that are shown.
-- @param id int
-- @param more int
UPDATE article SET comments = comments + $2 WHERE id = $1;

-- @query article_topic_insert write none
-- Files it under a topic.
-- @param topic int
-- @param posted int
-- @param article int
INSERT INTO article_topic (topic, posted, article) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- @query article_topic_clear write none
-- Takes it from under all its topics, before a correction files it anew.
-- @param article int
DELETE FROM article_topic WHERE article = $1;

-- @query article_purge write count
-- Empties an article for good (unlawful content); its row and its place in the log stay, and so does origin, the hash of the file
-- it was imported from, which keeps that from bringing it back.
-- @param id int
-- @param hidden int
-- @param reason int
-- @param nothing blob
UPDATE article SET title = '', slug = 'removed', summary = '', body = '', body_html = '', topics = '', region = 0, local = 0,
  author = '', author_slug = '', email = '', email_public = 0, person = 0, source = '', source_date = 0, source_url = '',
  related = '', licence = 0, modified = 0, corrected = 0, status = 4, featured = 0, note = '', hidden = $2, reason = $3, comments = 0,
  key_hash = NULL, content_hash = $4
WHERE id = $1;

-- @query revision_insert write none
-- Keeps what an article said before a correction, under the article's next number.
-- @param article int
-- @param at int
-- @param person int
-- @param title text
-- @param summary text
-- @param body text
-- @param format int
INSERT INTO revision (article, number, at, person, title, summary, body, format)
VALUES ($1, (SELECT coalesce(max(number), 0) + 1 FROM revision WHERE article = $1), $2, $3, $4, $5, $6, $7);

-- @query revision_list read many
-- What an article said before, latest first.
-- @param article int
-- @param most int
-- @col number int
-- @col at int
-- @col person int
-- @col title text
-- @col summary text
-- @col body text
SELECT number AS number, at AS at, person AS person, title AS title, summary AS summary, body AS body
FROM revision WHERE article = $1 ORDER BY number DESC LIMIT $2;

-- @query revision_purge write none
-- Forgets what a purged article said before.
-- @param article int
DELETE FROM revision WHERE article = $1;

-- @query letter_insert write none
-- About an article (comment 0) or a comment under it. editor is empty when the author writes.
-- @param article int
-- @param comment int
-- @param at int
-- @param editor text
-- @param text text
INSERT INTO letter (article, comment, at, editor, text) VALUES ($1, $2, $3, $4, $5);

-- @query letter_list read many
-- What author and editors wrote about an article (comment 0) or a comment, oldest first.
-- @param article int
-- @param comment int
-- @param most int
-- @col at int
-- @col editor text
-- @col text text
SELECT at AS at, editor AS editor, text AS text FROM letter WHERE article = $1 AND comment = $2 ORDER BY id ASC LIMIT $3;

-- @query letter_purge write none
-- Forgets the letters about a purged article and the comments under it.
-- @param article int
DELETE FROM letter WHERE article = $1;
