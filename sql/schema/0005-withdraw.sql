-- What authors take back: comments have a private link, earlier versions and letters as articles do, and what was withdrawn is found by the time
-- since when it is. hidden is that time where status is 3; status_before is what the status was until then.
ALTER TABLE article ADD COLUMN status_before INTEGER NOT NULL DEFAULT 0;
UPDATE article SET status_before = 1 WHERE status = 3 AND reason > 0;
CREATE INDEX article_withdrawn ON article (hidden, id) WHERE status = 3;

ALTER TABLE comment ADD COLUMN status_before INTEGER NOT NULL DEFAULT 0;
ALTER TABLE comment ADD COLUMN modified INTEGER NOT NULL DEFAULT 0;
ALTER TABLE comment ADD COLUMN key_hash BLOB;
CREATE INDEX comment_withdrawn ON comment (hidden, id) WHERE status = 3;

-- 0: about the article itself, else about this comment under it.
ALTER TABLE letter ADD COLUMN comment INTEGER NOT NULL DEFAULT 0;
DROP INDEX letter_article;
CREATE INDEX letter_about ON letter (article, comment, id);

-- What a comment said before a correction; numbered from 1 within the comment.
CREATE TABLE comment_revision (
  id      INTEGER PRIMARY KEY,
  comment INTEGER NOT NULL REFERENCES comment (id) ON DELETE CASCADE,
  number  INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  title   TEXT NOT NULL,
  body    TEXT NOT NULL,
  format  INTEGER NOT NULL,
  UNIQUE (comment, number)
) STRICT;
