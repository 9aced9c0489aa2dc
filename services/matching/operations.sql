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
