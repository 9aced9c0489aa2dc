-- name: group_held
-- What waits for a decision, by what it has in common, and how much of it somebody looks at.
SELECT state, reason, topic, type, source, count(*) AS records, min(held_at) AS oldest, max(held_at) AS newest,
       count(*) FILTER (WHERE has_content) AS replayable, count(*) FILTER (WHERE claimed_until > $2) AS claimed,
       min(claimed_by) FILTER (WHERE claimed_until > $2) AS claimed_by,
       count(DISTINCT claimed_by) FILTER (WHERE claimed_until > $2) AS claimants
  FROM undecided GROUP BY state, reason, topic, type, source ORDER BY count(*) DESC, min(held_at) LIMIT $1

-- name: select_held
-- What a selection means: undecided, and, where it is to be tried again, with something to try.
SELECT id, state, reason, detail, topic, partition, "offset", key, recorded_at, held_at, retries, type, source,
       has_content, claimed_by, claimed_why, claimed_until
  FROM undecided
 WHERE ($1::uuid[] IS NULL OR id = ANY($1)) AND ($2::text IS NULL OR state = $2)
   AND ($3::text IS NULL OR reason = $3) AND ($4::text IS NULL OR topic = $4)
   AND ($5::text IS NULL OR coalesce(type, '') = $5) AND ($6::text IS NULL OR coalesce(source, '') = $6)
   AND ($7::timestamptz IS NULL OR held_at >= $7) AND held_at <= $8 AND (NOT $9 OR has_content)
 ORDER BY held_at, topic, partition, "offset" LIMIT $10

-- name: claim
-- Somebody looks at records, but for those that somebody else looks at.
UPDATE held_record SET claimed_by = $2, claimed_why = $3, claimed_until = $5
 WHERE dead_letter_id = ANY($1) AND resolved_at IS NULL AND requested IS NULL
   AND (claimed_by IS NULL OR claimed_by = $2 OR claimed_until <= $4)
RETURNING dead_letter_id

-- name: release_claims
-- Nobody looks at them any more.
UPDATE held_record SET claimed_by = NULL, claimed_why = NULL, claimed_until = NULL
 WHERE dead_letter_id = ANY($1) AND claimed_by IS NOT NULL
RETURNING dead_letter_id

-- name: begin_repair
-- Writes down what is to become of records, and that it was asked for; the lanes' owners, who alone may, do it at their
-- next looks. What stands behind another has no say of its own, and what was decided on or dealt with meanwhile is left
-- as it is. Whoever looked at one has decided.
WITH asked AS (
    UPDATE held_record
       SET requested = $3, requested_by = $5, requested_why = $6, repair_id = $2, replaced_by = $8,
           claimed_by = NULL, claimed_why = NULL, claimed_until = NULL
     WHERE dead_letter_id = ANY($1) AND state IN ('dead', 'waiting') AND resolved_at IS NULL AND requested IS NULL
       AND ($3 <> 'replay' OR headers <> '[]' OR topic LIKE 'duty.%')
    RETURNING dead_letter_id
), begun AS (
    INSERT INTO repair (repair_id, decision, about, asked_by, asked_why, asked_at) VALUES ($2, $3, $4, $5, $6, $7)
)
INSERT INTO repaired (repair_id, dead_letter_id) SELECT $2, dead_letter_id FROM asked
RETURNING dead_letter_id

-- name: stop_repair
-- What was not come to is held as before. The attempts of what was to be next were never made. Locked in their order,
-- in which whoever begins them takes them too.
WITH left_over AS (
    SELECT dead_letter_id FROM held_record
     WHERE repair_id = $1 AND requested IS NOT NULL AND resolved_at IS NULL
     ORDER BY topic, partition, "offset" FOR UPDATE
), stopped AS (
    UPDATE held_record
       SET requested = NULL, requested_by = NULL, requested_why = NULL, repair_id = NULL, attempts = 0
     WHERE dead_letter_id IN (SELECT dead_letter_id FROM left_over)
    RETURNING dead_letter_id
), marked AS (
    UPDATE repair SET stopped_by = $2, stopped_at = $3
     WHERE repair_id = $1 AND EXISTS (SELECT FROM stopped)
)
UPDATE repaired SET is_stopped = true
 WHERE repair_id = $1 AND dead_letter_id IN (SELECT dead_letter_id FROM stopped)
RETURNING dead_letter_id

-- name: resume_repair
-- Goes on with what a stopped repair had not come to, as long as nobody has decided otherwise.
WITH asked AS (
    UPDATE held_record
       SET requested = repair.decision, requested_by = $2, requested_why = repair.asked_why, repair_id = $1,
           claimed_by = NULL, claimed_why = NULL, claimed_until = NULL
      FROM repair JOIN repaired USING (repair_id)
     WHERE repair.repair_id = $1 AND repaired.is_stopped AND held_record.dead_letter_id = repaired.dead_letter_id
       AND held_record.state IN ('dead', 'waiting') AND held_record.resolved_at IS NULL
       AND held_record.requested IS NULL
       AND (repair.decision <> 'replay' OR held_record.headers <> '[]' OR held_record.topic LIKE 'duty.%')
    RETURNING held_record.dead_letter_id
), marked AS (
    UPDATE repair SET stopped_by = NULL, stopped_at = NULL WHERE repair_id = $1
)
UPDATE repaired SET is_stopped = false
 WHERE repair_id = $1 AND dead_letter_id IN (SELECT dead_letter_id FROM asked)
RETURNING dead_letter_id

-- name: list_repairs
-- Repairs, the last first; one runs for as long as anything of it is asked for.
SELECT repair_id AS id, decision, about, asked_by AS by, asked_why AS why, asked_at AS at,
       (SELECT count(*) FROM repaired WHERE repaired.repair_id = repair.repair_id) AS records,
       EXISTS (SELECT FROM held_record WHERE held_record.repair_id = repair.repair_id
                  AND requested IS NOT NULL AND resolved_at IS NULL) AS is_running,
       stopped_by, stopped_at
  FROM repair WHERE $1::uuid IS NULL OR repair_id = $1 ORDER BY asked_at DESC, repair_id LIMIT $2

-- name: progress
SELECT outcome, count(*) AS records, count(*) FILTER (WHERE can_be_undone) AS can_be_undone
  FROM repair_outcome WHERE repair_id = $1 GROUP BY outcome

-- name: outcomes
-- What became of each record, what went well last.
SELECT id, outcome, reason, can_be_undone
  FROM repair_outcome WHERE repair_id = $1 ORDER BY outcome = 'committed', id LIMIT $2

-- name: undo_discards
-- Dead again, as long as its content is kept. It holds nothing back any more: what stood behind it has gone on.
UPDATE held_record
   SET state = 'dead', blocks = false, requested = NULL, requested_by = NULL, requested_why = NULL, repair_id = NULL,
       resolved_at = NULL
 WHERE dead_letter_id IN (SELECT dead_letter_id FROM repaired WHERE repair_id = $1)
   AND state = 'discarded' AND headers <> '[]' AND reason <> 'skipped'
RETURNING dead_letter_id
