-- The full-text index of articles, kept by triggers so that no write can forget it.
CREATE VIRTUAL TABLE article_text USING fts5 (title, summary, body, author, content = 'article', content_rowid = 'id',
  tokenize = 'unicode61 remove_diacritics 2');
CREATE TRIGGER article_text_insert AFTER INSERT ON article BEGIN
  INSERT INTO article_text (rowid, title, summary, body, author) VALUES (new.id, new.title, new.summary, new.body, new.author);
END;
CREATE TRIGGER article_text_update AFTER UPDATE OF title, summary, body, author ON article BEGIN
  INSERT INTO article_text (article_text, rowid, title, summary, body, author)
    VALUES ('delete', old.id, old.title, old.summary, old.body, old.author);
  INSERT INTO article_text (rowid, title, summary, body, author) VALUES (new.id, new.title, new.summary, new.body, new.author);
END;
