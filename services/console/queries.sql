-- What the console keeps in its own schema.

-- name: forget_old_audit
-- What its years are over for.
DELETE FROM audit WHERE done_at < $1

-- name: write_audit
INSERT INTO audit (done_at, who, role, what, about, why, records, link) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: read_audit
-- The last lines before one, the newest first.
SELECT id, done_at, who, role, what, about, why, records, link
  FROM audit
 WHERE ($1::bigint IS NULL OR id < $1) AND ($2::text IS NULL OR who = $2) ORDER BY id DESC LIMIT $3

-- name: open_record
-- One record with its content; the function writes down who looked.
SELECT * FROM console.open_record($1, $2, $3, $4, $5, $6)
