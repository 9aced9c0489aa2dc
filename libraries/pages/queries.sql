-- What any service with pages keeps of who signed in: its own schema has the tables.

-- name: spend_link
-- A link signs somebody in once; nothing comes back where it has before.
INSERT INTO spent_link (link_id, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING true

-- name: forget_spent_links
-- A link that is over opens nothing, so that it was used need not be remembered.
DELETE FROM spent_link WHERE expires_at < $1

-- name: begin_session
INSERT INTO session (id, person, who, roles, began_at, expires_at, hint, provider_session, entitled_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- name: forget_sessions
-- A session that is over is none, whatever was done to it.
DELETE FROM session WHERE expires_at < $1

-- name: read_ended
SELECT id FROM session WHERE ended_at IS NOT NULL AND expires_at > $1

-- name: end_session
-- What the provider knows it by is told once, and not kept.
WITH open AS (SELECT id, hint FROM session WHERE id = $1 AND ended_at IS NULL FOR UPDATE)
UPDATE session SET ended_at = $2, hint = NULL FROM open WHERE session.id = open.id RETURNING open.hint

-- name: end_sessions_of
UPDATE session SET ended_at = $2, hint = NULL
 WHERE person = $1 AND ended_at IS NULL AND expires_at > $2 RETURNING id

-- name: end_at_provider
-- Only what began there: another way in may call somebody as the provider does.
UPDATE session SET ended_at = $1, hint = NULL
 WHERE entitled_by IS NOT NULL AND ended_at IS NULL AND expires_at > $1
   AND ($2::text IS NULL OR person = $2)
   AND ($3::text IS NULL OR provider_session = $3 OR (provider_session IS NULL AND person = $2))
RETURNING id

-- name: end_unentitled
-- Of whom an entry that let them in is gone, or says something else.
UPDATE session SET ended_at = $2, hint = NULL
 WHERE NOT entitled_by <@ $1::text[] AND ended_at IS NULL AND expires_at > $2

-- name: list_open
SELECT person, min(who) AS who, min(roles) AS roles, count(*) AS sessions, min(began_at) AS began_at,
       max(expires_at) AS expires_at
  FROM session WHERE ended_at IS NULL AND expires_at > $1
 GROUP BY person ORDER BY max(began_at) DESC, person LIMIT $2
