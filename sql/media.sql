-- Files in the media store, and where they stand.

-- @query file_by_sha read maybe
-- One file by its bytes.
-- @param sha blob
-- @row file
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
SELECT f.id AS file, f.sha AS sha, f.kind AS kind, f.media AS media, f.bytes AS bytes, f.width AS width, f.height AS height,
  f.duration AS duration, f.pages AS pages, f.sizes AS sizes
FROM file f WHERE f.sha = $1;

-- @query file_insert write one
-- A new file; its bytes are safe by now.
-- @param sha blob
-- @param kind int
-- @param media int
-- @param bytes int
-- @param width int
-- @param height int
-- @param duration int
-- @param pages int
-- @param sizes text
-- @param created int
-- @col id int
INSERT INTO file (sha, kind, media, bytes, width, height, duration, pages, sizes, created)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id AS id;

-- @query file_size_insert write none
-- One of its sizes.
-- @param file int
-- @param width int
-- @param kind int
-- @param height int
-- @param bytes int
-- @param sha blob
INSERT INTO file_size (file, width, kind, height, bytes, sha) VALUES ($1, $2, $3, $4, $5, $6);

-- @query file_sizes read many
-- All sizes of a file.
-- @param file int
-- @param most int
-- @col width int
-- @col kind int
-- @col height int
-- @col bytes int
-- @col sha blob
SELECT width AS width, kind AS kind, height AS height, bytes AS bytes, sha AS sha FROM file_size WHERE file = $1 ORDER BY width, kind LIMIT $2;

-- @query file_served read maybe
-- A file as it may be served: whether it stands in what readers can read, in anything at all, or was received and not yet posted; and the name that
-- somebody whom readers can read kept for it.
-- @param sha blob
-- @col file int
-- @col kind int
-- @col media int
-- @col bytes int
-- @col shown int
-- @col held int
-- @col received int
-- @col name text
SELECT f.id AS file, f.kind AS kind, f.media AS media, f.bytes AS bytes,
  CASE WHEN EXISTS (SELECT 1 FROM attachment t JOIN article a ON a.id = t.article LEFT JOIN comment c ON c.id = t.comment
    WHERE t.file = f.id AND a.status IN (0, 1) AND (t.comment = 0 OR c.status = 0)) THEN 1 ELSE 0 END AS shown,
  CASE WHEN EXISTS (SELECT 1 FROM attachment t WHERE t.file = f.id) THEN 1 ELSE 0 END AS held,
  CASE WHEN EXISTS (SELECT 1 FROM upload u WHERE u.file = f.id) THEN 1 ELSE 0 END AS received,
  coalesce((SELECT min(t.name) FROM attachment t JOIN article a ON a.id = t.article LEFT JOIN comment c ON c.id = t.comment
    WHERE t.file = f.id AND t.name <> '' AND a.status IN (0, 1) AND (t.comment = 0 OR c.status = 0)), '') AS name
FROM file f WHERE f.sha = $1;

-- @query file_size_served read maybe
-- One size of a file.
-- @param file int
-- @param width int
-- @param kind int
-- @col bytes int
-- @col sha blob
SELECT bytes AS bytes, sha AS sha FROM file_size WHERE file = $1 AND width = $2 AND kind = $3;

-- @query blob_known read one
-- Whether any row names these bytes.
-- @param sha blob
-- @col known int
SELECT CASE WHEN EXISTS (SELECT 1 FROM file WHERE sha = $1) OR EXISTS (SELECT 1 FROM file_size WHERE sha = $1) THEN 1 ELSE 0 END AS known;

-- @query attachment_insert write none
-- A file takes its place in an article or comment.
-- @param article int
-- @param comment int
-- @param position int
-- @param file int
-- @param media int
-- @param posted int
-- @param alt text
-- @param caption text
-- @param name text
INSERT INTO attachment (article, comment, position, file, media, posted, alt, caption, name) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- @query attachment_of read many
-- What stands in an article and in those comments under it that one page shows.
-- @param article int
-- @param after int
-- @param after_id int
-- @param comments int
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
SELECT t.id AS id, t.article AS article, t.comment AS comment, t.position AS position, f.id AS file, f.sha AS sha, f.kind AS kind, f.media AS media, f.bytes AS bytes, f.width AS width, f.height AS height,
  f.duration AS duration, f.pages AS pages, f.sizes AS sizes,
  t.alt AS alt, t.caption AS caption, t.name AS name
FROM attachment t JOIN file f ON f.id = t.file
WHERE t.article = $1 AND (t.comment = 0 OR t.comment IN
  (SELECT c.id FROM comment c WHERE c.article = $1 AND (c.posted, c.id) > ($2, $3) AND c.status <> 6 ORDER BY c.posted ASC, c.id ASC LIMIT $4))
ORDER BY t.article, t.comment, t.position LIMIT $5;

-- @query attachment_in read many
-- What stands in one article (comment 0) or in one comment.
-- @param article int
-- @param comment int
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
SELECT t.id AS id, t.article AS article, t.comment AS comment, t.position AS position, f.id AS file, f.sha AS sha, f.kind AS kind, f.media AS media, f.bytes AS bytes, f.width AS width, f.height AS height,
  f.duration AS duration, f.pages AS pages, f.sizes AS sizes,
  t.alt AS alt, t.caption AS caption, t.name AS name
FROM attachment t JOIN file f ON f.id = t.file
WHERE t.article = $1 AND t.comment = $2 ORDER BY t.article, t.comment, t.position LIMIT $3;

-- @query attachment_clear write count
-- Takes all out of an article (comment 0) or comment, to be put in anew.
-- @param article int
-- @param comment int
DELETE FROM attachment WHERE article = $1 AND comment = $2;

-- @query attachment_purge write count
-- All of an article, its comments' too.
-- @param article int
DELETE FROM attachment WHERE article = $1;

-- @query attachment_files read many
-- The files of an article and all its comments (comment 0), or of one comment: which a purge may leave without a place.
-- @param article int
-- @param comment int
-- @param most int
-- @col file int
SELECT t.file AS file FROM attachment t WHERE t.article = $1 AND ($2 = 0 OR t.comment = $2) ORDER BY t.article, t.comment, t.position LIMIT $3;

-- @query gallery read many
-- Pictures (or sounds) in articles that are shown, the latest first.
-- @param media int
-- @param before int
-- @param before_id int
-- @param most int
-- @row shown_file
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
-- @col slug text
-- @col title text
-- @col author text
-- @col posted int
-- @col precision int
-- @col summary text
SELECT t.id AS id, t.article AS article, t.comment AS comment, t.position AS position, f.id AS file, f.sha AS sha, f.kind AS kind, f.media AS media, f.bytes AS bytes, f.width AS width, f.height AS height,
  f.duration AS duration, f.pages AS pages, f.sizes AS sizes,
  t.alt AS alt, t.caption AS caption, t.name AS name, a.slug AS slug, a.title AS title, a.author AS author,
  a.posted AS posted, a.precision AS precision, a.summary AS summary
FROM attachment t JOIN file f ON f.id = t.file JOIN article a ON a.id = t.article
WHERE t.comment = 0 AND t.media = $1 AND (t.posted, t.id) < ($2, $3) AND a.status = 0 ORDER BY t.posted DESC, t.id DESC LIMIT $4;

-- @query feature_pictures read many
-- The first picture of each of the articles that the front page features.
-- @param featured int
-- @param number int
-- @param articles int
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
SELECT t.id AS id, t.article AS article, t.comment AS comment, t.position AS position, f.id AS file, f.sha AS sha, f.kind AS kind, f.media AS media, f.bytes AS bytes, f.width AS width, f.height AS height,
  f.duration AS duration, f.pages AS pages, f.sizes AS sizes,
  t.alt AS alt, t.caption AS caption, t.name AS name
FROM attachment t JOIN file f ON f.id = t.file
WHERE t.article IN (SELECT a.id FROM article a WHERE a.status = 0 AND a.featured > 0 AND (a.featured, a.id) < ($1, $2) ORDER BY a.featured DESC, a.id DESC LIMIT $3)
  AND t.comment = 0 AND t.media = 1
  AND t.position = (SELECT min(m.position) FROM attachment m WHERE m.article = t.article AND m.comment = 0 AND m.media = 1)
LIMIT $4;

-- @query upload_insert write none
-- A file was received with a form.
-- @param token_hash blob
-- @param file int
-- @param name text
-- @param removed int
-- @param expires int
INSERT INTO upload (token_hash, file, name, removed, expires) VALUES ($1, $2, $3, $4, $5);

-- @query upload_get read maybe
-- What a token stands for.
-- @param token_hash blob
-- @param now int
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
-- @col name text
-- @col removed int
SELECT f.id AS file, f.sha AS sha, f.kind AS kind, f.media AS media, f.bytes AS bytes, f.width AS width, f.height AS height,
  f.duration AS duration, f.pages AS pages, f.sizes AS sizes, u.name AS name, u.removed AS removed
FROM upload u JOIN file f ON f.id = u.file WHERE u.token_hash = $1 AND u.expires > $2;

-- @query upload_delete write count
-- It was posted, or taken back.
-- @param token_hash blob
DELETE FROM upload WHERE token_hash = $1;

-- @query upload_prolong write count
-- It was shown again in a form.
-- @param token_hash blob
-- @param expires int
UPDATE upload SET expires = $2 WHERE token_hash = $1;

-- @query upload_expired read many
-- What nobody posted.
-- @param now int
-- @param most int
-- @col token_hash blob
-- @col file int
SELECT token_hash AS token_hash, file AS file FROM upload WHERE expires <= $1 ORDER BY expires LIMIT $2;

-- @query file_if_free read maybe
-- A file that stands nowhere any more.
-- @param id int
-- @col sha blob
SELECT f.sha AS sha FROM file f WHERE f.id = $1
  AND NOT EXISTS (SELECT 1 FROM attachment t WHERE t.file = f.id) AND NOT EXISTS (SELECT 1 FROM upload u WHERE u.file = f.id);

-- @query file_size_clear write count
-- With the file go its sizes.
-- @param file int
DELETE FROM file_size WHERE file = $1;

-- @query file_delete write count
-- Out of the database; its bytes go after the commit.
-- @param id int
DELETE FROM file WHERE id = $1;

-- @query file_all read many
-- Every file, in order: for broadside check.
-- @param after int
-- @param most int
-- @row file
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
SELECT f.id AS file, f.sha AS sha, f.kind AS kind, f.media AS media, f.bytes AS bytes, f.width AS width, f.height AS height,
  f.duration AS duration, f.pages AS pages, f.sizes AS sizes
FROM file f WHERE f.id > $1 ORDER BY f.id LIMIT $2;

-- @query check_files_free read many
-- Files that stand nowhere.
-- @param most int
-- @col id int
SELECT f.id AS id FROM file f WHERE NOT EXISTS (SELECT 1 FROM attachment t WHERE t.file = f.id)
  AND NOT EXISTS (SELECT 1 FROM upload u WHERE u.file = f.id) ORDER BY f.id LIMIT $1;

-- @query check_attachments read many
-- Files in comments that are not there, or under another article; or filed as of another kind than they are.
-- @param most int
-- @col id int
SELECT t.id AS id FROM attachment t JOIN file f ON f.id = t.file LEFT JOIN comment c ON c.id = t.comment
WHERE t.media <> f.media OR (t.comment <> 0 AND (c.id IS NULL OR c.article <> t.article)) ORDER BY t.id LIMIT $1;
