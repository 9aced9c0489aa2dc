-- name: fetch_known
SELECT need_id FROM need WHERE need_id = ANY($1::uuid[])
UNION ALL
SELECT application_id FROM candidate WHERE application_id = ANY($1::uuid[])
UNION ALL
SELECT assignment_id FROM assignment WHERE assignment_id = ANY($1::uuid[])
UNION ALL
SELECT subject FROM change WHERE subject = ANY($1::uuid[]) AND type = ANY($2::text[])

-- name: take_numbers
UPDATE line SET appended = appended + $1::bigint RETURNING appended - $1::bigint

-- name: fetch_line
SELECT decided, appended FROM line

-- name: fetch_changes
SELECT number, type, event_id, time, correlation_id, traceparent, data
  FROM change
 WHERE number > $1
 ORDER BY number
 LIMIT $2

-- name: settle_changes
WITH settled AS (DELETE FROM change WHERE number <= $2)
UPDATE line SET decided = $2 WHERE decided = $1

-- name: fetch_needs
SELECT need_id, version, state, owner_id, revision, document, fixed FROM need ORDER BY need_id

-- name: fetch_candidates
SELECT application_id, track, lead_id, organisation_name, project_title, themes, publics, territories,
       summarised, words, members, laureate
  FROM candidate
 WHERE NOT has_left
 ORDER BY application_id

-- name: fetch_live
SELECT assignment_id, application_id, need_id, state, version, fit, parts, rules_version, actor, reason, pinned
  FROM assignment
 WHERE state IN ('proposed', 'confirmed')

-- name: fetch_assignments
SELECT assignment_id, application_id, need_id, state, version, fit, parts, rules_version, actor, reason, pinned
  FROM assignment
 WHERE assignment_id = ANY($1::uuid[])

-- name: fetch_forbidden
SELECT application_id, need_id FROM forbidden

-- name: fetch_recusals
SELECT application_id, person_id FROM recusal

-- name: save_needs
INSERT INTO need (need_id, version, state, owner_id, revision, document, fixed)
SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::int[])
    ON CONFLICT (need_id) DO UPDATE
   SET version = excluded.version, state = excluded.state, owner_id = excluded.owner_id,
       revision = excluded.revision, document = excluded.document, fixed = excluded.fixed

-- name: save_candidates
INSERT INTO candidate (application_id, track, lead_id, organisation_name, project_title, themes, publics,
                       territories, summarised, words, members, laureate)
SELECT application_id, track, lead_id, organisation_name, project_title, string_to_array(themes, '|'),
       string_to_array(publics, '|'), string_to_array(territories, '|'), summarised, words, members,
       laureate
  FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
              $9::bool[], $10::text[], $11::int[], $12::bool[])
    AS new (application_id, track, lead_id, organisation_name, project_title, themes, publics, territories,
            summarised, words, members, laureate)
    ON CONFLICT (application_id) DO UPDATE
   SET track = excluded.track, lead_id = excluded.lead_id, organisation_name = excluded.organisation_name,
       project_title = excluded.project_title, themes = excluded.themes, publics = excluded.publics,
       territories = excluded.territories, summarised = excluded.summarised, words = excluded.words,
       members = excluded.members, laureate = excluded.laureate, has_left = false

-- name: remove_candidates
UPDATE candidate SET has_left = true WHERE application_id = ANY($1::uuid[])

-- name: save_assignments
INSERT INTO assignment (assignment_id, application_id, need_id, state, version, fit, parts, rules_version, actor,
                        reason, pinned)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::int[], $6::int[], $7::text[], $8::text[],
                     $9::text[], $10::text[], $11::bool[])
    ON CONFLICT (assignment_id) DO UPDATE
   SET state = excluded.state, version = excluded.version, actor = excluded.actor, reason = excluded.reason,
       pinned = excluded.pinned

-- name: forbid
INSERT INTO forbidden (application_id, need_id, actor, reason)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[])
    ON CONFLICT (application_id, need_id) DO UPDATE SET actor = excluded.actor, reason = excluded.reason

-- name: allow
DELETE FROM forbidden
 USING unnest($1::uuid[], $2::uuid[]) AS gone (application_id, need_id)
 WHERE forbidden.application_id = gone.application_id AND forbidden.need_id = gone.need_id

-- name: save_recusals
INSERT INTO recusal (application_id, person_id) SELECT * FROM unnest($1::uuid[], $2::uuid[]) ON CONFLICT DO NOTHING

-- name: fetch_verdicts
SELECT application_id, decision, scores, publish_at, actor, reason, event_id, correlation_id, traceparent
  FROM contest_verdict

-- name: save_verdicts
INSERT INTO contest_verdict (application_id, decision, scores, publish_at, actor, reason, event_id, correlation_id,
                             traceparent)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::uuid[],
                     $8::uuid[], $9::text[])
    ON CONFLICT (application_id) DO UPDATE
   SET decision = excluded.decision, scores = excluded.scores, publish_at = excluded.publish_at,
       actor = excluded.actor, reason = excluded.reason, event_id = excluded.event_id,
       correlation_id = excluded.correlation_id, traceparent = excluded.traceparent

-- name: drop_verdicts
DELETE FROM contest_verdict WHERE application_id = ANY($1::uuid[])
