-- What rounds left behind them, in the journal's own schema.

-- name: read_round
-- When a round was whole, and what all that it published has in common.
SELECT happened_at, recorded_at, correlation_id, data ->> 'track' AS track
  FROM event WHERE thing_id = $1 AND type = 'engage.round.completed.v1' AND data IS NOT NULL
 ORDER BY happened_at DESC LIMIT 1

-- name: read_held
-- What was proposed or confirmed once a round was whole: by the last word on each assignment that came with it ($1), or
-- was recorded before its end ($2).
SELECT coalesce(assignment.story_id, assignment.parent_id) AS application_id, assignment.need_id,
       assignment.facts ->> 'title' AS project, assignment.facts ->> 'organisation' AS organisation,
       assignment.facts ->> 'need' AS need, (assignment.facts ->> 'fit')::integer AS fit
  FROM thing AS assignment
 CROSS JOIN LATERAL (
       SELECT data ->> 'to' AS state FROM event
        WHERE event.thing_id = assignment.id AND event.type LIKE 'engage.assignment.%' AND data ? 'to'
          AND (event.correlation_id = $1 OR event.recorded_at <= $2)
        ORDER BY (data ->> 'version')::integer DESC LIMIT 1) AS said
 WHERE assignment.kind = 'assignment' AND said.state IN ('proposed', 'confirmed')
   AND assignment.need_id IS NOT NULL AND coalesce(assignment.story_id, assignment.parent_id) IS NOT NULL
 ORDER BY 1, 2

-- name: read_nominated
-- Which need held each application to the contest in a round ($1), by what it nominated.
SELECT DISTINCT ON (1) said.thing_id AS application_id, (said.data ->> 'held_need_id')::uuid AS need_id,
       said.data ->> 'project_title' AS project, said.data ->> 'organisation_name' AS organisation,
       need.value ->> 'need_title' AS need, (need.value ->> 'fit')::integer AS fit
  FROM event AS said
  LEFT JOIN LATERAL jsonb_array_elements(said.data -> 'needs') AS need
    ON need.value ->> 'need_id' = said.data ->> 'held_need_id'
 WHERE said.correlation_id = $1 AND said.type = 'engage.nomination.proposed.v1'
   AND said.data ->> 'held_need_id' IS NOT NULL
 ORDER BY 1, said.happened_at DESC
