-- name: fetch_erasures
-- When some people last asked to be forgotten, of those who did.
SELECT person_id, erased_at FROM erased_person WHERE person_id = ANY($1::uuid[])

-- name: keep_erasures
-- Requests may come in any order: the latest counts.
INSERT INTO erased_person (person_id, erased_at)
SELECT person_id, erased_at FROM unnest($1::uuid[], $2::timestamptz[]) AS asked (person_id, erased_at)
ON CONFLICT (person_id) DO UPDATE SET erased_at = greatest(erased_person.erased_at, excluded.erased_at)

-- name: empty_held
-- What is held and names one of these people, in whatever case, and was sent before they asked; what came before it by
-- our own clock too, since the time of a record is whatever its sender says. Every record is looked at: there are as
-- many as the quota lets there be, and few people ask. What holds back others is discarded, which frees them.
WITH named AS (
    SELECT held_record.ctid AS place, person_id
      FROM held_record
      JOIN unnest($1::uuid[], $2::timestamptz[]) AS asked (person_id, erased_at)
        ON (recorded_at <= erased_at OR held_at <= erased_at)
       AND strpos(lower(encode(value, 'escape')), person_id::text) > 0
     WHERE value IS NOT NULL
), emptied AS (
    UPDATE held_record
       SET value = NULL, headers = '[]', state = CASE WHEN resolved_at IS NULL THEN 'dead' ELSE state END,
           reason = 'erased', detail = 'a person whom it names asked to be forgotten', awaits = NULL, retry_at = NULL,
           requested = CASE WHEN resolved_at IS NULL THEN 'discard' ELSE requested END,
           requested_by = CASE WHEN resolved_at IS NULL THEN 'engine:erasure' ELSE requested_by END,
           requested_why = CASE WHEN resolved_at IS NULL THEN 'erasure-requested' ELSE requested_why END
     WHERE ctid = ANY (ARRAY(SELECT place FROM named))
)
SELECT person_id, count(*) AS records FROM named GROUP BY person_id

-- name: empty_old_held
-- What was held for so long is of no use for a repair any more; that it was held stays.
UPDATE held_record SET value = NULL, headers = '[]'
 WHERE held_at < $1 AND value IS NOT NULL AND (resolved_at IS NOT NULL OR state = 'dead')

-- name: forget_old_repairs
-- There is nothing left to resume or to undo of them; what became of each record stays with it.
DELETE FROM repair WHERE asked_at < $1
