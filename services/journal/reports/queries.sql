-- What a report of an edition counts: each question once for the whole edition, by ids with an index.

-- name: list_editions
-- Every edition that an application named.
SELECT DISTINCT facts ->> 'edition' AS edition FROM thing WHERE kind = 'application' AND facts ? 'edition' ORDER BY 1

-- name: read_applications
-- Its applications, each with its project as it took part last; null where it never met the rules, or was erased.
SELECT application.id, application.state, application.facts ->> 'track' AS track,
       application.facts ->> 'decision' AS decision, said.project
  FROM thing AS application
  LEFT JOIN LATERAL (
       SELECT data -> 'project' AS project FROM event
        WHERE event.thing_id = application.id
          AND type IN ('engage.application.registered.v1', 'engage.application.amended.v1') AND data ? 'project'
        ORDER BY happened_at DESC, recorded_at DESC LIMIT 1) AS said ON true
 WHERE application.kind = 'application' AND ($1::text IS NULL OR application.facts ->> 'edition' = $1)
 ORDER BY application.id

-- name: read_parts
-- The assignments, pairs and obstacles of applications.
SELECT id, kind, coalesce(story_id, parent_id) AS application_id, state, need_id, first_at, said_at,
       facts ->> 'service' AS service
  FROM thing
 WHERE coalesce(story_id, parent_id) = ANY($1::uuid[]) AND kind IN ('assignment', 'pair', 'obstacle')
 ORDER BY id

-- name: read_meetings
-- How often pairs met and for how many minutes; a meeting that was told twice counts as told last.
SELECT count(*) AS meetings, coalesce(sum(minutes), 0) AS minutes
  FROM (SELECT DISTINCT ON (thing_id, data ->> 'meeting_id') (data ->> 'minutes')::integer AS minutes
          FROM event WHERE thing_id = ANY($1::uuid[]) AND type = 'engage.pair.meeting-held.v1'
         ORDER BY thing_id, data ->> 'meeting_id', happened_at DESC, recorded_at DESC) AS meeting

-- name: read_rooted
-- The assignments whose project took root: that action of their support plan is finished.
SELECT thing_id
  FROM (SELECT DISTINCT ON (thing_id) thing_id, data ->> 'to' AS state
          FROM event WHERE thing_id = ANY($1::uuid[]) AND type = 'engage.support.action-changed.v1'
           AND data ->> 'action' = 'rooting'
         ORDER BY thing_id, happened_at DESC, recorded_at DESC) AS action
 WHERE state = 'finished'

-- name: read_impact
-- The figures of each project's years, as they were told last, by its assignment.
SELECT DISTINCT ON (thing_id, data ->> 'year')
       thing_id, (data ->> 'year')::integer AS year, data -> 'figures' AS figures
  FROM event WHERE thing_id = ANY($1::uuid[]) AND type = 'engage.impact.recorded.v1'
 ORDER BY thing_id, data ->> 'year', happened_at DESC, recorded_at DESC

-- name: read_begun
-- The pairs of applications that began, whatever became of them.
SELECT DISTINCT event.thing_id
  FROM thing JOIN event ON event.thing_id = thing.id AND event.type = 'engage.pair.activated.v1'
 WHERE coalesce(thing.story_id, thing.parent_id) = ANY($1::uuid[]) AND thing.kind = 'pair'
