-- name: fetch_applications
-- Looked up one by one, so that a plan made while the table was empty stays right.
SELECT found.*
  FROM unnest($1::uuid[]) AS wanted (id)
 CROSS JOIN LATERAL (
    SELECT id, track, edition, rules_version, state, version, lead_id, organisation_key, project_key,
           organisation_name, siren, rna, commune, identified_by, project_title, flags, changed_at
      FROM application
     WHERE application.id = wanted.id
    OFFSET 0
 ) AS found

-- name: lock_keys
-- Whoever looks for duplicates under a key holds its lock until the end of the transaction, in every process, so
-- that no two can miss each other. The numbers come sorted, and are locked in the order in which they come.
SELECT count(pg_advisory_xact_lock($1, number)) FROM unnest($2::int[]) AS wanted (number)

-- name: fetch_holders
-- Of each key the first few applications, read in the order of the index however many there are.
-- It must be a statement of its own after lock_keys: a statement sees what was committed before it began, and so
-- this one sees what those have committed whom lock_keys waited for.
SELECT wanted.edition, wanted.key, holder.id
  FROM unnest($1::text[], $2::text[]) AS wanted (edition, key)
 CROSS JOIN LATERAL (
    SELECT id FROM application
     WHERE edition = wanted.edition AND organisation_key = wanted.key AND state <> 'withdrawn'
     ORDER BY id LIMIT $5
 ) AS holder
 UNION ALL
SELECT wanted.edition, wanted.key, holder.id
  FROM unnest($3::text[], $4::text[]) AS wanted (edition, key)
 CROSS JOIN LATERAL (
    SELECT id FROM application
     WHERE edition = wanted.edition AND project_key = wanted.key AND state <> 'withdrawn'
     ORDER BY id LIMIT $5
 ) AS holder

-- name: fetch_erasures
-- After lock_keys, for the same reason. Looked up one by one: most people have never asked to be forgotten.
SELECT found.*
  FROM unnest($1::uuid[]) AS wanted (id)
 CROSS JOIN LATERAL (
    SELECT person_id, erased_at FROM erasure WHERE person_id = wanted.id
    OFFSET 0
 ) AS found

-- name: fetch_told_by
-- Which applications told of these people, and since when: each is told of when they ask to be
-- forgotten. What is empty was forgotten, and told of, before.
SELECT lead_id, application_id, min(received_at)
  FROM application_version
 WHERE lead_id = ANY($1::uuid[]) AND payload <> ''
 GROUP BY lead_id, application_id

-- name: erase_content
-- The limit is for the planner, as in update_applications.
WITH asked AS MATERIALIZED (
    SELECT * FROM unnest($1::uuid[], $2::timestamptz[]) AS asked (person_id, erased_at) LIMIT cardinality($1::uuid[])
), remembered AS (
    INSERT INTO erasure SELECT * FROM asked
    ON CONFLICT (person_id) DO UPDATE SET erased_at = excluded.erased_at
)
UPDATE application_version SET payload = ''
  FROM asked
 WHERE lead_id = asked.person_id AND received_at <= asked.erased_at AND payload <> ''

-- name: update_applications
-- The planner takes a limit that it does not know for few rows, and so looks each one up by its key, even where it
-- plans while the table is empty.
UPDATE application
   SET track = changed.track, edition = changed.edition, rules_version = changed.rules_version,
       state = changed.state, version = changed.version, lead_id = changed.lead_id,
       organisation_key = changed.organisation_key, project_key = changed.project_key,
       organisation_name = changed.organisation_name, siren = changed.siren, rna = changed.rna,
       commune = changed.commune, identified_by = changed.identified_by,
       project_title = changed.project_title, flags = changed.flags, changed_at = changed.changed_at
  FROM (SELECT *
          FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::integer[], $7::uuid[],
                      $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[],
                      $15::text[], $16::text[], $17::timestamptz[])
         LIMIT cardinality($1::uuid[]))
    AS changed (id, track, edition, rules_version, state, version, lead_id, organisation_key, project_key,
                organisation_name, siren, rna, commune, identified_by, project_title, flags, changed_at)
 WHERE application.id = changed.id

-- name: remember_message
-- The first one sets digest and time; whoever sends it again is told what they were.
WITH forgotten AS (
    DELETE FROM door_message WHERE received_at < $6
)
INSERT INTO door_message (form, message_id, digest, application_id, received_at)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (form, message_id) DO UPDATE SET message_id = excluded.message_id
RETURNING digest, received_at, published

-- name: mark_published
-- Kafka has it for certain. Until then the same event is sent at each repeat: its reader knows it by its id.
UPDATE door_message SET published = true WHERE form = $1 AND message_id = $2

-- name: fetch_public_state
-- An application and the answers to its newest version, by the primary key from its end. A flag takes a version number
-- without a row, so the numbers of both need not be the same.
SELECT track, edition, state, application.version, changed_at, newest.answers
  FROM application
 CROSS JOIN LATERAL (
    SELECT answers FROM application_version WHERE application_id = id ORDER BY version DESC LIMIT 1
 ) AS newest
 WHERE id = $1

-- name: fetch_first_message
-- Since when the door has known of an application that is not judged yet.
SELECT min(received_at) FROM door_message WHERE application_id = $1
