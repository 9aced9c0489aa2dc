-- name: begin_lanes_at
-- Where lanes begin once more, of a service that does not run. A lane that it never opened gets its row.
INSERT INTO lane (topic, partition, next_offset)
SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[])
    ON CONFLICT (topic, partition) DO UPDATE
   SET next_offset = excluded.next_offset, revision = lane.revision + 1, attempts = 0, suspected_to = 0

-- name: list_lanes
-- Where every lane stands. The pages of each are counted by the key of the outbox, in which a lane's are neighbours.
SELECT lane.topic, lane.partition, next_offset, revision, stopped_because, attempts, failures,
       (SELECT count(*) FROM outbox
         WHERE lane_topic = lane.topic AND lane_partition = lane.partition) AS unrelayed_pages,
       (SELECT min(outbox.revision) FROM outbox
         WHERE lane_topic = lane.topic AND lane_partition = lane.partition) AS first_page
  FROM lane
 ORDER BY lane.topic, lane.partition

-- name: resume_lane
-- Lets a stopped lane go on. One more revision fences off whoever owned it while it was stopped; `moved` tells the next
-- owner, which looks at nothing else of a lane that it has open.
UPDATE lane SET stopped_because = NULL, failures = 0, moved = true, revision = revision + 1
 WHERE topic = $1 AND partition = $2 AND stopped_because IS NOT NULL

-- name: skip_offset
-- Steps over the record that a lane stands at, and keeps that this was decided, by whom and why.
-- Fences whoever is at work there: its next transaction finds another revision, and the lane is opened anew. Both in
-- one statement, so that no record is stepped over of which nothing is told.
WITH stepped AS (
    UPDATE lane
       SET next_offset = next_offset + 1, moved = true, revision = revision + 1, attempts = 0, suspected_to = 0,
           stopped_because = NULL
     WHERE topic = $1 AND partition = $2 AND next_offset = $3
    RETURNING true
)
INSERT INTO held_record (topic, partition, "offset", dead_letter_id, state, reason, detail, blocks, headers,
                         recorded_at, held_at, requested_by, requested_why, resolved_at)
SELECT $1, $2, $3, $4, 'discarded', 'skipped', 'an operator stepped over it', false, '[]', $7, $7, $5, $6, $7
  FROM stepped
ON CONFLICT (topic, partition, "offset") DO UPDATE
   SET state = 'discarded', reason = 'skipped', requested_by = excluded.requested_by,
       requested_why = excluded.requested_why, resolved_at = excluded.resolved_at
RETURNING true

-- name: read_position
-- Where a lane stands, for what an operator is told who believed it elsewhere.
SELECT next_offset FROM lane WHERE topic = $1 AND partition = $2

-- name: list_held
-- What is set aside, without its content, which may be personal; a filter that is null leaves everything in.
-- The key is compared as bytes, since not every key is a text, and shown escaped for the same reason.
SELECT dead_letter_id AS id, state, reason, detail, topic, partition, "offset", encode(key, 'escape') AS key,
       recorded_at, held_at, retries, awaits, requested, requested_by, requested_why, claimed_by, claimed_why,
       claimed_until, replaced_by
  FROM held_record
 WHERE ($1::text IS NULL OR topic = $1) AND ($2::bytea IS NULL OR key = $2) AND ($3::text IS NULL OR reason = $3)
   AND ($4::text IS NULL OR state = $4) AND held_at <= $5
 ORDER BY held_at, topic, partition, "offset"

-- name: find_held
-- One record that is or was set aside, with all that is kept of it.
SELECT topic, partition, "offset", dead_letter_id, state, reason, detail, awaits, blocks, key, value, headers, recorded_at,
       held_at, waiting_since, retry_at, retries, attempts, requested, requested_by, requested_why, repair_id, replaced_by,
       claimed_by, claimed_why, claimed_until, resolved_at
  FROM held_record WHERE dead_letter_id = $1

-- name: standing_of
-- How one record stands that is or was set aside, without its content, and how many of its key wait behind it.
SELECT held.state, held.reason, held.requested,
       (SELECT count(*) FROM held_record AS behind
         WHERE behind.topic = held.topic AND behind.partition = held.partition AND behind.key = held.key
           AND behind.state = 'behind' AND behind.blocks AND behind.resolved_at IS NULL) AS behind
  FROM held_record AS held WHERE dead_letter_id = $1

-- name: count_held
-- How much is set aside and undecided, by state and reason, and since when.
SELECT state, reason, count(*) AS records, min(held_at) AS oldest
  FROM held_record WHERE resolved_at IS NULL GROUP BY state, reason ORDER BY state, reason
