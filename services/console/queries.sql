-- What the console keeps in its own schema.

-- name: forget_old_audit
-- What its years are over for.
-- By when it was written: what somebody says of when they did it keeps no line, and lets none go.
DELETE FROM audit WHERE written_at < least($1, now() - interval '3 years')

-- name: write_audit
INSERT INTO audit (done_at, who, role, what, about, why, records, link, contact_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id

-- name: read_audit
-- The last lines before one, the newest first.
SELECT id, done_at, who, role, what, about, why, records, link, contact_id
  FROM audit
 WHERE ($1::bigint IS NULL OR id < $1) AND ($2::text IS NULL OR who = $2) AND ($3::text IS NULL OR what = $3)
 ORDER BY id DESC LIMIT $4

-- name: was_turned_away
-- Whether somebody was turned away within a day: more lines would say no more, and be as many as they like.
SELECT EXISTS (SELECT FROM audit WHERE done_at > $2 AND who = $1 AND what = 'turned-away')

-- name: read_looks
-- Who looked at a contact, the last first.
SELECT id, done_at, who, role, why FROM audit WHERE contact_id = $1 ORDER BY id DESC LIMIT $2

-- name: find_contacts
SELECT contact_id, person_id, role FROM notifications.contact WHERE contact_id = ANY($1::uuid[]) ORDER BY role

-- name: look_at_contact
SELECT * FROM look_at_contact($1)

-- name: open_record
-- One record with its content; the function writes down who looked.
SELECT * FROM console.open_record($1, $2, $3, $4, $5, $6)
