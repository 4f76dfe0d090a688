-- Pictures, sound, video and documents. What a row names lies in the media store, under the SHA-256 of its bytes; no row is committed before its
-- bytes are safe. kind is the enum of sys/media.h, media its group.

CREATE TABLE file (
  id       INTEGER PRIMARY KEY,
  sha      BLOB NOT NULL UNIQUE,
  kind     INTEGER NOT NULL,
  media    INTEGER NOT NULL,
  bytes    INTEGER NOT NULL,
  width    INTEGER NOT NULL DEFAULT 0,
  height   INTEGER NOT NULL DEFAULT 0,
  duration INTEGER NOT NULL DEFAULT 0,
  pages    INTEGER NOT NULL DEFAULT 0,
  sizes    TEXT NOT NULL DEFAULT '',
  created  INTEGER NOT NULL
) STRICT;

-- A picture at smaller widths, or the still of a video or document. file.sizes tells the measures of all, so that a page need not look here.
CREATE TABLE file_size (
  file   INTEGER NOT NULL REFERENCES file (id) ON DELETE CASCADE,
  width  INTEGER NOT NULL,
  kind   INTEGER NOT NULL,
  height INTEGER NOT NULL,
  bytes  INTEGER NOT NULL,
  sha    BLOB NOT NULL,
  PRIMARY KEY (file, width, kind)
) STRICT;
CREATE INDEX file_size_sha ON file_size (sha);

-- A file as it stands in an article (comment = 0) or in a comment under it. name is empty unless the publisher kept it; media is the
-- file's and posted the article's, so that galleries find them by an index.
CREATE TABLE attachment (
  id       INTEGER PRIMARY KEY,
  article  INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
  comment  INTEGER NOT NULL DEFAULT 0,
  position INTEGER NOT NULL,
  file     INTEGER NOT NULL REFERENCES file (id),
  media    INTEGER NOT NULL,
  posted   INTEGER NOT NULL,
  alt      TEXT NOT NULL DEFAULT '',
  caption  TEXT NOT NULL DEFAULT '',
  name     TEXT NOT NULL DEFAULT '',
  UNIQUE (article, comment, position)
) STRICT;
CREATE INDEX attachment_file ON attachment (file);
CREATE INDEX attachment_gallery ON attachment (media, posted, id) WHERE comment = 0;

-- A file that was received with a form which was not posted yet. Only the hash of its token is kept.
CREATE TABLE upload (
  token_hash BLOB PRIMARY KEY,
  file       INTEGER NOT NULL REFERENCES file (id),
  name       TEXT NOT NULL DEFAULT '',
  removed    INTEGER NOT NULL DEFAULT 0,
  expires    INTEGER NOT NULL
) STRICT;
CREATE INDEX upload_file ON upload (file);
CREATE INDEX upload_expires ON upload (expires);
