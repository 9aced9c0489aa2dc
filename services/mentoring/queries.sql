-- The whole state, read when a writer begins and after a rollback. --

-- name: read_mentors
-- Every mentor, also those who left: a form may bring them back, and an open pair may name them. In order, so that a
-- writer that begins anew gives each the same bit.
SELECT mentor_id, person_id, source, profile, capacity, line_manager_authorised, ethics_check_done, active, pending,
       starts, version, paused_until, authorised_until, handled, accompanied, told_at, reopens_at, clearances
  FROM mentor
 ORDER BY mentor_id

-- name: read_leads
-- The leads whose assignment has not ended. No index holds them: it is read once a writer begins, and most are open.
SELECT assignment_id, application_id, lead_id, owner_id, directorate, organisation_name, project_title, themes,
       territories, skills, languages, slots, confirmed_at, state, told, passed
  FROM lead
 WHERE state <> 'released'

-- name: read_pairs
-- The open pairs, by the partial index that keeps a lead from having two.
SELECT pair_id, assignment_id, application_id, mentor_id, fit, rules_version, offered_at, expires_at, started_at, state,
       version, meetings, last_contact_at, steps, stepped_at, ends_at, review_asked_at, mentor_wish, lead_wish,
       paused_until, recorded_at
  FROM pair
 WHERE open

-- name: read_obstacles
-- What still stands in some project's way.
SELECT obstacle_id, assignment_id, kind, service, opened_at, due_at, state, level, reason, version,
       authors
  FROM obstacle
 WHERE state NOT IN ('lifted', 'abandoned')

-- name: read_recusals
-- Every recusal: an abstention is total and has no end, so that any offer to come has to know it.
SELECT application_id, mentor_id FROM recusal

-- What events name and memory lacks. Each id is looked up by itself (LATERAL, and OFFSET 0 keeps it so): a plan that
-- was made while the table was small stays right when it has grown. --

-- name: fetch_leads
-- Leads whose assignment has ended, to be confirmed anew or reported on.
SELECT lead.*
  FROM unnest($1::uuid[]) AS named (assignment_id)
 CROSS JOIN LATERAL (
       SELECT assignment_id, application_id, lead_id, owner_id, directorate, organisation_name, project_title, themes,
              territories, skills, languages, slots, confirmed_at, state, told, passed
         FROM lead
        WHERE lead.assignment_id = named.assignment_id
       OFFSET 0
 ) AS lead

-- name: fetch_pairs
-- Pairs that are over, to refuse what is said of them in the words of how they ended.
SELECT pair.*
  FROM unnest($1::uuid[]) AS named (pair_id)
 CROSS JOIN LATERAL (
       SELECT pair_id, assignment_id, application_id, mentor_id, fit, rules_version, offered_at, expires_at, started_at,
              state, version, meetings, last_contact_at, steps, stepped_at, ends_at, review_asked_at, mentor_wish,
              lead_wish, paused_until, recorded_at
         FROM pair
        WHERE pair.pair_id = named.pair_id
       OFFSET 0
 ) AS pair

-- name: fetch_obstacles
-- Obstacles that are lifted or abandoned, and whether one is known: a report comes again, and opens nothing twice.
SELECT obstacle.*
  FROM unnest($1::uuid[]) AS named (obstacle_id)
 CROSS JOIN LATERAL (
       SELECT obstacle_id, assignment_id, kind, service, opened_at, due_at, state, level, reason, version,
              authors
         FROM obstacle
        WHERE obstacle.obstacle_id = named.obstacle_id
       OFFSET 0
 ) AS obstacle

-- name: fetch_meetings
-- Which meetings were reported before, and of which pairs: what was said of one is never asked for again.
SELECT meeting.meeting_id, meeting.pair_id
  FROM unnest($1::uuid[]) AS named (meeting_id)
 CROSS JOIN LATERAL (
           SELECT meeting_id, pair_id FROM meeting WHERE meeting.meeting_id = named.meeting_id OFFSET 0
       ) AS meeting

-- name: fetch_actions
-- What was changed of the support plans of assignments, some four rows each; what was not has no row.
SELECT action.*
  FROM unnest($1::uuid[]) AS named (assignment_id)
 CROSS JOIN LATERAL (
       SELECT assignment_id, code, state, reason, version
         FROM support_action
        WHERE support_action.assignment_id = named.assignment_id
       OFFSET 0
 ) AS action

-- name: fetch_introductions
-- Introductions as they were last told, to say what is new in them.
SELECT introduction.*
  FROM unnest($1::uuid[]) AS named (introduction_id)
 CROSS JOIN LATERAL (
       SELECT introduction_id, assignment_id, partner_kind, partner_name, made_on, outcome, version, reported_by
         FROM introduction
        WHERE introduction.introduction_id = named.introduction_id
       OFFSET 0
 ) AS introduction

-- name: fetch_impacts
-- The figures of all years of assignments: a later year is shown beside the first.
SELECT impact.*
  FROM unnest($1::uuid[]) AS named (assignment_id)
 CROSS JOIN LATERAL (
       SELECT assignment_id, year, figures, version
         FROM impact
        WHERE impact.assignment_id = named.assignment_id
       OFFSET 0
 ) AS impact

-- What people wrote who asked to be forgotten: few do, and whoever does is looked for in all that ever was. --

-- name: fetch_leads_of
-- The assignments that these people lead or led, by the index on the person.
SELECT assignment_id, application_id, lead_id, owner_id, directorate, organisation_name, project_title, themes,
       territories, skills, languages, slots, confirmed_at, state, told, passed
  FROM lead
 WHERE lead_id = ANY($1::uuid[])

-- name: fetch_introductions_by
-- The introductions that these reporters told of, and those that some lead told of for these assignments: whatever id
-- a form gave them, the lead of an assignment is its lead.
SELECT introduction_id, assignment_id, partner_kind, partner_name, made_on, outcome, version, reported_by
  FROM introduction
 WHERE reported_by = ANY($1::text[]) OR assignment_id = ANY($2::uuid[]) AND reported_by LIKE 'lead:%'

-- What changed of rows that stand; new rows are copied. --

-- name: update_forms
-- What a form says: apart from a mentor's places, which change with every pair, for they may handle 500 files.
-- Arrays within a row travel as text, since `unnest` takes an array of arrays wholly apart.
UPDATE mentor
   SET profile = form.profile,
       capacity = form.capacity,
       line_manager_authorised = form.line_manager_authorised,
       ethics_check_done = form.ethics_check_done,
       active = form.active,
       version = form.version,
       paused_until = form.paused_until,
       authorised_until = form.authorised_until,
       handled = form.handled::uuid[],
       told_at = form.told_at,
       clearances = form.clearances
  FROM unnest($1::uuid[], $2::text[], $3::integer[], $4::boolean[], $5::boolean[], $6::boolean[], $7::integer[],
              $8::date[], $9::date[], $10::text[], $11::timestamptz[], $12::text[])
       AS form (mentor_id, profile, capacity, line_manager_authorised, ethics_check_done, active, version,
                paused_until, authorised_until, handled, told_at, clearances)
 WHERE mentor.mentor_id = form.mentor_id

-- name: update_places
-- The places of mentors as pairs begin and end. No column of these has an index, so a row stays on its page.
UPDATE mentor
   SET pending = place.pending,
       starts = place.starts::timestamptz[],
       accompanied = place.accompanied::uuid[],
       reopens_at = place.reopens_at
  FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::timestamptz[])
       AS place (mentor_id, pending, starts, accompanied, reopens_at)
 WHERE mentor.mentor_id = place.mentor_id

-- name: update_leads
-- Leads as they are now, as JSON: five arrays in a row are beyond what `unnest` can carry. All columns are set, for
-- PostgreSQL writes the whole row anyway.
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

-- name: update_pairs
-- What changes of pairs; who was offered to whom never does. Sent before new pairs are copied, so that a lead whose
-- pair closes and who gets another has one open pair at any time.
UPDATE pair
   SET state = change.state,
       started_at = change.started_at,
       expires_at = change.expires_at,
       version = change.version,
       meetings = change.meetings,
       last_contact_at = change.last_contact_at,
       steps = change.steps,
       stepped_at = change.stepped_at,
       ends_at = change.ends_at,
       review_asked_at = change.review_asked_at,
       mentor_wish = change.mentor_wish,
       lead_wish = change.lead_wish,
       paused_until = change.paused_until
  FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::integer[], $6::integer[],
              $7::timestamptz[], $8::integer[], $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::text[],
              $13::text[], $14::date[])
       AS change (pair_id, state, started_at, expires_at, version, meetings, last_contact_at, steps, stepped_at, ends_at,
                  review_asked_at, mentor_wish, lead_wish, paused_until)
 WHERE pair.pair_id = change.pair_id

-- name: update_obstacles
-- What changes of obstacles as they are taken, told of and lifted.
UPDATE obstacle
   SET service = change.service,
       due_at = change.due_at,
       state = change.state,
       level = change.level,
       reason = change.reason,
       version = change.version,
       authors = CASE WHEN change.is_described THEN authors ELSE '{}' END
  FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::integer[], $6::text[], $7::integer[],
              $8::boolean[])
       AS change (obstacle_id, service, due_at, state, level, reason, version, is_described)
 WHERE obstacle.obstacle_id = change.obstacle_id

-- name: update_actions
-- The actions of support plans that have a row already.
UPDATE support_action
   SET state = change.state, reason = change.reason, version = change.version
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::integer[])
       AS change (assignment_id, code, state, reason, version)
 WHERE support_action.assignment_id = change.assignment_id AND support_action.code = change.code

-- name: update_introductions
-- Introductions that were told of again.
UPDATE introduction
   SET partner_kind = change.partner_kind,
       partner_name = change.partner_name,
       made_on = change.made_on,
       outcome = change.outcome,
       version = change.version,
       reported_by = change.reported_by
  FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::date[], $6::text[], $7::integer[], $8::text[])
       AS change (introduction_id, assignment_id, partner_kind, partner_name, made_on, outcome, version, reported_by)
 WHERE introduction.introduction_id = change.introduction_id

-- name: update_impacts
-- The figures of years that were corrected.
UPDATE impact
   SET figures = change.figures, version = change.version
  FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::integer[])
       AS change (assignment_id, year, figures, version)
 WHERE impact.assignment_id = change.assignment_id AND impact.year = change.year
