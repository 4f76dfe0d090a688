-- People with an account, and their sessions (only hashes of the cookies).

-- @query person_by_name read maybe
-- An account, by its folded name.
-- @param name_fold text
-- @row person
-- @col id int
-- @col name text
-- @col password text
-- @col role int
-- @col disabled int
SELECT id AS id, name AS name, password AS password, role AS role, disabled AS disabled FROM person WHERE name_fold = $1;

-- @query person_list read many
-- All accounts, without their passwords.
-- @param most int
-- @row person
-- @col id int
-- @col name text
-- @col password text
-- @col role int
-- @col disabled int
SELECT id AS id, name AS name, '' AS password, role AS role, disabled AS disabled FROM person ORDER BY id ASC LIMIT $1;

-- @query person_insert write one
-- A new account.
-- @param name text
-- @param name_fold text
-- @param password text
-- @param role int
-- @param created int
-- @col id int
INSERT INTO person (name, name_fold, password, role, created) VALUES ($1, $2, $3, $4, $5) RETURNING id AS id;

-- @query person_set_password write count
-- Another password.
-- @param id int
-- @param password text
UPDATE person SET password = $2 WHERE id = $1;

-- @query person_set_role write count
-- Another role.
-- @param id int
-- @param role int
UPDATE person SET role = $2 WHERE id = $1;

-- @query person_set_disabled write count
-- Disables or enables.
-- @param id int
-- @param disabled int
UPDATE person SET disabled = $2 WHERE id = $1;

-- @query session_insert write none
-- A new session.
-- @param key_hash blob
-- @param person int
-- @param expires int
INSERT INTO session (key_hash, person, expires) VALUES ($1, $2, $3);

-- @query session_get read maybe
-- Who a session stands for.
-- @param key_hash blob
-- @param now int
-- @col person int
-- @col name text
-- @col role int
-- @col expires int
SELECT p.id AS person, p.name AS name, p.role AS role, s.expires AS expires
FROM session s JOIN person p ON p.id = s.person WHERE s.key_hash = $1 AND s.expires > $2 AND p.disabled = 0;

-- @query session_delete write none
-- Logs out.
-- @param key_hash blob
DELETE FROM session WHERE key_hash = $1;

-- @query session_delete_person write none
-- Ends all sessions of a person.
-- @param person int
DELETE FROM session WHERE person = $1;

-- @query session_expire write none
-- Forgets what has expired.
-- @param now int
DELETE FROM session WHERE expires <= $1;
