-- name: lock_pool
SELECT name FROM pool WHERE name = 'mentors' FOR UPDATE

-- name: fetch_mentors
SELECT mentor_id, person_id, profile, capacity, line_manager_authorised, ethics_check_done, active, pending,
       starts, version, paused_until, authorised_until, handled, accompanied
  FROM mentor

-- Pairs answered or ended, the open ones of leads whose assignment changed, of mentors who change or abstain.
-- name: fetch_pairs
SELECT pair_id, assignment_id, application_id, mentor_id, fit, rules_version, offered_at, expires_at, started_at, state,
       version, meetings, last_contact_at, steps, stepped_at, ends_at, review_asked_at, mentor_wish, lead_wish, paused_until
  FROM pair
 WHERE pair_id IN (
       SELECT unnest($1::uuid[])
       UNION ALL
       SELECT pair_id FROM pair WHERE open AND assignment_id = ANY($2::uuid[])
       UNION ALL
       SELECT pair_id FROM pair WHERE open AND mentor_id = ANY($3::uuid[])
 )

-- name: fetch_expired
SELECT pair_id
  FROM pair
 WHERE expires_at <= $1 AND recorded_at <= $1 - (expires_at - offered_at) AND state IN ('offered', 'accepted-by-mentor', 'accepted-by-lead')
 ORDER BY expires_at, pair_id
 LIMIT $2

-- name: fetch_idle
SELECT pair_id FROM pair WHERE state = 'active' AND due_at <= $1 ORDER BY due_at, pair_id LIMIT $2

-- A few thousand rows are read faster than an index on what changes with every pair is kept.
-- name: take_reopened
UPDATE mentor
   SET reopens_at = NULL
 WHERE mentor_id IN (SELECT mentor_id FROM mentor WHERE reopens_at <= $1 ORDER BY reopens_at, mentor_id LIMIT $2)
RETURNING mentor_id

-- name: fetch_late
SELECT obstacle_id FROM obstacle WHERE due_at <= $1 ORDER BY due_at, obstacle_id LIMIT $2

-- Obstacles reported or updated, and the open ones of assignments that may end.
-- name: fetch_obstacles
SELECT obstacle_id, assignment_id, kind, service, opened_at, due_at, state, level, reason, version
  FROM obstacle
 WHERE obstacle_id = ANY($1::uuid[])
    OR (assignment_id = ANY($2::uuid[]) AND state NOT IN ('lifted', 'abandoned'))

-- name: fetch_meetings
SELECT meeting_id FROM meeting WHERE meeting_id = ANY($1::uuid[])

-- name: fetch_leads
SELECT assignment_id, application_id, lead_id, owner_id, directorate, organisation_name, project_title, themes,
       territories, skills, languages, slots, confirmed_at, state, told, passed
  FROM lead
 WHERE assignment_id = ANY($1::uuid[]) OR application_id = ANY($2::uuid[])

-- The first who wait, as many as places may become free, and all those who are particular: some mentor, known or
-- about to enrol, may not accompany them, so they may have to let others pass.
-- name: fetch_queue
WITH waiting AS MATERIALIZED (
    SELECT assignment_id,
           confirmed_at,
           passed <> '{}'
           OR languages <> '{}'
           OR application_id = ANY($2::uuid[])
           OR application_id IN (SELECT application_id FROM recusal)
           OR application_id IN (SELECT unnest(handled) FROM mentor)
           OR owner_id = ANY($3::uuid[])
           OR lead_id = ANY($3::uuid[])
           OR owner_id IN (SELECT person_id FROM mentor)
           OR lead_id IN (SELECT person_id FROM mentor) AS particular
      FROM lead
     WHERE state = 'waiting'
), looked_at AS (
    SELECT assignment_id FROM waiting WHERE particular
    UNION ALL
    (SELECT assignment_id FROM waiting WHERE NOT particular ORDER BY confirmed_at, assignment_id LIMIT $1)
)
SELECT assignment_id, application_id, lead_id, owner_id, directorate, organisation_name, project_title, themes,
       territories, skills, languages, slots, confirmed_at, state, told, passed
  FROM lead
 WHERE assignment_id IN (SELECT assignment_id FROM looked_at)

-- name: fetch_recusals
SELECT application_id, mentor_id FROM recusal WHERE application_id = ANY($1::uuid[])

-- name: save_mentors
INSERT INTO mentor (
       mentor_id, person_id, profile, capacity, line_manager_authorised, ethics_check_done, active, version,
       paused_until, authorised_until, handled, reopens_at
)
SELECT mentor_id, person_id, profile, capacity, line_manager_authorised, ethics_check_done, active, version,
       paused_until, authorised_until, handled::uuid[], reopens_at
  FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::integer[], $5::boolean[], $6::boolean[], $7::boolean[],
              $8::integer[], $9::date[], $10::date[], $11::text[], $12::timestamptz[])
       AS form (mentor_id, person_id, profile, capacity, line_manager_authorised, ethics_check_done, active, version,
                paused_until, authorised_until, handled, reopens_at)
    ON CONFLICT (mentor_id) DO UPDATE
   SET person_id = excluded.person_id,
       profile = excluded.profile,
       capacity = excluded.capacity,
       line_manager_authorised = excluded.line_manager_authorised,
       ethics_check_done = excluded.ethics_check_done,
       active = excluded.active,
       version = excluded.version,
       paused_until = excluded.paused_until,
       authorised_until = excluded.authorised_until,
       handled = excluded.handled,
       reopens_at = excluded.reopens_at

-- The last line: what was read must still hold, and nobody is offered above the capacity of that moment.
-- name: save_places
UPDATE mentor
   SET accompanied = change.accompanied::uuid[], pending = change.pending,
       starts = change.starts::timestamptz[], reopens_at = change.reopens_at
  FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::integer[], $5::integer[], $6::text[], $7::integer[],
              $8::timestamptz[], $9::text[])
       AS change (mentor_id, held_before, pending_before, held, pending, starts, ceiling, reopens_at, accompanied)
 WHERE mentor.mentor_id = change.mentor_id
   AND mentor.held = change.held_before
   AND mentor.pending = change.pending_before
   AND (change.ceiling IS NULL OR change.held <= change.ceiling)

-- name: save_leads
UPDATE lead
   SET organisation_name = change.organisation_name,
       project_title = change.project_title,
       owner_id = change.owner_id,
       directorate = change.directorate,
       lead_id = change.lead_id,
       themes = change.themes,
       territories = change.territories,
       skills = change.skills,
       languages = change.languages,
       slots = change.slots,
       confirmed_at = change.confirmed_at,
       state = change.state,
       told = change.told,
       passed = change.passed
  FROM json_to_recordset($1::json) AS change (
           assignment_id uuid, organisation_name text, project_title text, owner_id uuid, directorate text, lead_id uuid,
           themes text[], territories text[], skills text[], languages text[], slots text[], confirmed_at timestamptz,
           state text, told boolean, passed uuid[]
       )
 WHERE lead.assignment_id = change.assignment_id

-- name: save_pairs
UPDATE pair
   SET state = change.state,
       started_at = change.started_at,
       version = change.version,
       meetings = change.meetings,
       last_contact_at = change.last_contact_at,
       steps = change.steps,
       stepped_at = change.stepped_at,
       ends_at = change.ends_at,
       review_asked_at = change.review_asked_at,
       mentor_wish = change.mentor_wish,
       lead_wish = change.lead_wish,
       paused_until = change.paused_until,
       due_at = change.due_at
  FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::integer[], $5::integer[], $6::timestamptz[],
              $7::integer[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[], $11::text[], $12::text[],
              $13::date[], $14::timestamptz[])
       AS change (pair_id, state, started_at, version, meetings, last_contact_at, steps, stepped_at, ends_at,
                  review_asked_at, mentor_wish, lead_wish, paused_until, due_at)
 WHERE pair.pair_id = change.pair_id

-- name: save_recusals
INSERT INTO recusal (application_id, mentor_id, declared_at)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[])
    ON CONFLICT DO NOTHING

-- name: save_obstacles
INSERT INTO obstacle (obstacle_id, assignment_id, kind, service, opened_at, due_at, state, level, reason, version)
SELECT *
  FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::text[],
              $8::integer[], $9::text[], $10::integer[])
    ON CONFLICT (obstacle_id) DO UPDATE
   SET service = excluded.service,
       due_at = excluded.due_at,
       state = excluded.state,
       level = excluded.level,
       reason = excluded.reason,
       version = excluded.version

-- name: fetch_actions
SELECT assignment_id, code, state, reason, version FROM support_action WHERE assignment_id = ANY($1::uuid[])

-- name: fetch_introductions
SELECT introduction_id, assignment_id, partner_kind, partner_name, made_on, outcome, version
  FROM introduction
 WHERE introduction_id = ANY($1::uuid[])

-- name: save_actions
INSERT INTO support_action (assignment_id, code, state, reason, version)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::integer[])
    ON CONFLICT (assignment_id, code) DO UPDATE
   SET state = excluded.state, reason = excluded.reason, version = excluded.version

-- name: save_introductions
INSERT INTO introduction (introduction_id, assignment_id, partner_kind, partner_name, made_on, outcome, version)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::date[], $6::text[], $7::integer[])
    ON CONFLICT (introduction_id) DO UPDATE
   SET partner_kind = excluded.partner_kind,
       partner_name = excluded.partner_name,
       made_on = excluded.made_on,
       outcome = excluded.outcome,
       version = excluded.version

-- name: fetch_impacts
SELECT assignment_id, year, figures, version FROM impact WHERE assignment_id = ANY($1::uuid[])

-- name: save_impacts
INSERT INTO impact (assignment_id, year, figures, version)
SELECT * FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::integer[])
    ON CONFLICT (assignment_id, year) DO UPDATE SET figures = excluded.figures, version = excluded.version
