-- The foundation: terms, articles, comments, revisions, the editorial log, people, blocks, pages, the anti-spam pictures.
-- Times are microseconds UTC; booleans 0/1; status is the enum of rules/visible.h; format, precision and role likewise.

CREATE TABLE setting (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

-- Types, topics, regions, licences and the reasons for hiding: short lists that a site edits.
CREATE TABLE term (
  id       INTEGER PRIMARY KEY,
  kind     INTEGER NOT NULL,
  slug     TEXT NOT NULL,
  name     TEXT NOT NULL,
  detail   TEXT NOT NULL DEFAULT '',
  url      TEXT NOT NULL DEFAULT '',
  position INTEGER NOT NULL,
  UNIQUE (kind, slug)
) STRICT;

CREATE TABLE person (
  id        INTEGER PRIMARY KEY,
  name      TEXT NOT NULL,
  name_fold TEXT NOT NULL UNIQUE,
  password  TEXT NOT NULL,
  role      INTEGER NOT NULL,
  disabled  INTEGER NOT NULL DEFAULT 0,
  created   INTEGER NOT NULL
) STRICT;

CREATE TABLE session (
  key_hash BLOB PRIMARY KEY,
  person   INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  expires  INTEGER NOT NULL
) STRICT;
CREATE INDEX session_expires ON session (expires);
CREATE INDEX session_person ON session (person);

CREATE TABLE article (
  id           INTEGER PRIMARY KEY,
  slug         TEXT NOT NULL,
  title        TEXT NOT NULL,
  summary      TEXT NOT NULL,
  body         TEXT NOT NULL,
  format       INTEGER NOT NULL,
  body_html    TEXT NOT NULL,
  type         INTEGER NOT NULL REFERENCES term (id),
  region       INTEGER NOT NULL DEFAULT 0,
  topics       TEXT NOT NULL DEFAULT '',
  local        INTEGER NOT NULL DEFAULT 0,
  author       TEXT NOT NULL DEFAULT '',
  author_slug  TEXT NOT NULL DEFAULT '',
  email        TEXT NOT NULL DEFAULT '',
  email_public INTEGER NOT NULL DEFAULT 0,
  person       INTEGER NOT NULL DEFAULT 0,
  source       TEXT NOT NULL DEFAULT '',
  source_date  INTEGER NOT NULL DEFAULT 0,
  source_url   TEXT NOT NULL DEFAULT '',
  related      TEXT NOT NULL DEFAULT '',
  licence      INTEGER NOT NULL DEFAULT 0,
  language     TEXT NOT NULL,
  posted       INTEGER NOT NULL,
  precision    INTEGER NOT NULL DEFAULT 1,
  modified     INTEGER NOT NULL DEFAULT 0,
  modified_precision INTEGER NOT NULL DEFAULT 1,
  corrected    INTEGER NOT NULL DEFAULT 0,
  status       INTEGER NOT NULL DEFAULT 0,
  featured     INTEGER NOT NULL DEFAULT 0,
  locked       INTEGER NOT NULL DEFAULT 0,
  reason       INTEGER NOT NULL DEFAULT 0,
  note         TEXT NOT NULL DEFAULT '',
  hidden       INTEGER NOT NULL DEFAULT 0,
  comments     INTEGER NOT NULL DEFAULT 0,
  key_hash     BLOB,
  content_hash BLOB NOT NULL,
  origin       TEXT
) STRICT;
CREATE INDEX article_wire ON article (posted, id) WHERE status = 0;
CREATE INDEX article_feature ON article (featured, id) WHERE status = 0 AND featured > 0;
CREATE INDEX article_local ON article (posted, id) WHERE status = 0 AND local = 1;
CREATE INDEX article_type ON article (type, posted, id) WHERE status = 0;
CREATE INDEX article_region ON article (region, posted, id) WHERE status = 0 AND region > 0;
CREATE INDEX article_author ON article (author_slug, posted, id) WHERE status = 0 AND author_slug <> '';
CREATE INDEX article_hidden ON article (hidden, id) WHERE status IN (1, 5);
CREATE INDEX article_held ON article (posted, id) WHERE status = 2;
CREATE INDEX article_corrected ON article (corrected, id) WHERE status = 0 AND corrected > 0;
CREATE INDEX article_recent ON article (posted, id);
CREATE UNIQUE INDEX article_key ON article (key_hash) WHERE key_hash IS NOT NULL;
CREATE INDEX article_content ON article (content_hash, posted);
CREATE UNIQUE INDEX article_origin ON article (origin) WHERE origin IS NOT NULL;

CREATE TABLE article_topic (
  topic   INTEGER NOT NULL REFERENCES term (id),
  posted  INTEGER NOT NULL,
  article INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
  PRIMARY KEY (topic, posted, article)
) STRICT;
CREATE INDEX article_topic_article ON article_topic (article);

CREATE TABLE comment (
  id           INTEGER PRIMARY KEY,
  article      INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
  title        TEXT NOT NULL DEFAULT '',
  author       TEXT NOT NULL DEFAULT '',
  email        TEXT NOT NULL DEFAULT '',
  person       INTEGER NOT NULL DEFAULT 0,
  body         TEXT NOT NULL,
  format       INTEGER NOT NULL,
  body_html    TEXT NOT NULL,
  posted       INTEGER NOT NULL,
  precision    INTEGER NOT NULL DEFAULT 1,
  status       INTEGER NOT NULL DEFAULT 0,
  reason       INTEGER NOT NULL DEFAULT 0,
  note         TEXT NOT NULL DEFAULT '',
  hidden       INTEGER NOT NULL DEFAULT 0,
  content_hash BLOB NOT NULL,
  origin       TEXT
) STRICT;
CREATE INDEX comment_article ON comment (article, posted, id);
CREATE INDEX comment_latest ON comment (posted, id) WHERE status = 0;
CREATE INDEX comment_recent ON comment (posted, id);
CREATE INDEX comment_hidden ON comment (hidden, id) WHERE status IN (1, 5);
CREATE INDEX comment_content ON comment (content_hash, posted);
CREATE UNIQUE INDEX comment_origin ON comment (origin) WHERE origin IS NOT NULL;

-- What an article said before a correction; numbered from 1 within the article.
CREATE TABLE revision (
  id      INTEGER PRIMARY KEY,
  article INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
  number  INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  person  INTEGER NOT NULL DEFAULT 0,
  title   TEXT NOT NULL,
  summary TEXT NOT NULL,
  body    TEXT NOT NULL,
  format  INTEGER NOT NULL,
  UNIQUE (article, number)
) STRICT;

-- The public editorial log. Each row's hash covers the row and the hash before it, but of title and note only their digest, so
-- that a purge can erase them and their salt; store/log.h tells the bytes. article: the one acted on, or that the comment stands under.
CREATE TABLE log (
  id       INTEGER PRIMARY KEY,
  at       INTEGER NOT NULL,
  actor    TEXT NOT NULL,
  action   TEXT NOT NULL,
  object   TEXT NOT NULL,
  number   INTEGER NOT NULL,
  article  INTEGER NOT NULL,
  title    TEXT NOT NULL,
  reason   TEXT NOT NULL DEFAULT '',
  note     TEXT NOT NULL,
  salt     BLOB NOT NULL,
  digest   BLOB NOT NULL,
  previous BLOB NOT NULL,
  hash     BLOB NOT NULL UNIQUE
) STRICT;
CREATE INDEX log_object ON log (object, number, id);
CREATE INDEX log_article ON log (article, id);

CREATE TABLE block (
  id       INTEGER PRIMARY KEY,
  kind     INTEGER NOT NULL,
  place    INTEGER NOT NULL,
  position INTEGER NOT NULL,
  title    TEXT NOT NULL DEFAULT '',
  text     TEXT NOT NULL DEFAULT '',
  html     TEXT NOT NULL DEFAULT '',
  shown    INTEGER NOT NULL DEFAULT 1,
  origin   TEXT UNIQUE
) STRICT;

CREATE TABLE block_link (
  block    INTEGER NOT NULL REFERENCES block (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  text     TEXT NOT NULL,
  url      TEXT NOT NULL DEFAULT '',
  detail   TEXT NOT NULL DEFAULT '',
  heading  INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (block, position)
) STRICT;

CREATE TABLE page (
  slug      TEXT PRIMARY KEY,
  title     TEXT NOT NULL,
  body      TEXT NOT NULL,
  format    INTEGER NOT NULL,
  body_html TEXT NOT NULL,
  modified  INTEGER NOT NULL
) STRICT;

-- Anti-spam pictures drawn ahead and not yet shown to anybody.
CREATE TABLE challenge (
  id     INTEGER PRIMARY KEY,
  number TEXT NOT NULL,
  png    BLOB NOT NULL,
  drawn  INTEGER NOT NULL
) STRICT;

-- What an author and the editors wrote to each other about an article.
CREATE TABLE letter (
  id      INTEGER PRIMARY KEY,
  article INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
  at      INTEGER NOT NULL,
  editor  TEXT NOT NULL DEFAULT '',
  text    TEXT NOT NULL
) STRICT;
CREATE INDEX letter_article ON letter (article, id);
