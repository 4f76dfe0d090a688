-- The full-text index of articles for PostgreSQL. Words are cut and folded as SQLite's unicode61 tokenizer does it (letters and digits, lower
-- case, without diacritics) and not by a text search configuration, so that both engines find the same and no language is preferred.
CREATE FUNCTION search_words(t text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(DISTINCT left(w, 200)), '{}')
  FROM regexp_split_to_table(normalize(regexp_replace(normalize(lower(t COLLATE "und-x-icu"), NFD), '[\u0300-\u036f]+', '', 'g'), NFC)
    COLLATE "und-x-icu", '[^[:alnum:]]+') AS w
  WHERE w <> ''
$$;
CREATE FUNCTION search_query(t text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(string_agg('''' || w || '''', ' & '), '')::tsquery FROM unnest(search_words(t)) AS w
$$;

CREATE TABLE article_text (
  article BIGINT PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE,
  words   TSVECTOR NOT NULL
);
CREATE INDEX article_text_words ON article_text USING gin (words);

CREATE FUNCTION article_text_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO article_text (article, words)
  VALUES (new.id, array_to_tsvector(search_words(new.title || ' ' || new.summary || ' ' || new.body || ' ' || new.author)))
  ON CONFLICT (article) DO UPDATE SET words = excluded.words;
  RETURN NULL;
END $$;
CREATE TRIGGER article_text_insert AFTER INSERT ON article FOR EACH ROW EXECUTE FUNCTION article_text_keep();
CREATE TRIGGER article_text_update AFTER UPDATE OF title, summary, body, author ON article FOR EACH ROW EXECUTE FUNCTION article_text_keep();
