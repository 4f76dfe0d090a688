-- No time of an act tells more than its minute, and of an editor's act more than its hour; man/broadside.db.5 says which column tells which. What is there is
-- rounded down in place. Order within a minute comes from numbers. What SQL cannot do is asked for in setting and done by store/upgrade.c.

-- An article's edition counts its corrections: 1 is what was published.
ALTER TABLE article ADD COLUMN edition INTEGER NOT NULL DEFAULT 1;
UPDATE article SET edition = 1 + (SELECT max(r.number) FROM revision r WHERE r.article = article.id)
WHERE id IN (SELECT r.article FROM revision r);

-- The last correction was an editor's where the last revision names a person.
UPDATE article SET modified = modified - ((modified % 3600000000) + 3600000000) % 3600000000
WHERE modified > 0 AND (SELECT r.person FROM revision r WHERE r.article = article.id ORDER BY r.number DESC LIMIT 1) > 0;
UPDATE article SET posted = posted - ((posted % 60000000) + 60000000) % 60000000, modified = modified - ((modified % 60000000) + 60000000) % 60000000,
  corrected = corrected - ((corrected % 60000000) + 60000000) % 60000000, hidden = hidden - ((hidden % 3600000000) + 3600000000) % 3600000000
WHERE posted % 60000000 <> 0 OR modified % 60000000 <> 0 OR corrected % 60000000 <> 0 OR hidden % 3600000000 <> 0;
-- An edition's minute is later than that of the one before.
UPDATE article SET modified = posted + 60000000 WHERE modified > 0 AND modified <= posted AND origin IS NULL;

-- Of features their order is kept, as an editor who features one after the other within an hour means it: each stands an hour after the one before at least.
UPDATE article SET featured = f.spread FROM (
  SELECT o.id AS id, o.place * 3600000000 + max(o.since - o.place * 3600000000) OVER (ORDER BY o.place) AS spread FROM (
    SELECT a.id AS id, CASE WHEN a.featured < 3600000000 THEN 3600000000 ELSE a.featured - a.featured % 3600000000 END AS since, row_number() OVER (ORDER BY a.featured, a.id) AS place
    FROM article a WHERE a.featured > 0) o) f
WHERE f.id = article.id AND article.featured > 0;
DROP INDEX article_feature;
CREATE INDEX article_feature ON article (featured, id) WHERE featured > 0;

UPDATE article_topic SET posted = posted - ((posted % 60000000) + 60000000) % 60000000 WHERE posted % 60000000 <> 0;
UPDATE attachment SET posted = posted - ((posted % 60000000) + 60000000) % 60000000 WHERE posted % 60000000 <> 0;
UPDATE comment SET posted = posted - ((posted % 60000000) + 60000000) % 60000000, hidden = hidden - ((hidden % 3600000000) + 3600000000) % 3600000000 WHERE posted % 60000000 <> 0 OR hidden % 3600000000 <> 0;
UPDATE revision SET at = CASE WHEN person > 0 THEN at - ((at % 3600000000) + 3600000000) % 3600000000 ELSE at - ((at % 60000000) + 60000000) % 60000000 END;
UPDATE letter SET at = at - ((at % 60000000) + 60000000) % 60000000;
UPDATE file SET created = created - ((created % 60000000) + 60000000) % 60000000;
UPDATE upload SET expires = expires - ((expires % 60000000) + 60000000) % 60000000;
UPDATE person SET created = created - ((created % 60000000) + 60000000) % 60000000;
UPDATE session SET expires = expires - ((expires % 60000000) + 60000000) % 60000000;
UPDATE challenge SET drawn = drawn - ((drawn % 60000000) + 60000000) % 60000000;
UPDATE page SET modified = modified - ((modified % 60000000) + 60000000) % 60000000;

-- What is on its way (status 6) until its minute comes.
CREATE INDEX article_coming ON article (posted) WHERE status = 6;
CREATE INDEX comment_coming ON comment (posted) WHERE status = 6;

-- The public log in its second form (store/log.h). Rows of the first are made anew before anybody sees them.
ALTER TABLE log ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE log ADD COLUMN act INTEGER NOT NULL DEFAULT 0;
ALTER TABLE log ADD COLUMN was TEXT NOT NULL DEFAULT '';
ALTER TABLE log ADD COLUMN became TEXT NOT NULL DEFAULT '';

INSERT INTO setting (name, value) SELECT 'upgrade_log', '1' WHERE EXISTS (SELECT 1 FROM log);
INSERT INTO setting (name, value) SELECT 'upgrade_files', '1' WHERE EXISTS (SELECT 1 FROM file);
INSERT INTO setting (name, value) SELECT 'upgrade_rewrite', '1' WHERE EXISTS (SELECT 1 FROM article) OR EXISTS (SELECT 1 FROM person);
