-- What `broadside check` looks for beyond the database's own integrity.

-- @query check_comment_counts read many
-- Articles whose number of comments is not what is stored.
-- @param most int
-- @col id int
-- @col stored int
-- @col real int
SELECT a.id AS id, a.comments AS stored, count(c.id) AS real
FROM article a LEFT JOIN comment c ON c.article = a.id AND c.status = 0
GROUP BY a.id, a.comments HAVING a.comments <> count(c.id) ORDER BY a.id LIMIT $1;

-- @query check_topic_times read many
-- Topic rows whose time is not their article's.
-- @param most int
-- @col id int
SELECT t.article AS id FROM article_topic t JOIN article a ON a.id = t.article WHERE t.posted <> a.posted ORDER BY t.article LIMIT $1;

-- @query check_topics_unsaid read many
-- Articles filed under a topic that their row does not name.
-- @param most int
-- @col id int
-- @col topic int
SELECT t.article AS id, t.topic AS topic FROM article_topic t JOIN article a ON a.id = t.article
WHERE ' ' || a.topics || ' ' NOT LIKE '% ' || CAST(t.topic AS TEXT) || ' %' ORDER BY t.article, t.topic LIMIT $1;

-- @query check_topics_unfiled read many
-- Articles whose row names another number of topics than they are filed under.
-- @param most int
-- @col id int
-- @col named int
-- @col filed int
SELECT a.id AS id, length(a.topics) - length(replace(a.topics, ' ', '')) + CASE WHEN a.topics = '' THEN 0 ELSE 1 END AS named,
  count(t.topic) AS filed
FROM article a LEFT JOIN article_topic t ON t.article = a.id
GROUP BY a.id, a.topics
HAVING length(a.topics) - length(replace(a.topics, ' ', '')) + CASE WHEN a.topics = '' THEN 0 ELSE 1 END <> count(t.topic)
ORDER BY a.id LIMIT $1;

-- @query check_terms read many
-- Articles that name a type, region, licence or reason which is not on the site's lists, or is of another list.
-- @param most int
-- @col id int
SELECT a.id AS id FROM article a
LEFT JOIN term y ON y.id = a.type AND y.kind = 0 LEFT JOIN term r ON r.id = a.region AND r.kind = 2
LEFT JOIN term l ON l.id = a.licence AND l.kind = 3 LEFT JOIN term w ON w.id = a.reason AND w.kind = 4
WHERE y.id IS NULL OR (a.region <> 0 AND r.id IS NULL) OR (a.licence <> 0 AND l.id IS NULL) OR (a.reason <> 0 AND w.id IS NULL)
ORDER BY a.id LIMIT $1;

-- @query check_revisions read many
-- Articles whose earlier versions are not numbered 1, 2, 3 and so on.
-- @param most int
-- @col id int
-- @col kept int
-- @col last int
SELECT article AS id, count(*) AS kept, max(number) AS last FROM revision
GROUP BY article HAVING max(number) <> count(*) OR min(number) <> 1 ORDER BY article LIMIT $1;

-- @query check_modified read many
-- Articles that have earlier versions, and do not say that they were modified.
-- @param most int
-- @col id int
SELECT a.id AS id FROM article a WHERE a.modified = 0 AND EXISTS (SELECT 1 FROM revision r WHERE r.article = a.id)
ORDER BY a.id LIMIT $1;

-- @query check_editions read many
-- Articles whose edition is not one more than the number of their last earlier version.
-- @param most int
-- @col id int
-- @col edition int
-- @col last int
SELECT a.id AS id, a.edition AS edition, r.last AS last
FROM (SELECT article, max(number) AS last FROM revision GROUP BY article) r JOIN article a ON a.id = r.article
WHERE a.edition <> r.last + 1 ORDER BY a.id LIMIT $1;

-- @query check_times read many
-- Tables that hold times of acts (of 1973 or later) which tell more than their minute, or hour; and in how many rows.
-- @param most int
-- @col place text
-- @col rows int
SELECT t.place AS place, t.found AS rows FROM (
  SELECT 'article' AS place, count(*) AS found FROM article WHERE origin IS NULL AND posted > 100000000000000 AND (posted % 60000000 <> 0 OR modified % 60000000 <> 0
    OR corrected % 60000000 <> 0 OR featured % 3600000000 <> 0 OR hidden % 3600000000 <> 0)
  UNION ALL SELECT 'comment', count(*) FROM comment WHERE origin IS NULL AND posted > 100000000000000 AND (posted % 60000000 <> 0 OR hidden % 3600000000 <> 0)
  UNION ALL SELECT 'revision', count(*) FROM revision WHERE at > 100000000000000 AND at % 60000000 <> 0
  UNION ALL SELECT 'letter', count(*) FROM letter WHERE at > 100000000000000 AND at % 60000000 <> 0
  UNION ALL SELECT 'file', count(*) FROM file WHERE created > 100000000000000 AND created % 60000000 <> 0
  UNION ALL SELECT 'upload', count(*) FROM upload WHERE expires > 100000000000000 AND expires % 60000000 <> 0
  UNION ALL SELECT 'person', count(*) FROM person WHERE created > 100000000000000 AND created % 60000000 <> 0
  UNION ALL SELECT 'session', count(*) FROM session WHERE expires > 100000000000000 AND expires % 60000000 <> 0
  UNION ALL SELECT 'log', count(*) FROM log WHERE at > 100000000000000 AND at % 3600000000 <> 0) t
WHERE t.found > 0 ORDER BY t.place LIMIT $1;

-- @query check_purged read many
-- What was purged and still has words, or something that hangs on it.
-- @param most int
-- @col id int
-- @col comment int
SELECT a.id AS id, 0 AS comment FROM article a
WHERE a.status = 4 AND (a.title <> '' OR a.summary <> '' OR a.body <> '' OR a.body_html <> '' OR a.topics <> '' OR a.author <> ''
  OR a.email <> '' OR a.source <> '' OR a.source_url <> '' OR a.related <> '' OR a.note <> '' OR length(a.content_hash) > 0
  OR a.key_hash IS NOT NULL OR EXISTS (SELECT 1 FROM revision r WHERE r.article = a.id)
  OR EXISTS (SELECT 1 FROM letter l WHERE l.article = a.id)
  OR EXISTS (SELECT 1 FROM attachment t WHERE t.article = a.id)
  OR EXISTS (SELECT 1 FROM comment c WHERE c.article = a.id AND c.status <> 4))
UNION ALL
SELECT c.id AS id, 1 AS comment FROM comment c
WHERE c.status = 4 AND (c.key_hash IS NOT NULL OR EXISTS (SELECT 1 FROM comment_revision r WHERE r.comment = c.id) OR EXISTS (SELECT 1 FROM letter l WHERE l.article = c.article AND l.comment = c.id)
  OR EXISTS (SELECT 1 FROM attachment t WHERE t.article = c.article AND t.comment = c.id) OR c.title <> '' OR c.body <> '' OR c.body_html <> '' OR c.author <> '' OR c.email <> '' OR c.note <> ''
  OR length(c.content_hash) > 0)
LIMIT $1;

-- @query check_sessions read one
-- Sessions that ended before a time and are still there.
-- @param before int
-- @col ended int
SELECT count(*) AS ended FROM session WHERE expires < $1;

-- @query check_counts read one
-- How much there is.
-- @col articles int
-- @col comments int
-- @col people int
SELECT (SELECT count(*) FROM article) AS articles, (SELECT count(*) FROM comment) AS comments,
  (SELECT count(*) FROM person) AS people;
