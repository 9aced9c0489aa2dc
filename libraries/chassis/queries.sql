-- name: create_lanes
-- A row for each lane that is new. Whoever comes second leaves it as it is: the first offset is only where a lane
-- begins, and never where it is set back to.
INSERT INTO lane (topic, partition, next_offset)
SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[]) ON CONFLICT DO NOTHING

-- name: open_lanes
-- What an operator asked for is heard by whoever opens the lane.
UPDATE lane SET moved = false
  FROM unnest($1::text[], $2::int[]) AS mine (topic, partition)
 WHERE lane.topic = mine.topic AND lane.partition = mine.partition
RETURNING lane.topic, lane.partition, next_offset, revision, failures, stopped_because, attempts, suspected_to, seen

-- name: step_back
-- Lanes whose operator has stepped over records that there are not, behind the end of the log, are set back to it: what
-- comes there next is no record that anybody meant. What was noted of them goes with it.
WITH beyond AS (
    SELECT lane.topic, lane.partition, log_end, next_offset
      FROM unnest($1::text[], $2::int[], $3::bigint[]) AS log (topic, partition, log_end)
     CROSS JOIN LATERAL (
        SELECT * FROM lane
         WHERE lane.topic = log.topic AND lane.partition = log.partition AND lane.next_offset > log.log_end OFFSET 0
     ) AS lane
     WHERE next_offset - log_end = (
        SELECT count(*) FROM held_record
         WHERE held_record.topic = lane.topic AND held_record.partition = lane.partition AND reason = 'skipped'
           AND "offset" >= log_end AND "offset" < next_offset)
), noted AS (
    DELETE FROM held_record USING beyond
     WHERE held_record.topic = beyond.topic AND held_record.partition = beyond.partition AND reason = 'skipped'
       AND "offset" >= log_end AND "offset" < beyond.next_offset
)
UPDATE lane SET next_offset = log_end, revision = revision + 1
  FROM beyond
 WHERE lane.topic = beyond.topic AND lane.partition = beyond.partition AND lane.next_offset = beyond.next_offset
RETURNING lane.topic, lane.partition

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
-- What this transaction publishes, as one statement however many pages: each would cost a round trip.
INSERT INTO outbox (lane_topic, lane_partition, revision, part, events)
SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[], $4::int[], $5::bytea[])

-- name: read_outbox
-- What lanes have still to publish, in the order in which it was committed and must be sent. Found by their key, lane
-- by lane, as in claim_lanes.
SELECT lane_topic, lane_partition, revision, part, events
  FROM unnest($1::text[], $2::int[]) AS mine (topic, partition)
 CROSS JOIN LATERAL (
    SELECT * FROM outbox WHERE lane_topic = mine.topic AND lane_partition = mine.partition OFFSET 0
 ) AS page
 ORDER BY lane_topic, lane_partition, revision, part

-- name: forget_pages
-- As claim_lanes does in passing: for a process in which nothing more is committed. By place and not by a join, so that
-- the index finds them however the table looked when the plan was made.
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
-- Which of these events come for the first time. Another transaction that claims the same one waits here for the first
-- to end, so that no two processes can both handle it.
INSERT INTO inbox (event_id, source, digest)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::bigint[]) ON CONFLICT DO NOTHING
RETURNING event_id, source

-- name: read_inbox
-- What those events said that were there before, to tell what is sent again from an id that is used again.
SELECT inbox.event_id, inbox.source, inbox.digest
  FROM unnest($1::uuid[], $2::text[]) AS wanted (event_id, source)
 CROSS JOIN LATERAL (
    SELECT * FROM inbox WHERE inbox.event_id = wanted.event_id AND inbox.source = wanted.source OFFSET 0
 ) AS inbox

-- name: release_inbox
-- For records that are held after all: they come again under the same id, and may not be duplicates of themselves.
DELETE FROM inbox WHERE ctid = ANY (ARRAY(
    SELECT known.ctid
      FROM unnest($1::uuid[], $2::text[]) AS wanted (event_id, source)
     CROSS JOIN LATERAL (
        SELECT ctid FROM inbox WHERE inbox.event_id = wanted.event_id AND inbox.source = wanted.source OFFSET 0
     ) AS known
))
