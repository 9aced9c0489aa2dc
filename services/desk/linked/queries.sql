-- What the pages behind links show, as the journal has it.

-- name: read_told
-- All that was said of a matter, the oldest first; the newest of very many.
SELECT type, happened_at, data FROM (
    SELECT type, happened_at, data, recorded_at, "offset" FROM journal.event
     WHERE thing_id = $1 AND data IS NOT NULL ORDER BY happened_at DESC, recorded_at DESC, "offset" DESC LIMIT $2
) AS newest ORDER BY happened_at, recorded_at, "offset"

-- name: is_erased
SELECT erased_at IS NOT NULL FROM journal.thing WHERE id = $1

-- name: read_things
-- Other things of its story, of some kinds.
SELECT id, kind, parent_id, state, facts FROM journal.thing
 WHERE coalesce(story_id, parent_id) = $1 AND kind = ANY($2) ORDER BY first_at, id LIMIT $3
