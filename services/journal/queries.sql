-- name: read_months
-- The months that there are tables for, by their first days.
SELECT to_date(right(child.relname, 7), 'YYYY_MM')
  FROM pg_catalog.pg_inherits
  JOIN pg_catalog.pg_class AS child ON child.oid = inhrelid
 WHERE inhparent = 'event'::regclass

-- name: make_months
-- Makes tables for months that have none yet.
SELECT make_months($1)

-- name: fetch_things
-- What is known of the things that a batch names; asked for one by one, so that no plan reads the whole table.
SELECT thing.id, kind, story_id, parent_id, need_id, mentor_id, state, version, recorded_at, said_by, said_at, facts,
       erased_at, first_at, last_at
  FROM unnest($1::uuid[]) AS wanted (id)
 CROSS JOIN LATERAL (SELECT * FROM thing WHERE thing.id = wanted.id OFFSET 0) AS thing

-- name: save_things
-- Writes what a batch has changed of things that were there before. There is one writer: nobody else has changed them.
UPDATE thing
   SET kind = changed.kind, story_id = changed.story_id, parent_id = changed.parent_id, need_id = changed.need_id,
       mentor_id = changed.mentor_id, state = changed.state, version = changed.version,
       recorded_at = changed.recorded_at, said_by = changed.said_by, said_at = changed.said_at, facts = changed.facts,
       erased_at = changed.erased_at, first_at = changed.first_at, last_at = changed.last_at
  FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::integer[],
              $9::timestamptz[], $10::text[], $11::timestamptz[], $12::jsonb[], $13::timestamptz[], $14::timestamptz[],
              $15::timestamptz[])
       AS changed (id, kind, story_id, parent_id, need_id, mentor_id, state, version, recorded_at, said_by, said_at,
                   facts, erased_at, first_at, last_at)
 WHERE thing.id = changed.id

-- name: empty_things
-- What was said of what belongs to applications whose content was erased is taken out of things …
UPDATE thing
   SET facts = facts - $2::text[]
  FROM unnest($1::uuid[]) AS erased (id)
 WHERE thing.id = erased.id OR coalesce(thing.story_id, thing.parent_id) = erased.id

-- name: empty_events
-- … and out of the events that said it, whenever that was: services that hear of an erasure late say the old names still.
UPDATE event
   SET data = data - $2::text[]
  FROM unnest($1::uuid[]) AS erased (id), thing
 WHERE (thing.id = erased.id OR coalesce(thing.story_id, thing.parent_id) = erased.id)
   AND event.thing_id = thing.id

-- name: withdraw_from_things
-- What was public of applications and is no more is taken out of things; the application's own are written after it …
UPDATE thing
   SET facts = facts - $2::text[]
  FROM unnest($1::uuid[]) AS withdrawn (id)
 WHERE coalesce(thing.story_id, thing.parent_id) = withdrawn.id

-- name: withdraw_from_events
-- … and out of the events that said it. What says already that it is not published stays.
UPDATE event
   SET data = data - $2::text[]
  FROM unnest($1::uuid[]) AS withdrawn (id), thing
 WHERE (thing.id = withdrawn.id OR coalesce(thing.story_id, thing.parent_id) = withdrawn.id)
   AND event.thing_id = thing.id AND event.data ->> 'project_title' IS DISTINCT FROM $3

-- name: drop_months
-- Drops all months before one.
SELECT drop_months($1)

-- name: forget_things
-- Forgets what no event that is still there has spoken of.
DELETE FROM thing WHERE last_at < $1

-- name: forget_all_things
DELETE FROM thing

-- name: forget_held
-- What was set aside is read again with all else.
DELETE FROM held_record

-- name: forget_repairs
DELETE FROM repair

-- name: forget_inbox
DELETE FROM inbox

-- name: begin_lanes_again
-- From the beginning of each topic. One more revision of every lane, the writer's too, fences off a journal that runs:
-- it opens them anew, and reads its state again.
UPDATE lane
   SET next_offset = CASE WHEN topic LIKE '%.v%' THEN 0 ELSE next_offset END, seen = '{}', failures = 0, attempts = 0,
       suspected_to = 0, stopped_because = NULL, moved = true, revision = revision + 1
