-- name: create_lane
INSERT INTO lane (topic, partition, next_offset) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING

-- name: read_lane
SELECT next_offset, next_sequence, relayed_sequence, dead_in_a_row, stopped_because, revision, attempts, suspected_to
  FROM lane WHERE topic = $1 AND partition = $2

-- name: claim_lane
SELECT true FROM lane
 WHERE topic = $1 AND partition = $2 AND revision = $3
   FOR UPDATE

-- name: begin_attempt
-- Fenced like a transaction, but no step forward: the revision stays.
UPDATE lane SET attempts = $4, suspected_to = $5
 WHERE topic = $1 AND partition = $2 AND revision = $3
RETURNING true

-- name: settle_lane
-- One round trip for the whole end of a transaction: COPY would take three more, which small batches feel.
WITH forgotten AS (
    DELETE FROM outbox WHERE lane_topic = $1 AND lane_partition = $2 AND sequence < $5
), added AS (
    INSERT INTO outbox (lane_topic, lane_partition, sequence, id, topic, key, type, time, correlation_id,
                        causation_id, traceparent, payload)
    SELECT $1, $2, published.*
      FROM unnest($9::bigint[], $10::uuid[], $11::text[], $12::text[], $13::text[], $14::timestamptz[],
                  $15::uuid[], $16::uuid[], $17::text[], $18::bytea[]) AS published
)
UPDATE lane
   SET next_offset = $3, next_sequence = $4, relayed_sequence = $5, dead_in_a_row = $6, stopped_because = $7,
       attempts = $8, revision = revision + 1
 WHERE topic = $1 AND partition = $2

-- name: mark_relayed
WITH forgotten AS (
    DELETE FROM outbox WHERE lane_topic = $1 AND lane_partition = $2 AND sequence < $3
)
UPDATE lane SET relayed_sequence = $3
 WHERE topic = $1 AND partition = $2 AND relayed_sequence < $3 AND next_sequence >= $3

-- name: claim_inbox
INSERT INTO inbox (event_id, source)
SELECT DISTINCT * FROM unnest($1::uuid[], $2::text[]) ON CONFLICT DO NOTHING
RETURNING event_id, source

-- name: read_outbox
SELECT sequence, id, topic, key, type, time, correlation_id, causation_id, traceparent, payload
  FROM outbox WHERE lane_topic = $1 AND lane_partition = $2 AND sequence >= $3
 ORDER BY sequence LIMIT $4

-- name: held_keys
SELECT key, count(*) AS records FROM held_record
 WHERE topic = $1 AND partition = $2 AND resolved_at IS NULL GROUP BY key

-- name: begin_due_held
-- What waited long enough, what an operator decided on, and what waits behind nothing any more; with the
-- attempts before this one. All are started at once, but for those that are tried alone.
WITH due AS (
    SELECT "offset", attempts FROM held_record AS held
     WHERE topic = $1 AND partition = $2 AND resolved_at IS NULL
       AND (   state = 'waiting' AND (retry_at <= $3 OR requested IS NOT NULL)
            OR state = 'dead' AND requested IS NOT NULL
            OR state = 'behind' AND NOT EXISTS (
                   SELECT FROM held_record AS head
                    WHERE head.topic = $1 AND head.partition = $2 AND head.resolved_at IS NULL
                      AND head.key = held.key AND head."offset" < held."offset"))
     ORDER BY "offset" LIMIT $4
), started AS (
    UPDATE held_record AS held SET attempts = held.attempts + 1
      FROM due
     WHERE held.topic = $1 AND held.partition = $2 AND held."offset" = due."offset" AND due.attempts < $5
)
SELECT "offset", attempts FROM due ORDER BY "offset"

-- name: begin_held
UPDATE held_record SET attempts = attempts + 1 WHERE topic = $1 AND partition = $2 AND "offset" = $3

-- name: held_behind
SELECT * FROM held_record
 WHERE topic = $1 AND partition = $2 AND key = $3 AND state = 'behind' AND resolved_at IS NULL
 ORDER BY "offset" LIMIT 1

-- name: all_held_behind
SELECT * FROM held_record
 WHERE topic = $1 AND partition = $2 AND key = $3 AND state = 'behind' AND resolved_at IS NULL
 ORDER BY "offset" LIMIT $4

-- name: wake_waiting
-- What has just been held behind them may be what they wait for.
UPDATE held_record SET retry_at = $4
 WHERE topic = $1 AND partition = $2 AND key = ANY($3) AND state = 'waiting' AND resolved_at IS NULL
   AND awaits LIKE '%:' || encode(key, 'escape')

-- name: lock_held
SELECT * FROM held_record
 WHERE topic = $1 AND partition = $2 AND "offset" = $3 AND resolved_at IS NULL FOR UPDATE

-- name: hold
-- Again where a lane was set back to an earlier offset.
INSERT INTO held_record (topic, partition, "offset", dead_letter_id, state, reason, detail, awaits, key, value,
                         headers, recorded_at, held_at, waiting_since, retry_at)
SELECT * FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::uuid[], $5::text[], $6::text[], $7::text[],
                     $8::text[], $9::bytea[], $10::bytea[], $11::bytea[], $12::timestamptz[], $13::timestamptz[],
                     $14::timestamptz[], $15::timestamptz[])
ON CONFLICT (topic, partition, "offset") DO UPDATE
   SET state = excluded.state, reason = excluded.reason, detail = excluded.detail, awaits = excluded.awaits,
       key = excluded.key, value = excluded.value, headers = excluded.headers, held_at = excluded.held_at,
       waiting_since = excluded.waiting_since, retry_at = excluded.retry_at, retries = 0, attempts = 0,
       requested = NULL, requested_by = NULL, requested_why = NULL, resolved_at = NULL

-- name: resolve_held
-- The fact is kept; the record, which may be personal, is not needed any more.
UPDATE held_record SET state = $4, resolved_at = $5, value = NULL, headers = '[]'
 WHERE topic = $1 AND partition = $2 AND "offset" = $3

-- name: forget_held
DELETE FROM held_record WHERE topic = $1 AND partition = $2 AND "offset" = $3

-- name: hold_again
UPDATE held_record
   SET state = $4, reason = $5, detail = $6, awaits = $7, retry_at = $8, retries = retries + 1, attempts = 0,
       waiting_since = CASE WHEN $4 = 'waiting' THEN coalesce(waiting_since, $9) END,
       requested = NULL, requested_by = NULL, requested_why = NULL
 WHERE topic = $1 AND partition = $2 AND "offset" = $3

-- name: held_counts
SELECT state, count(*) AS records FROM held_record WHERE resolved_at IS NULL GROUP BY state
