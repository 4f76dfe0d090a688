-- What `broadside check` looks for beyond the database's own integrity.

-- @query check_comment_counts read many
-- Articles whose number of comments is not what is stored.
-- @param most int
-- @col id int
-- @col stored int
-- @col real int
SELECT a.id AS id, a.comments AS stored, count(c.id) AS real
FROM article a LEFT JOIN comment c ON c.article = a.id AND c.status = 0
GROUP BY a.id, a.comments HAVING a.comments <> count(c.id) LIMIT $1;

-- @query check_topics read many
-- Topic rows whose time is not their article's.
-- @param most int
-- @col id int
SELECT t.article AS id FROM article_topic t JOIN article a ON a.id = t.article WHERE t.posted <> a.posted LIMIT $1;

-- @query check_counts read one
-- How much there is.
-- @col articles int
-- @col comments int
-- @col people int
SELECT (SELECT count(*) FROM article) AS articles, (SELECT count(*) FROM comment) AS comments,
  (SELECT count(*) FROM person) AS people;
