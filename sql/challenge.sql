-- Anti-spam pictures: drawn by work, taken in handfuls by web, gone when taken.

-- @query challenge_count read one
-- How many pictures wait.
-- @col waiting int
SELECT count(*) AS waiting FROM challenge;

-- @query challenge_ages read one
-- How many pictures wait, and when the first and the last of them were drawn (0: none).
-- @col waiting int
-- @col oldest int
-- @col newest int
SELECT count(*) AS waiting, COALESCE((SELECT f.drawn FROM challenge f ORDER BY f.id ASC LIMIT 1), 0) AS oldest,
  COALESCE((SELECT l.drawn FROM challenge l ORDER BY l.id DESC LIMIT 1), 0) AS newest
FROM challenge;

-- @query challenge_insert write none
-- One more picture.
-- @param number text
-- @param png blob
-- @param drawn int
INSERT INTO challenge (number, png, drawn) VALUES ($1, $2, $3);

-- @query challenge_take write many
-- Takes a handful, which are then gone.
-- @param most int
-- @col number text
-- @col png blob
DELETE FROM challenge WHERE id IN (SELECT id FROM challenge ORDER BY id LIMIT $1) RETURNING number AS number, png AS png;
