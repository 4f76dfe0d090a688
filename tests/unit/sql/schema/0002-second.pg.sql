-- The same in PostgreSQL's words.
CREATE TABLE counter (id BIGINT PRIMARY KEY, value BIGINT NOT NULL);
INSERT INTO counter VALUES (1, 0);
CREATE TABLE loose (id BIGINT PRIMARY KEY, value BYTEA);
