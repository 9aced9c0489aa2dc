-- What the console keeps in its own schema.

-- name: forget_old_audit
-- What its years are over for.
DELETE FROM audit WHERE done_at < $1

-- name: write_audit
INSERT INTO audit (done_at, who, role, what, about, why, records) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id

-- name: write_repaired
INSERT INTO repaired (audit_id, service, dead_letter_id) SELECT $1, $2, unnest($3::uuid[])

-- name: read_audit
-- The last lines before one, the newest first.
SELECT id, done_at, who, role, what, about, why, records,
       EXISTS (SELECT FROM repaired WHERE audit_id = audit.id) AS has_records
  FROM audit
 WHERE ($1::bigint IS NULL OR id < $1) AND ($2::text IS NULL OR who = $2) ORDER BY id DESC LIMIT $3

-- name: find_audit
SELECT id, done_at, who, role, what, about, why, records FROM audit WHERE id = $1

-- name: read_repaired
SELECT service, array_agg(dead_letter_id) AS ids FROM repaired WHERE audit_id = $1 GROUP BY service ORDER BY service
