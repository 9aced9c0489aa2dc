-- What operators ask about, in the service's own schema. Lists for people, of hundreds of rows: none is on a path that
-- an event takes, and none takes a lock that a writer would wait for. --

-- name: list_support_plans
-- Support plans of an assignment, and those with an action in a state, each where it is asked for; $3 are the actions
-- of the settings. An action that nothing has changed yet has no row, so that one is planned; one that the settings
-- no longer name has a row and stays in its plan: hence the full join.
SELECT assignment_id, project_title, organisation_name, plan.actions,
       (SELECT json_agg(json_build_object('introduction_id', introduction_id, 'partner_kind', partner_kind,
                                          'partner_name', partner_name, 'made_on', made_on, 'outcome', outcome)
                        ORDER BY made_on, introduction_id)
          FROM introduction WHERE introduction.assignment_id = lead.assignment_id) AS introductions
  FROM lead
 CROSS JOIN LATERAL (
       SELECT json_agg(json_build_object('action', code, 'state', coalesce(state, 'planned'), 'reason', reason)
                       ORDER BY code) AS actions,
              bool_or($2::text IS NULL OR coalesce(state, 'planned') = $2) AS asked_for
         FROM unnest($3::text[]) AS planned (code)
         FULL JOIN (
              SELECT code, state, reason
                FROM support_action WHERE support_action.assignment_id = lead.assignment_id
         ) AS changed USING (code)
 ) AS plan
 WHERE ($1::uuid IS NULL OR assignment_id = $1) AND plan.asked_for
 ORDER BY confirmed_at, assignment_id

-- name: list_impact
-- The figures of projects, those of one assignment where it is asked for, as an object by year.
SELECT assignment_id, project_title, organisation_name, json_object_agg(year, figures::json ORDER BY year) AS years
  FROM impact JOIN lead USING (assignment_id)
 WHERE $1::uuid IS NULL OR assignment_id = $1
 GROUP BY assignment_id, project_title, organisation_name, confirmed_at
 ORDER BY confirmed_at, assignment_id

-- name: find_mentor
SELECT mentor_id, person_id, source, profile, capacity, line_manager_authorised, ethics_check_done, active, pending,
       starts, version, paused_until, authorised_until, handled, accompanied, told_at, reopens_at, clearances
  FROM mentor WHERE mentor_id = $1

-- name: find_part
-- The part that a person has as a mentor: the one that goes on, else the last that was told of.
SELECT mentor_id, person_id, source, profile, capacity, line_manager_authorised, ethics_check_done, active, pending,
       starts, version, paused_until, authorised_until, handled, accompanied, told_at, reopens_at, clearances
  FROM mentor WHERE person_id = $1 ORDER BY active DESC, told_at DESC, mentor_id LIMIT 1

-- name: read_abstentions
SELECT application_id FROM recusal WHERE mentor_id = $1 ORDER BY application_id

-- name: find_lead
SELECT assignment_id, application_id, lead_id, owner_id, directorate, organisation_name, project_title, themes,
       territories, skills, languages, slots, confirmed_at, state, told, passed
  FROM lead WHERE assignment_id = $1 AND state <> 'released'
