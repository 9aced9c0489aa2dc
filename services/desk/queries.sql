-- What the desk keeps in its own schema, and what became of it by the journal.

-- name: keep_word
-- The same word again is the same event, of the same moment: it stands once, and by when it was said first.
INSERT INTO word (event_id, type, matter_id, person_id, given_at, passed_on) VALUES ($1, $2, $3, $4, $5, false)
    ON CONFLICT (event_id) DO UPDATE SET event_id = excluded.event_id
RETURNING given_at

-- name: pass_word_on
UPDATE word SET passed_on = true WHERE event_id = $1

-- name: find_word
SELECT event_id, type, matter_id, person_id, given_at FROM word WHERE event_id = $1 AND person_id = $2 AND passed_on

-- name: read_words
-- What somebody said last, of which it may not be known yet what came of it.
SELECT event_id, type, matter_id, person_id, given_at FROM word
 WHERE person_id = $1 AND given_at >= $2 AND passed_on ORDER BY given_at DESC, event_id LIMIT $3

-- name: forget_words
-- What became of them stands in the journal.
DELETE FROM word WHERE given_at < $1

-- name: read_outcome
-- What came of words, the first of each: what they caused has their id, and what refuses them says so by its type.
SELECT DISTINCT ON (correlation_id) correlation_id, type, thing_id, happened_at, data
  FROM journal.event
 WHERE correlation_id = ANY($1::text[]) AND causation_id = correlation_id
 ORDER BY correlation_id, (type LIKE '%refused%') DESC, recorded_at, "offset"
