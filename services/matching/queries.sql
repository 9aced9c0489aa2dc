-- name: fetch_former
-- Of these applications those that took part once and left, so that what refers to one need not wait.
-- Looked up one by one, so that a plan made while the table was empty stays right.
SELECT known.application_id
  FROM unnest($1::uuid[]) AS wanted (id)
 CROSS JOIN LATERAL (
    SELECT application_id FROM former_candidate WHERE application_id = wanted.id OFFSET 0
 ) AS known

-- name: fetch_ended
-- Assignments that hold nothing any more, for a decision that names one has to be told so.
-- Looked up one by one, as above; the pool has all that are live.
SELECT known.*
  FROM unnest($1::uuid[]) AS wanted (id)
 CROSS JOIN LATERAL (
    SELECT assignment_id, application_id, need_id, state, version, fit, parts, rules_version, actor, reason, pinned
      FROM assignment
     WHERE assignment_id = wanted.id
    OFFSET 0
 ) AS known

-- name: fetch_needs
-- The register of needs, closed ones too, which may open again. By id, so that a pool read anew is the same each time.
SELECT need_id, version, state, owner_id, source, said_at, revision, document FROM need ORDER BY need_id

-- name: fetch_candidates
-- All that take part. By id, as above.
SELECT application_id, track, lead_id, organisation_name, project_title, themes, publics, territories,
       summarised, words, said_at, members, laureate
  FROM candidate
 ORDER BY application_id

-- name: fetch_live
-- What holds a place. No index serves it, on purpose: it is read once a start, and an index on the state would be
-- written at every confirmation.
SELECT assignment_id, application_id, need_id, state, version, fit, parts, rules_version, actor, reason, pinned
  FROM assignment
 WHERE state IN ('proposed', 'confirmed')

-- name: fetch_forbidden
-- The pairs that people have ruled out; who and why stay in the table for operators.
SELECT application_id, need_id FROM forbidden

-- name: fetch_recusals
-- Who abstains from which file, also from those that have not come yet.
SELECT application_id, person_id FROM recusal

-- name: fetch_officers
-- Who owns needs or stands in for who does, with the source that each belongs to.
SELECT person_id, source, reached_at FROM officer

-- name: fetch_deputies
-- Who decides in whose place.
SELECT owner_id, person_id, until, named_at, is_over FROM deputy

-- name: fetch_erased
-- Who asked to be forgotten, and when: all of them, since the writer holds every form against it in memory.
SELECT person_id, erased_at FROM erased_person

-- name: fetch_verdicts
-- What a jury decided and nobody may know yet.
SELECT application_id, decision, scores, publish_at, actor, reason, event_id, identity, correlation_id, traceparent
  FROM contest_verdict

-- name: fetch_settlements
-- How often new rules have moved something; the table has one row.
SELECT times FROM settlement

-- name: fetch_said
-- What was published last of each vocabulary.
SELECT name, digest, times FROM said_vocabulary

-- name: update_needs
-- Needs that were revised, closed, or are due for their review.
-- Here and below: the planner takes a limit that it does not know for few rows, and so looks each one up by its key,
-- even where it plans while the table is empty.
UPDATE need
   SET version = changed.version, state = changed.state, owner_id = changed.owner_id, source = changed.source,
       said_at = changed.said_at, revision = changed.revision, document = changed.document
  FROM (SELECT *
          FROM unnest($1::uuid[], $2::int[], $3::text[], $4::uuid[], $5::text[], $6::timestamptz[], $7::uuid[],
                      $8::text[])
         LIMIT cardinality($1::uuid[]))
    AS changed (need_id, version, state, owner_id, source, said_at, revision, document)
 WHERE need.need_id = changed.need_id

-- name: update_candidates
-- Applications that were amended, or have become laureates.
UPDATE candidate
   SET track = changed.track, lead_id = changed.lead_id, organisation_name = changed.organisation_name,
       project_title = changed.project_title, themes = changed.themes, publics = changed.publics,
       territories = changed.territories, summarised = changed.summarised, words = changed.words,
       said_at = changed.said_at, members = changed.members, laureate = changed.laureate
  FROM (SELECT *
          FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[],
                      $8::text[], $9::bool[], $10::text[], $11::timestamptz[], $12::int[], $13::bool[])
         LIMIT cardinality($1::uuid[]))
    AS changed (application_id, track, lead_id, organisation_name, project_title, themes, publics, territories,
                summarised, words, said_at, members, laureate)
 WHERE candidate.application_id = changed.application_id

-- name: remove_candidates
-- Applications that take no part any more.
DELETE FROM candidate WHERE application_id = ANY($1::uuid[])

-- name: remember_former
-- That they took part: one that left, came back and leaves again is there already.
INSERT INTO former_candidate (application_id) SELECT unnest($1::uuid[]) ON CONFLICT DO NOTHING

-- name: update_assignments
-- Where assignments have come to. What one is about, and what it was worth when it was proposed, stays.
UPDATE assignment
   SET state = changed.state, version = changed.version, actor = changed.actor, reason = changed.reason,
       pinned = changed.pinned
  FROM (SELECT * FROM unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::text[], $6::bool[])
         LIMIT cardinality($1::uuid[]))
    AS changed (assignment_id, state, version, actor, reason, pinned)
 WHERE assignment.assignment_id = changed.assignment_id

-- name: forbid
-- Bans: the newest word on a pair replaces the one before, with who said it and why.
INSERT INTO forbidden (application_id, need_id, actor, reason)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[])
    ON CONFLICT (application_id, need_id) DO UPDATE SET actor = excluded.actor, reason = excluded.reason

-- name: allow
-- Bans that were lifted.
DELETE FROM forbidden
 USING unnest($1::uuid[], $2::uuid[]) AS gone (application_id, need_id)
 WHERE forbidden.application_id = gone.application_id AND forbidden.need_id = gone.need_id

-- name: save_recusals
-- Abstentions; said twice they are one.
INSERT INTO recusal (application_id, person_id) SELECT * FROM unnest($1::uuid[], $2::uuid[]) ON CONFLICT DO NOTHING

-- name: save_officers
-- Officers as they are known now; the source stays the one that named them first.
INSERT INTO officer (person_id, source, reached_at) SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[])
    ON CONFLICT (person_id) DO UPDATE SET reached_at = excluded.reached_at

-- name: save_deputies
-- Deputies: who is named later stands in instead of who was named before.
INSERT INTO deputy (owner_id, person_id, until, named_at, is_over)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::boolean[])
    ON CONFLICT (owner_id) DO UPDATE
   SET person_id = excluded.person_id, until = excluded.until, named_at = excluded.named_at, is_over = excluded.is_over

-- name: end_deputies
-- Owners in whose place nobody decides any more.
DELETE FROM deputy WHERE owner_id = ANY($1::uuid[])

-- name: save_verdicts
-- Decisions of the contest: what comes before the publication replaces what was decided before.
INSERT INTO contest_verdict (application_id, decision, scores, publish_at, actor, reason, event_id, identity,
                             correlation_id, traceparent)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[],
                     $8::uuid[], $9::text[], $10::text[])
    ON CONFLICT (application_id) DO UPDATE
   SET decision = excluded.decision, scores = excluded.scores, publish_at = excluded.publish_at,
       actor = excluded.actor, reason = excluded.reason, event_id = excluded.event_id,
       identity = excluded.identity, correlation_id = excluded.correlation_id, traceparent = excluded.traceparent

-- name: drop_verdicts
-- Decisions that were published, or whose application has left: the secret is not kept longer than it is one.
DELETE FROM contest_verdict WHERE application_id = ANY($1::uuid[])

-- name: count_settlement
-- Counts that new rules moved something. The number and not one more, so that a cycle done again counts once.
UPDATE settlement SET times = $1

-- name: save_said
-- Vocabularies that were published, or taken back.
INSERT INTO said_vocabulary (name, digest, times)
SELECT * FROM unnest($1::text[], $2::text[], $3::integer[])
    ON CONFLICT (name) DO UPDATE SET digest = excluded.digest, times = excluded.times
