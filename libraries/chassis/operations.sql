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
       recorded_at, held_at, retries, awaits, requested, requested_by, requested_why
  FROM held_record
 WHERE ($1::text IS NULL OR topic = $1) AND ($2::bytea IS NULL OR key = $2) AND ($3::text IS NULL OR reason = $3)
   AND ($4::text IS NULL OR state = $4) AND held_at <= $5
 ORDER BY held_at, topic, partition, "offset"

-- name: find_held
-- One record that is or was set aside, with all that is kept of it.
SELECT * FROM held_record WHERE dead_letter_id = $1

-- name: decide_on_held
-- Writes down what is to become of a record; the lane's owner, who alone may, does it at its next look.
-- What stands behind another has no say of its own, and what is resolved is over: a decision that comes too late
-- changes nothing of what was decided before.
UPDATE held_record SET requested = $2, requested_by = $3, requested_why = $4
 WHERE dead_letter_id = $1 AND state IN ('dead', 'waiting') AND resolved_at IS NULL

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

-- name: group_held
-- What waits for a decision, by what it has in common. Header names and values are in hexadecimal within JSON, so that
-- a sender's bytes are shown escaped; of what came in structured mode type and source are not known here.
SELECT state, reason, topic, type, source, count(*) AS records, min(held_at) AS oldest, max(held_at) AS newest,
       count(*) FILTER (WHERE has_content) AS replayable
  FROM (SELECT state, reason, topic, held_at, headers <> '[]' OR topic LIKE 'duty.%' AS has_content,
               left(encode(decode(substring(convert_from(headers, 'UTF8') FROM '\["ce_type","([0-9a-f]*)"\]'), 'hex'),
                           'escape'), 200) AS type,
               left(encode(decode(substring(convert_from(headers, 'UTF8') FROM '\["ce_source","([0-9a-f]*)"\]'), 'hex'),
                           'escape'), 200) AS source
          FROM held_record
         WHERE state IN ('dead', 'waiting') AND resolved_at IS NULL AND requested IS NULL) AS held
 GROUP BY state, reason, topic, type, source ORDER BY count(*) DESC, min(held_at) LIMIT $1

-- name: select_held
-- What a selection means: undecided, and, where it is to be tried again, with something to try.
SELECT dead_letter_id AS id, state, reason, detail, topic, partition, "offset", encode(key, 'escape') AS key,
       recorded_at, held_at, retries
  FROM held_record
 WHERE state IN ('dead', 'waiting') AND resolved_at IS NULL AND requested IS NULL
   AND ($1::uuid[] IS NULL OR dead_letter_id = ANY($1)) AND ($2::text IS NULL OR state = $2)
   AND ($3::text IS NULL OR reason = $3) AND ($4::text IS NULL OR topic = $4)
   AND ($5::text IS NULL OR coalesce(left(encode(decode(substring(
        convert_from(headers, 'UTF8') FROM '\["ce_type","([0-9a-f]*)"\]'), 'hex'), 'escape'), 200), '') = $5)
   AND ($6::text IS NULL OR coalesce(left(encode(decode(substring(
        convert_from(headers, 'UTF8') FROM '\["ce_source","([0-9a-f]*)"\]'), 'hex'), 'escape'), 200), '') = $6)
   AND held_at <= $7 AND ($8 <> 'replay' OR headers <> '[]' OR topic LIKE 'duty.%')
 ORDER BY held_at, topic, partition, "offset" LIMIT $9

-- name: decide_on_many
-- As `decide_on_held`, of many; what was decided on or dealt with meanwhile is left as it is.
UPDATE held_record SET requested = $2, requested_by = $3, requested_why = $4
 WHERE dead_letter_id = ANY($1) AND state IN ('dead', 'waiting') AND resolved_at IS NULL AND requested IS NULL
   AND ($2 <> 'replay' OR headers <> '[]' OR topic LIKE 'duty.%')
RETURNING dead_letter_id

-- name: outcomes
-- What became of records: as they stand now. One that only waited and went well has left no trace.
SELECT asked.id, held.state, held.reason, held.requested, held.retries, held.resolved_at,
       held.state = 'discarded' AND held.headers <> '[]' AND held.reason <> 'skipped' AS can_be_undone
  FROM unnest($1::uuid[]) AS asked (id) LEFT JOIN held_record AS held ON held.dead_letter_id = asked.id

-- name: undo_discards
-- Dead again, as long as its content is kept. It holds nothing back any more: what stood behind it has gone on.
UPDATE held_record
   SET state = 'dead', blocks = false, requested = NULL, requested_by = NULL, requested_why = NULL, resolved_at = NULL
 WHERE dead_letter_id = ANY($1) AND state = 'discarded' AND headers <> '[]' AND reason <> 'skipped'
RETURNING dead_letter_id
