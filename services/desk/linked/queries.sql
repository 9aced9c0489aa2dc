-- What the pages behind links show, as the journal has it.

-- name: read_told
-- All that was said of a matter, the oldest first; the newest of very many.
SELECT type, happened_at, data FROM (
    SELECT type, happened_at, data, recorded_at, "offset" FROM journal.event
     WHERE thing_id = $1 AND data IS NOT NULL ORDER BY happened_at DESC, recorded_at DESC, "offset" DESC LIMIT $2
) AS newest ORDER BY happened_at, recorded_at, "offset"

-- name: is_erased
SELECT erased_at IS NOT NULL FROM journal.thing WHERE id = $1

-- name: find_applications
-- Applications in whose organisation's name or title a text stands, as far as anybody may know these; by their names.
SELECT id, facts ->> 'organisation' AS organisation, facts ->> 'title' AS title FROM journal.thing
 WHERE kind = 'application' AND state IS DISTINCT FROM 'withdrawn' AND erased_at IS NULL
   AND (strpos(lower(facts ->> 'organisation'), lower($1)) > 0 OR strpos(lower(facts ->> 'title'), lower($1)) > 0)
 ORDER BY 2, 3, id LIMIT $2

-- name: read_things
-- Other things of its story, of some kinds.
SELECT id, kind, parent_id, state, facts FROM journal.thing
 WHERE coalesce(story_id, parent_id) = $1 AND kind = ANY($2) ORDER BY first_at, id LIMIT $3
