-- name: share
SELECT pg_advisory_lock_shared($1, $2)

-- name: is_alone
SELECT pg_try_advisory_xact_lock($1, $2)

-- name: in_force
SELECT version, digest, since FROM programme ORDER BY number DESC LIMIT 1

-- name: files_in_force
SELECT files FROM programme ORDER BY number DESC LIMIT 1

-- name: history
SELECT version, digest, since FROM programme ORDER BY number DESC

-- name: begin
-- The first of several processes that start at once; the others find what it wrote.
INSERT INTO programme (number, version, digest, since, files)
SELECT 1, $1, $2, $3, $4 WHERE NOT EXISTS (SELECT FROM programme)
ON CONFLICT DO NOTHING

-- name: put_into_force
INSERT INTO programme (number, version, digest, since, files)
SELECT coalesce(max(number), 0) + 1, $1, $2, $3, $4 FROM programme
