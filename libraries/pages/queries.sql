-- What any service with pages keeps of the links that signed somebody in: its own schema has the table.

-- name: spend_link
-- A link signs somebody in once; nothing comes back where it has before.
INSERT INTO spent_link (link_id, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING true

-- name: forget_spent_links
-- A link that is over opens nothing, so that it was used need not be remembered.
DELETE FROM spent_link WHERE expires_at < $1
