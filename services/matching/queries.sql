-- name: lock_pool
SELECT track FROM pool WHERE track = 'implantation' FOR UPDATE

-- name: fetch_assignments
SELECT assignment_id, application_id, need_id, state, version, fit, parts, rules_version, actor, reason
  FROM assignment WHERE assignment_id = ANY($1::uuid[])
UNION
SELECT assignment_id, application_id, need_id, state, version, fit, parts, rules_version, actor, reason
  FROM assignment WHERE application_id = ANY($2::uuid[]) AND state IN ('proposed', 'confirmed')
UNION
SELECT assignment_id, application_id, need_id, state, version, fit, parts, rules_version, actor, reason
  FROM assignment WHERE need_id = ANY($3::uuid[]) AND state = 'proposed'

-- name: fetch_needs
SELECT need_id, version, state, owner_id, revision, proposed, confirmed, swept_to
  FROM need
 WHERE state = 'open' AND held < capacity OR need_id = ANY($1::uuid[])
 ORDER BY need_id

-- name: fetch_documents
SELECT revision, document FROM need WHERE need_id = ANY($1::uuid[])

-- name: fetch_candidates
SELECT application_id, track, lead_id, organisation_name, project_title, themes, publics, territories,
       summarised, words
  FROM candidate
 WHERE application_id = ANY($1::uuid[])

-- name: fetch_waiting
SELECT application_id, track, lead_id, organisation_name, project_title, themes, publics, territories,
       summarised, words
  FROM candidate
 WHERE waiting AND track = 'implantation'
   AND application_id > $1 AND (themes && $2::text[] OR publics && $3::text[])
 ORDER BY application_id
 LIMIT $4

-- name: fetch_declined
SELECT application_id, need_id FROM declined WHERE application_id = ANY($1::uuid[])

-- name: save_needs
INSERT INTO need (need_id, version, state, owner_id, revision, document, capacity, proposed, confirmed, swept_to)
SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::int[],
                     $8::int[], $9::int[], $10::uuid[])
    ON CONFLICT (need_id) DO UPDATE
   SET version = excluded.version, state = excluded.state, owner_id = excluded.owner_id,
       revision = excluded.revision, document = excluded.document, capacity = excluded.capacity,
       proposed = excluded.proposed, confirmed = excluded.confirmed, swept_to = excluded.swept_to

-- name: save_places
UPDATE need
   SET proposed = new.proposed, confirmed = new.confirmed, swept_to = new.swept_to
  FROM unnest($1::uuid[], $2::int[], $3::int[], $4::uuid[]) AS new (need_id, proposed, confirmed, swept_to)
 WHERE need.need_id = new.need_id

-- name: save_candidates
UPDATE candidate
   SET track = new.track, lead_id = new.lead_id, organisation_name = new.organisation_name,
       project_title = new.project_title, themes = string_to_array(new.themes, '|'),
       publics = string_to_array(new.publics, '|'), territories = string_to_array(new.territories, '|'),
       summarised = new.summarised, words = new.words, waiting = new.waiting
  FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
              $9::bool[], $10::text[], $11::bool[])
    AS new (application_id, track, lead_id, organisation_name, project_title, themes, publics, territories,
            summarised, words, waiting)
 WHERE candidate.application_id = new.application_id

-- name: save_waiting
UPDATE candidate
   SET waiting = new.waiting
  FROM unnest($1::uuid[], $2::bool[]) AS new (application_id, waiting)
 WHERE candidate.application_id = new.application_id

-- name: remove_candidates
DELETE FROM candidate WHERE application_id = ANY($1::uuid[])

-- name: save_assignments
UPDATE assignment
   SET state = new.state, version = new.version, actor = new.actor, reason = new.reason
  FROM unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::text[])
    AS new (assignment_id, state, version, actor, reason)
 WHERE assignment.assignment_id = new.assignment_id
