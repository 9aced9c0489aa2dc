-- What is asked of the journal, in its own schema: by ids, each with an index, and lists for people, of hundreds of rows.

-- name: read_positions
-- How far each partition has been read, and when the last record of it was produced that was kept; the journal's own
-- lanes have no records.
SELECT topic, partition, next_offset,
       (SELECT recorded_at FROM event WHERE event.topic = lane.topic AND event.partition = lane.partition
         ORDER BY "offset" DESC LIMIT 1) AS last_recorded_at
  FROM lane WHERE topic LIKE '%.v%' ORDER BY topic, partition

-- name: find_stories
-- The stories of ids: of things, of events, of what began events, of traces. Each thing leads to what it hangs on, and
-- that on, until there is nothing more; what was named and never spoke itself is a story too.
WITH RECURSIVE named (id) AS (
    SELECT id FROM thing WHERE id = ANY($1::uuid[])
    UNION
    SELECT thing_id FROM event WHERE id = ANY($3::text[])
    UNION
    SELECT thing_id FROM event WHERE correlation_id = ANY($3::text[])
    UNION
    SELECT thing_id FROM event WHERE trace_id = ANY($1::uuid[])
    UNION
    -- What only others have named: a mentor by their pairs, an application by a dead letter.
    SELECT coalesce(story_id, parent_id) FROM thing WHERE coalesce(story_id, parent_id) = ANY($1::uuid[])
    UNION
    SELECT mentor_id FROM thing WHERE mentor_id = ANY($1::uuid[])
), above (id, parent) AS (
    SELECT named.id, coalesce(thing.story_id, thing.parent_id) FROM named LEFT JOIN thing ON thing.id = named.id
    UNION
    SELECT above.parent, coalesce(thing.story_id, thing.parent_id)
      FROM above LEFT JOIN thing ON thing.id = above.parent
     WHERE above.parent IS NOT NULL
)
SELECT DISTINCT id FROM above WHERE parent IS NULL ORDER BY id LIMIT $2

-- name: find_organisations
-- The applications of organisations, by their SIREN and RNA numbers.
SELECT id FROM thing WHERE facts ? 'siren' AND facts ->> 'siren' = ANY($1::text[])
UNION
SELECT id FROM thing WHERE facts ? 'rna' AND facts ->> 'rna' = ANY($2::text[])
 ORDER BY id LIMIT $3

-- name: read_parts
-- All things of a story, that with which it begins first.
WITH RECURSIVE part (id) AS (
    SELECT $1::uuid
    UNION
    SELECT thing.id FROM part JOIN thing ON coalesce(thing.story_id, thing.parent_id) = part.id
)
SELECT id, kind, story_id, parent_id, need_id, mentor_id, state, version, recorded_at, said_by, said_at, facts,
       erased_at, first_at, last_at
  FROM part JOIN thing USING (id) ORDER BY (id <> $1), first_at, id

-- name: read_names
-- What things are of: the organisation and the title of what each belongs to, as far as anybody may know them.
SELECT wanted.id, coalesce(story.facts ->> 'organisation', thing.facts ->> 'organisation') AS organisation,
       coalesce(story.facts ->> 'title', thing.facts ->> 'title') AS title, coalesce(story.id, thing.id) AS story_id
  FROM unnest($1::uuid[]) AS wanted (id)
  JOIN thing ON thing.id = wanted.id
  LEFT JOIN thing AS story ON story.id = coalesce(thing.story_id, thing.parent_id)

-- name: read_referring
-- Things of other stories that refer to what a story begins with: assignments to a need, pairs to a mentor, and what a
-- round spoke of, which all has the round's correlation.
SELECT id, kind, story_id, parent_id, need_id, mentor_id, state, version, recorded_at, said_by, said_at, facts,
       erased_at, first_at, last_at
  FROM (
    SELECT * FROM thing WHERE need_id = $1
    UNION
    SELECT * FROM thing WHERE mentor_id = $1 AND kind = 'pair'
    UNION
    SELECT * FROM thing
     WHERE id IN (SELECT said.thing_id
                    FROM event AS round JOIN event AS said ON said.correlation_id = round.correlation_id
                   WHERE round.thing_id = $1 AND round.type = 'engage.round.completed.v1' AND said.topic = round.topic)
       AND id <> $1
  ) AS referring
 ORDER BY first_at, id LIMIT $2

-- name: read_steps
-- The events about things, the newest first, as many as are asked for, each with when its cause was recorded.
SELECT told.id, type, source, happened_at, told.recorded_at, received_at, thing_id, causation_id, correlation_id, trace_id,
       sequence, data, cause.recorded_at AS caused_at
  FROM (SELECT * FROM event WHERE thing_id = ANY($1::uuid[]) ORDER BY happened_at DESC, recorded_at DESC LIMIT $2)
       AS told
  LEFT JOIN LATERAL (SELECT recorded_at FROM event WHERE event.id = told.causation_id LIMIT 1) AS cause ON true

-- name: read_people
-- Whom events about things speak of, and as what; an id that is none was no contract's.
SELECT DISTINCT known.role, (data ->> known.field)::uuid AS person_id
  FROM event
  JOIN (VALUES ('lead', 'lead_id'), ('owner', 'owner_id'), ('mentor', 'mentor_person_id')) AS known (role, field)
    ON data ->> known.field ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
 WHERE thing_id = ANY($1::uuid[])
 ORDER BY role, person_id LIMIT $2

-- name: list_applications
-- Applications with the need that holds each now, and how far its pair is; the last changed first.
SELECT application.id, application.state, application.said_at, application.first_at, application.facts,
       held.facts ->> 'need' AS need, held.state AS assignment, pair.state AS pair
  FROM thing AS application
  LEFT JOIN LATERAL (
       SELECT * FROM thing WHERE coalesce(story_id, parent_id) = application.id AND kind = 'assignment'
          AND state IN ('proposed', 'confirmed') ORDER BY said_at DESC LIMIT 1) AS held ON true
  LEFT JOIN LATERAL (
       SELECT * FROM thing WHERE coalesce(story_id, parent_id) = application.id AND kind = 'pair'
        ORDER BY said_at DESC, id LIMIT 1) AS pair ON true
 WHERE application.kind = 'application'
   AND ($1::text IS NULL OR application.state = $1) AND ($2::text IS NULL OR application.facts ->> 'edition' = $2)
   AND ($3::uuid IS NULL OR EXISTS (
        SELECT FROM thing WHERE coalesce(story_id, parent_id) = application.id AND need_id = $3))
   AND ($4::timestamptz IS NULL OR application.last_at >= $4)
 ORDER BY application.said_at DESC, application.id LIMIT $5

-- name: list_needs
-- Needs by their titles, with how many projects are proposed and confirmed for each.
SELECT need.id, need.state, need.said_at, need.first_at, need.facts,
       (SELECT count(*) FROM thing WHERE need_id = need.id AND state = 'proposed') AS proposed,
       (SELECT count(*) FROM thing WHERE need_id = need.id AND state = 'confirmed') AS confirmed
  FROM thing AS need
 WHERE need.kind = 'need' AND ($1::text IS NULL OR need.state = $1) AND ($2::text IS NULL)
   AND ($3::uuid IS NULL OR need.id = $3) AND ($4::timestamptz IS NULL OR need.last_at >= $4)
 ORDER BY need.facts ->> 'title', need.id LIMIT $5

-- name: list_things
-- Things of a kind, the last changed first, each with what its story begins with.
SELECT listed.id, listed.state, listed.said_at, listed.first_at, listed.facts, listed.need_id, listed.mentor_id,
       coalesce(listed.story_id, listed.parent_id) AS story_id, story.kind AS story_kind,
       coalesce(story.facts ->> 'organisation', matter.facts ->> 'organisation') AS organisation,
       coalesce(story.facts ->> 'title', matter.facts ->> 'title') AS title
  FROM thing AS listed
  LEFT JOIN thing AS story ON story.id = listed.story_id
  LEFT JOIN thing AS matter ON matter.id = listed.parent_id
 WHERE listed.kind = $6
   AND ($1::text IS NULL OR listed.state = $1) AND ($2::text IS NULL OR story.facts ->> 'edition' = $2)
   AND ($3::uuid IS NULL OR listed.need_id = $3 OR EXISTS (
        SELECT FROM thing WHERE coalesce(thing.story_id, thing.parent_id) = listed.story_id AND thing.need_id = $3))
   AND ($4::timestamptz IS NULL OR listed.last_at >= $4)
   AND ($7::uuid IS NULL OR listed.mentor_id = $7) AND ($8::text IS NULL OR listed.facts ->> 'service' = $8)
   AND (NOT $9 OR listed.facts ? 'level' AND listed.state NOT IN ('lifted', 'abandoned'))
 ORDER BY listed.said_at DESC, listed.id LIMIT $5

-- name: list_mentors
-- Mentors by what their pairs and clearances say of them; who they are is nothing that anybody may read.
SELECT mentor_id AS id,
       count(*) FILTER (WHERE kind = 'pair' AND state = 'active') AS active,
       count(*) FILTER (WHERE kind = 'pair' AND state IN ('offered', 'accepted-by-mentor', 'accepted-by-lead',
                                                          'accepted')) AS offered,
       count(*) FILTER (WHERE kind = 'pair' AND state IN ('ended', 'declined', 'expired')) AS over,
       coalesce(sum((facts ->> 'meetings')::integer) FILTER (WHERE kind = 'pair'), 0) AS meetings,
       string_agg(DISTINCT (facts ->> 'clearance') || ': ' || state, ', ') FILTER (WHERE kind = 'clearance')
           AS clearances,
       min(first_at) AS first_at, max(said_at) AS said_at
  FROM thing
 WHERE mentor_id IS NOT NULL AND ($3::uuid IS NULL OR EXISTS (
        SELECT FROM thing AS assignment WHERE assignment.id = thing.parent_id AND assignment.need_id = $3))
   AND ($4::timestamptz IS NULL OR last_at >= $4)
 GROUP BY mentor_id
HAVING ($1::text IS NULL OR bool_or(kind = 'pair' AND state = $1)) AND $2::text IS NULL
 ORDER BY max(said_at) DESC, mentor_id LIMIT $5

-- name: last_words
-- Of each thing of a kind, where it is in one of the states or whatever it is, the last event of a type about it.
SELECT thing.id, said.happened_at, said.data
  FROM (SELECT id FROM thing WHERE kind = $1 AND ($3::text[] IS NULL OR state = ANY($3))
         ORDER BY last_at DESC, id LIMIT $4) AS thing
 CROSS JOIN LATERAL (SELECT happened_at, data FROM event
                      WHERE event.thing_id = thing.id AND event.type = $2 AND data IS NOT NULL
                      ORDER BY happened_at DESC, recorded_at DESC LIMIT 1) AS said
 ORDER BY said.happened_at DESC, thing.id

-- name: find_line
-- One thing as a list shows it.
SELECT id, kind, state, said_at, first_at, facts, need_id, mentor_id, coalesce(story_id, parent_id) AS story_id
  FROM thing WHERE id = $1 AND kind = $2

-- name: said_of
-- What events of some types say about a thing, the newest first.
SELECT thing_id AS id, happened_at, data FROM event
 WHERE thing_id = $1 AND type = ANY($2::text[]) AND data IS NOT NULL
 ORDER BY happened_at DESC, recorded_at DESC LIMIT $3
