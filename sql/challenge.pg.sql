-- Claims for PostgreSQL: what another process is taking is passed over instead of waited for.

-- @query challenge_take write many
-- Takes a handful, which are then gone.
-- @param most int
-- @col number text
-- @col png blob
DELETE FROM challenge WHERE id IN (SELECT id FROM challenge ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING number AS number, png AS png;
