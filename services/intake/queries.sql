-- name: fetch_applications
-- By their ids, and by their leads. Looked up one by one, so that a plan made while the table was empty stays right.
SELECT found.*
  FROM unnest($1::uuid[]) AS wanted (id)
 CROSS JOIN LATERAL (
    SELECT id, track, edition, rules_version, state, version, lead_id, project_key,
           organisation_name, siren, rna, commune, identified_by, project_title, flags, source, said_at, changed_at,
           ended_from
      FROM application
     WHERE application.id = wanted.id
    OFFSET 0
 ) AS found
 UNION ALL
SELECT found.*
  FROM unnest($2::uuid[]) AS wanted (id)
 CROSS JOIN LATERAL (
    SELECT id, track, edition, rules_version, state, version, lead_id, project_key,
           organisation_name, siren, rna, commune, identified_by, project_title, flags, source, said_at, changed_at,
           ended_from
      FROM application
     WHERE application.lead_id = wanted.id
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
SELECT wanted.edition, wanted.key, holder.id, holder.siren, holder.lead_id, holder.said_at
  FROM unnest($1::text[], $2::text[]) AS wanted (edition, key)
 CROSS JOIN LATERAL (
    SELECT found.id, found.siren, known.lead_id, known.said_at
      FROM (SELECT application_id, lead_id, said_at FROM organisation_key
             WHERE organisation_key.key = wanted.key
             -- Of all editions: far beyond what one organisation has. The planner takes an unknown limit for few rows.
             ORDER BY application_id LIMIT 50 * $5) AS known
     CROSS JOIN LATERAL (
        -- By the id alone, so that no plan made while the table was empty reads a whole edition.
        SELECT id, siren, edition, state FROM application WHERE application.id = known.application_id OFFSET 0
     ) AS found
     WHERE found.edition = wanted.edition AND found.state <> 'withdrawn'
     LIMIT $5
 ) AS holder
 UNION ALL
SELECT wanted.edition, wanted.key, holder.id, NULL, NULL, NULL
  FROM unnest($3::text[], $4::text[]) AS wanted (edition, key)
 CROSS JOIN LATERAL (
    SELECT id FROM application
     WHERE edition = wanted.edition AND project_key = wanted.key AND state <> 'withdrawn'
     ORDER BY id LIMIT $5
 ) AS holder

-- name: fetch_leads
-- After lock_keys, for the same reason.
SELECT found.*
  FROM unnest($1::uuid[]) AS wanted (id)
 CROSS JOIN LATERAL (
    SELECT person_id, source, reached_at, withdrawn_until FROM lead WHERE person_id = wanted.id
    OFFSET 0
 ) AS found

-- name: keep_leads
INSERT INTO lead (person_id, source, reached_at, withdrawn_until)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[])
ON CONFLICT (person_id) DO UPDATE
   SET source = excluded.source, reached_at = excluded.reached_at, withdrawn_until = excluded.withdrawn_until

-- name: fetch_told_by
-- Which versions say something of these people, and since when: what is empty was forgotten, and told of, before.
SELECT lead_id, application_id, version, received_at
  FROM application_version
 WHERE lead_id = ANY($1::uuid[]) AND payload <> ''

-- name: forget_forms
-- What they said until they asked; of what the rules saw in it, the answers stay with their reasons. The limit is for
-- the planner, as in update_applications.
WITH asked AS MATERIALIZED (
    SELECT * FROM unnest($1::uuid[], $2::timestamptz[]) AS asked (person_id, erased_at) LIMIT cardinality($1::uuid[])
)
UPDATE application_version
   SET payload = '',
       answers = (SELECT coalesce(jsonb_agg(answer || '{"observed": null}'::jsonb ORDER BY place), '[]')::text
                    FROM jsonb_array_elements(answers::jsonb) WITH ORDINALITY AS judged (answer, place))
  FROM asked
 WHERE lead_id = asked.person_id AND received_at <= asked.erased_at AND payload <> ''

-- name: fetch_confirmations
SELECT found.*
  FROM unnest($1::uuid[], $2::timestamptz[]) AS wanted (person_id, requested_at)
 CROSS JOIN LATERAL (
    SELECT person_id, requested_at, service, removed FROM confirmation
     WHERE confirmation.person_id = wanted.person_id AND confirmation.requested_at = wanted.requested_at
    OFFSET 0
 ) AS found

-- name: fetch_keys
SELECT found.*
  FROM unnest($1::uuid[]) AS wanted (id)
 CROSS JOIN LATERAL (
    SELECT key, application_id, lead_id, said_at FROM organisation_key WHERE application_id = wanted.id
    OFFSET 0
 ) AS found

-- name: keep_keys
-- What an application said before and says again is the later form's, and is forgotten with its lead. The limit is for
-- the planner, as in update_applications.
UPDATE organisation_key
   SET lead_id = again.lead_id, said_at = again.said_at
  FROM (SELECT * FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::timestamptz[]) LIMIT cardinality($1::text[]))
    AS again (key, application_id, lead_id, said_at)
 WHERE organisation_key.key = again.key AND organisation_key.application_id = again.application_id

-- name: forget_keys
DELETE FROM organisation_key
 USING (SELECT * FROM unnest($1::uuid[], $2::timestamptz[]) LIMIT cardinality($1::uuid[])) AS asked (person_id, erased_at)
 WHERE lead_id = asked.person_id AND said_at <= asked.erased_at

-- name: update_applications
-- The planner takes a limit that it does not know for few rows, and so looks each one up by its key, even where it
-- plans while the table is empty.
UPDATE application
   SET track = changed.track, edition = changed.edition, rules_version = changed.rules_version,
       state = changed.state, version = changed.version, lead_id = changed.lead_id,
       project_key = changed.project_key,
       organisation_name = changed.organisation_name, siren = changed.siren, rna = changed.rna,
       commune = changed.commune, identified_by = changed.identified_by,
       project_title = changed.project_title, flags = changed.flags, source = changed.source,
       said_at = changed.said_at, changed_at = changed.changed_at, ended_from = changed.ended_from
  FROM (SELECT *
          FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::integer[], $7::uuid[],
                      $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[],
                      $15::text[], $16::text[], $17::timestamptz[], $18::timestamptz[], $19::text[])
         LIMIT cardinality($1::uuid[]))
    AS changed (id, track, edition, rules_version, state, version, lead_id, project_key,
                organisation_name, siren, rna, commune, identified_by, project_title, flags, source, said_at,
                changed_at, ended_from)
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
-- An application and the answers to its newest version, by the primary key from its end. An end by an erasure takes a
-- version number without a row, so the numbers of both need not be the same.
SELECT track, edition, state, application.version, changed_at, newest.answers
  FROM application
 CROSS JOIN LATERAL (
    SELECT answers FROM application_version WHERE application_id = id ORDER BY version DESC LIMIT 1
 ) AS newest
 WHERE id = $1

-- name: fetch_first_message
-- Since when the door has known of an application that is not judged yet.
SELECT min(received_at) FROM door_message WHERE application_id = $1
