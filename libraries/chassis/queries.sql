-- name: create_lanes
INSERT INTO lane (topic, partition, next_offset)
SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[]) ON CONFLICT DO NOTHING

-- name: open_lanes
-- What an operator asked for is heard by whoever opens the lane.
UPDATE lane SET moved = false
  FROM unnest($1::text[], $2::int[]) AS mine (topic, partition)
 WHERE lane.topic = mine.topic AND lane.partition = mine.partition
RETURNING lane.topic, lane.partition, next_offset, revision, failures, stopped_because, attempts, suspected_to, seen

-- name: claim_lanes
-- Claims and settles at once: a lane costs one row version and one round trip a cycle. Fewer rows back than asked for
-- means that the others have another owner. Pages are found by their lane one after the other (LATERAL with OFFSET),
-- since a plan made while the outbox was empty would read all of it later.
WITH forgotten AS (
    DELETE FROM outbox WHERE ctid = ANY (ARRAY(
        SELECT page.ctid
          FROM unnest($9::text[], $10::int[], $11::bigint[]) AS acknowledged (topic, partition, revision)
         CROSS JOIN LATERAL (
            SELECT ctid FROM outbox
             WHERE lane_topic = acknowledged.topic AND lane_partition = acknowledged.partition
               AND outbox.revision <= acknowledged.revision
            OFFSET 0
         ) AS page
    ))
)
UPDATE lane
   SET revision = lane.revision + 1, next_offset = mine.next_offset, failures = mine.failures,
       stopped_because = mine.stopped_because, suspected_to = mine.suspected_to, seen = mine.seen,
       attempts = CASE WHEN mine.next_offset > lane.next_offset THEN 0 ELSE lane.attempts END
  FROM unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::int[], $6::text[], $7::bigint[], $8::text[])
       AS mine (topic, partition, revision, next_offset, failures, stopped_because, suspected_to, seen)
 WHERE lane.topic = mine.topic AND lane.partition = mine.partition AND lane.revision = mine.revision
RETURNING lane.topic, lane.partition

-- name: begin_attempts
-- Fenced like a transaction, but no step forward: the revision stays.
UPDATE lane SET attempts = mine.attempts, suspected_to = mine.suspected_to
  FROM unnest($1::text[], $2::int[], $3::bigint[], $4::int[], $5::bigint[])
       AS mine (topic, partition, revision, attempts, suspected_to)
 WHERE lane.topic = mine.topic AND lane.partition = mine.partition AND lane.revision = mine.revision
RETURNING lane.topic, lane.partition

-- name: operators_words
-- One look for all: lanes that were resumed or moved, and lanes with held records that were decided on.
SELECT topic, partition, true AS is_lane FROM lane WHERE moved
UNION ALL
SELECT DISTINCT topic, partition, false FROM held_record WHERE requested IS NOT NULL AND resolved_at IS NULL

-- name: add_pages
INSERT INTO outbox (lane_topic, lane_partition, revision, part, events)
SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[], $4::int[], $5::bytea[])

-- name: read_outbox
SELECT lane_topic, lane_partition, revision, part, events
  FROM unnest($1::text[], $2::int[]) AS mine (topic, partition)
 CROSS JOIN LATERAL (
    SELECT * FROM outbox WHERE lane_topic = mine.topic AND lane_partition = mine.partition OFFSET 0
 ) AS page
 ORDER BY lane_topic, lane_partition, revision, part

-- name: forget_pages
DELETE FROM outbox WHERE ctid = ANY (ARRAY(
    SELECT page.ctid
      FROM unnest($1::text[], $2::int[], $3::bigint[]) AS acknowledged (topic, partition, revision)
     CROSS JOIN LATERAL (
        SELECT ctid FROM outbox
         WHERE lane_topic = acknowledged.topic AND lane_partition = acknowledged.partition
           AND outbox.revision <= acknowledged.revision
        OFFSET 0
     ) AS page
))

-- name: claim_inbox
INSERT INTO inbox (event_id, source, digest)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::bigint[]) ON CONFLICT DO NOTHING
RETURNING event_id, source

-- name: read_inbox
SELECT inbox.event_id, inbox.source, inbox.digest
  FROM unnest($1::uuid[], $2::text[]) AS wanted (event_id, source)
 CROSS JOIN LATERAL (
    SELECT * FROM inbox WHERE inbox.event_id = wanted.event_id AND inbox.source = wanted.source OFFSET 0
 ) AS inbox

-- name: release_inbox
DELETE FROM inbox WHERE ctid = ANY (ARRAY(
    SELECT known.ctid
      FROM unnest($1::uuid[], $2::text[]) AS wanted (event_id, source)
     CROSS JOIN LATERAL (
        SELECT ctid FROM inbox WHERE inbox.event_id = wanted.event_id AND inbox.source = wanted.source OFFSET 0
     ) AS known
))

-- name: held_keys
SELECT key, bool_or(state = 'waiting') AS waits
  FROM held_record
 WHERE topic = $1 AND partition = $2 AND resolved_at IS NULL AND blocks AND key IS NOT NULL
 GROUP BY key

-- name: next_retry
-- At once where something waits behind nothing any more.
SELECT least(
    (SELECT min(retry_at) FROM held_record
      WHERE topic = $1 AND partition = $2 AND retry_at IS NOT NULL AND resolved_at IS NULL),
    (SELECT min(held_at) FROM held_record AS held
      WHERE topic = $1 AND partition = $2 AND blocks AND resolved_at IS NULL AND state = 'behind'
        AND NOT EXISTS (
            SELECT FROM held_record AS head
             WHERE head.topic = $1 AND head.partition = $2 AND head.resolved_at IS NULL AND head.blocks
               AND head.key = held.key AND head."offset" < held."offset"))
)

-- name: begin_due_held
-- What waited long enough, what an operator decided on, and what waits behind nothing any more; with the
-- attempts before this one. All are started at once, but for those that are tried alone, and those that this process
-- has started already and outlived. Each sort by the partial index that holds it: the many that hold back nothing and
-- wait for nothing are in none.
WITH due AS (
    SELECT ctid AS place, "offset", attempts FROM held_record
     WHERE topic = $1 AND partition = $2 AND retry_at IS NOT NULL AND resolved_at IS NULL
       AND state = 'waiting' AND retry_at <= $3
    UNION
    SELECT ctid AS place, "offset", attempts FROM held_record
     WHERE topic = $1 AND partition = $2 AND requested IS NOT NULL AND resolved_at IS NULL
       AND state IN ('dead', 'waiting')
    UNION
    SELECT ctid AS place, "offset", attempts FROM held_record AS held
     WHERE topic = $1 AND partition = $2 AND blocks AND resolved_at IS NULL AND state = 'behind'
       AND NOT EXISTS (
           SELECT FROM held_record AS head
            WHERE head.topic = $1 AND head.partition = $2 AND head.resolved_at IS NULL AND head.blocks
              AND head.key = held.key AND head."offset" < held."offset")
     ORDER BY "offset" LIMIT $4
), started AS (
    UPDATE held_record SET attempts = attempts + 1
     WHERE ctid = ANY (ARRAY(SELECT place FROM due WHERE attempts < $5 AND "offset" <> ALL ($6::bigint[])))
)
SELECT "offset", attempts FROM due ORDER BY "offset"

-- name: begin_held
UPDATE held_record SET attempts = attempts + 1 WHERE topic = $1 AND partition = $2 AND "offset" = $3

-- name: held_behind
-- What is held first of a key, where it only stands behind: another that has failed may stand between.
SELECT "offset"
  FROM (SELECT "offset", state FROM held_record
         WHERE topic = $1 AND partition = $2 AND key = $3 AND blocks AND resolved_at IS NULL
         ORDER BY "offset" LIMIT 1) AS head
 WHERE state = 'behind'

-- name: all_held_behind
SELECT * FROM held_record
 WHERE topic = $1 AND partition = $2 AND key = $3 AND state = 'behind' AND blocks AND resolved_at IS NULL
 ORDER BY "offset" LIMIT $4

-- name: wake_waiting
-- What has just been held behind them, or went ahead of them, may be what they wait for.
UPDATE held_record SET retry_at = $4
 WHERE topic = $1 AND partition = $2 AND key = ANY($3) AND state = 'waiting' AND blocks AND resolved_at IS NULL
   AND awaits LIKE '%:' || encode(key, 'escape')

-- name: overtake
-- A whole form came after what failed: that holds nothing back any more, and what stood behind it is out of date, so
-- both are tried again only where an operator says so.
UPDATE held_record
   SET blocks = false, state = 'dead',
       reason = CASE state WHEN 'behind' THEN 'overtaken' ELSE reason END,
       detail = CASE state WHEN 'behind' THEN 'a whole form of the same key was taken in first' ELSE detail END
 WHERE ctid = ANY (ARRAY(
    SELECT held.ctid
      FROM unnest($3::bytea[], $4::bigint[]) AS whole (key, "offset")
     CROSS JOIN LATERAL (
        SELECT ctid FROM held_record
         WHERE topic = $1 AND partition = $2 AND key = whole.key AND "offset" < whole."offset" AND blocks
           AND state IN ('dead', 'behind') AND resolved_at IS NULL
        OFFSET 0
     ) AS held
))

-- name: lock_held
SELECT * FROM held_record
 WHERE topic = $1 AND partition = $2 AND "offset" = $3 AND resolved_at IS NULL FOR UPDATE

-- name: hold
-- Again where a lane was set back to an earlier offset.
INSERT INTO held_record (topic, partition, "offset", dead_letter_id, state, reason, detail, awaits, blocks, key, value,
                         headers, recorded_at, held_at, waiting_since, retry_at)
SELECT * FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::uuid[], $5::text[], $6::text[], $7::text[],
                     $8::text[], $9::boolean[], $10::bytea[], $11::bytea[], $12::bytea[], $13::timestamptz[],
                     $14::timestamptz[], $15::timestamptz[], $16::timestamptz[])
ON CONFLICT (topic, partition, "offset") DO UPDATE
   SET state = excluded.state, reason = excluded.reason, detail = excluded.detail, awaits = excluded.awaits,
       blocks = excluded.blocks, key = excluded.key, value = excluded.value, headers = excluded.headers,
       held_at = excluded.held_at, waiting_since = excluded.waiting_since, retry_at = excluded.retry_at, retries = 0,
       attempts = 0, requested = NULL, requested_by = NULL, requested_why = NULL, resolved_at = NULL

-- name: hold_duty_item
INSERT INTO held_record (topic, partition, "offset", dead_letter_id, state, reason, detail, blocks, key, headers,
                         recorded_at, held_at)
VALUES ($1, $2, $3, $4, 'dead', 'duty-failed', $5, false, $6, '[]', $7, $7)

-- name: held_duty_items
SELECT key FROM held_record WHERE topic = $1 AND partition = $2 AND state IN ('dead', 'discarded')

-- name: release_duty_items
-- A replay lets the duty find the thing again; a discard keeps it aside, with the fact that it was decided so.
UPDATE held_record
   SET state = CASE requested WHEN 'replay' THEN 'replayed' ELSE 'discarded' END, resolved_at = $3
 WHERE topic = $1 AND partition = $2 AND resolved_at IS NULL AND requested IS NOT NULL

-- name: resolve_held
-- The fact is kept; the record, which may be personal, is not needed any more.
UPDATE held_record SET state = $4, resolved_at = $5, value = NULL, headers = '[]'
 WHERE topic = $1 AND partition = $2 AND "offset" = $3

-- name: forget_held
DELETE FROM held_record WHERE topic = $1 AND partition = $2 AND "offset" = $3

-- name: hold_again
UPDATE held_record
   SET state = $4, reason = $5, detail = $6, awaits = $7, blocks = $8, retry_at = $9, retries = retries + 1,
       attempts = 0, waiting_since = CASE WHEN $4 = 'waiting' THEN coalesce(waiting_since, $10) END,
       requested = NULL, requested_by = NULL, requested_why = NULL
 WHERE topic = $1 AND partition = $2 AND "offset" = $3

-- name: held_counts
SELECT state, count(*) AS records FROM held_record WHERE resolved_at IS NULL GROUP BY state

-- name: kept_bytes
SELECT topic, sum(octet_length(value))::bigint AS bytes
  FROM held_record WHERE state = 'dead' AND NOT blocks AND value IS NOT NULL GROUP BY topic
