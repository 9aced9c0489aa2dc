-- name: list_needs
-- Needs by their titles, each with who decides on it now and what waits for a decision. An owner who asked to be
-- forgotten since the need was declared is none.
SELECT need.need_id, document::json ->> 'title' AS title, state, document::json ->> 'directorate' AS directorate,
       CASE WHEN erased_at IS NULL OR said_at > erased_at THEN need.owner_id END AS owner_id,
       deputy.person_id AS deputy_id, deputy.until AS deputy_until,
       (SELECT count(*) FROM assignment WHERE assignment.need_id = need.need_id AND assignment.state = 'proposed')
           AS undecided
  FROM need
  LEFT JOIN erased_person ON erased_person.person_id = need.owner_id
  LEFT JOIN deputy ON deputy.owner_id = need.owner_id AND (until IS NULL OR until >= $2)
 WHERE NOT $1 OR said_at <= erased_at
 ORDER BY title, need.need_id

-- name: find_needs
-- The needs of owners, or of everybody where none is given, as the register has them; the open ones first.
SELECT need_id, version, state, owner_id, source, said_at, revision, document
  FROM need WHERE $1::uuid[] IS NULL OR owner_id = ANY($1)
 ORDER BY state = 'closed', document::json ->> 'title', need_id LIMIT $2

-- name: find_need
SELECT need_id, version, state, owner_id, source, said_at, revision, document FROM need WHERE need_id = $1

-- name: find_deputised
-- In whose place a person decides at a moment.
SELECT owner_id FROM deputy WHERE person_id = $1 AND NOT is_over AND (until IS NULL OR until >= $2) ORDER BY owner_id

-- name: find_deputy
-- Who decides in an owner's place.
SELECT person_id, until FROM deputy WHERE owner_id = $1 AND NOT is_over AND (until IS NULL OR until >= $2)

-- name: find_stances
-- What people have said of a project and a need: that they are ruled out, and which person abstains from the file.
SELECT EXISTS (SELECT FROM forbidden WHERE application_id = $1 AND need_id = $2) AS forbidden,
       EXISTS (SELECT FROM recusal WHERE application_id = $1 AND person_id = $3) AS abstains
