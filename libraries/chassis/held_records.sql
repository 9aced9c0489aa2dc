-- name: held_keys
-- Which keys hold back their later records, and whether what is held first of them only waits. By the partial index,
-- which has none of the dead letters that hold back nothing.
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
-- What waited long enough, or waits by a clock that was set back since; what an operator decided on; and what waits
-- behind nothing any more; with the attempts before this one. All are started at once, but for those that are tried
-- alone, and those that this process has started already and outlived. Each sort by the partial index that holds it: the
-- many that hold back nothing and wait for nothing are in none. What is replayed and holds back nothing may be tried
-- together with others.
WITH due AS (
    SELECT ctid AS place, "offset", attempts, false AS together FROM held_record
     WHERE topic = $1 AND partition = $2 AND retry_at IS NOT NULL AND resolved_at IS NULL
       AND state = 'waiting' AND (retry_at <= $3 OR retry_at > $7)
    UNION
    SELECT ctid AS place, "offset", attempts, requested = 'replay' AND state = 'dead' AND NOT blocks AS together
      FROM held_record
     WHERE topic = $1 AND partition = $2 AND requested IS NOT NULL AND resolved_at IS NULL
       AND state IN ('dead', 'waiting')
    UNION
    SELECT ctid AS place, "offset", attempts, false AS together FROM held_record AS held
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
SELECT "offset", min(attempts) AS attempts, bool_and(together) AS together FROM due GROUP BY "offset" ORDER BY "offset"

-- name: has_requested
-- Whether operators have decided on more of a lane.
SELECT EXISTS (SELECT FROM held_record
                WHERE topic = $1 AND partition = $2 AND requested IS NOT NULL AND resolved_at IS NULL
                  AND state IN ('dead', 'waiting'))

-- name: begin_held
-- Counts an attempt before it is made, in a transaction of its own, since the attempt may end the process.
UPDATE held_record SET attempts = attempts + 1 WHERE topic = $1 AND partition = $2 AND "offset" = $3

-- name: held_behind
-- What is held first of a key, where it only stands behind: another that has failed may stand between.
SELECT "offset"
  FROM (SELECT "offset", state FROM held_record
         WHERE topic = $1 AND partition = $2 AND key = $3 AND blocks AND resolved_at IS NULL
         ORDER BY "offset" LIMIT 1) AS head
 WHERE state = 'behind'

-- name: all_held_behind
-- What stands behind a record that may wait for one of them, in their order and only so many: one form may be followed
-- by thousands.
SELECT topic, partition, "offset", state, key, value, headers, recorded_at, waiting_since, retries, requested
  FROM held_record
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
-- A held record, unless it was dealt with meanwhile. Locked, so that an operator's word comes before or after its
-- retry, and is not overwritten by it.
SELECT topic, partition, "offset", state, key, value, headers, recorded_at, waiting_since, retries, requested
  FROM held_record
 WHERE topic = $1 AND partition = $2 AND "offset" = $3 AND resolved_at IS NULL FOR UPDATE

-- name: lock_replayed
-- Of these records those that are still to be tried again and hold back nothing, locked as by `lock_held`.
SELECT topic, partition, "offset", state, key, value, headers, recorded_at, waiting_since, retries, requested
  FROM held_record
 WHERE topic = $1 AND partition = $2 AND "offset" = ANY($3::bigint[]) AND resolved_at IS NULL AND state = 'dead'
   AND requested = 'replay' AND NOT blocks
 ORDER BY "offset" FOR UPDATE

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
       attempts = 0, requested = NULL, requested_by = NULL, requested_why = NULL, repair_id = NULL, replaced_by = NULL,
       claimed_by = NULL, claimed_why = NULL, claimed_until = NULL, resolved_at = NULL

-- name: hold_duty_item
-- What a duty could not do. It holds nothing back: the duty goes on with everything else.
INSERT INTO held_record (topic, partition, "offset", dead_letter_id, state, reason, detail, blocks, key, headers,
                         recorded_at, held_at)
VALUES ($1, $2, $3, $4, 'dead', 'duty-failed', $5, false, $6, '[]', $7, $7)

-- name: held_duty_items
-- What a duty leaves alone: what failed, and what an operator has put aside for good.
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

-- name: discard_held
-- Its content is kept as that of other records that are set aside, so that an operator can take the discard back.
UPDATE held_record SET state = CASE requested WHEN 'replace' THEN 'replaced' ELSE 'discarded' END, resolved_at = $4
 WHERE topic = $1 AND partition = $2 AND "offset" = $3

-- name: forget_held
-- What only waited leaves no trace once it went well: nobody was told of it.
DELETE FROM held_record WHERE topic = $1 AND partition = $2 AND "offset" = $3

-- name: hold_again
-- Tried again, and still held, for the reason that it now has. An operator's word is used up:
-- the next try needs another.
UPDATE held_record
   SET state = $4, reason = $5, detail = $6, awaits = $7, blocks = $8, retry_at = $9, retries = retries + 1,
       attempts = 0, waiting_since = CASE WHEN $4 = 'waiting' THEN coalesce(waiting_since, $10) END,
       requested = NULL, requested_by = NULL, requested_why = NULL, repair_id = NULL
 WHERE topic = $1 AND partition = $2 AND "offset" = $3

-- name: held_counts
-- How many records are set aside and since when, by state and reason, for the metrics.
SELECT state, reason, count(*) AS records, min(held_at) AS oldest
  FROM held_record WHERE resolved_at IS NULL GROUP BY state, reason

-- name: kept_bytes
-- How much of each topic's quota is used up: what nobody here can repair may not fill the disk.
-- Key and headers count as well, of which headers are kept in hexadecimal: they may be large where there is no value.
SELECT topic, sum(coalesce(octet_length(key), 0) + coalesce(octet_length(value), 0) + octet_length(headers) / 2)::bigint
           AS bytes
  FROM held_record
 WHERE state = 'dead' AND NOT blocks AND (value IS NOT NULL OR headers <> '[]') GROUP BY topic
