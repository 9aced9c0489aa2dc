-- Connections keep the plans that they made while the tables were empty. So what is looked up by ids is looked up once
-- an id (LATERAL … OFFSET 0), which leaves the planner nothing but the index, and what is changed is found that way
-- first and changed by its place (ctid). A row that another transaction has changed meanwhile is then not found at its
-- place: either it was locked by the statement before, or the number of rows that come back says so.

-- name: fetch_planned
-- All that was ever planned about some matters: to know it again, and to settle what is open.
SELECT known.*
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS matter (id, first, last)
CROSS JOIN LATERAL (
    SELECT follow_up.id, matter_id, recipient_id, kind, occasion, matter_version, state, attempts, in_doubt, settled,
           counterpart_id, caused_at
    FROM follow_up
    WHERE follow_up.id BETWEEN matter.first AND matter.last AND matter_id = matter.id
    OFFSET 0
) AS known

-- name: fetch_in_words
-- The same with what each said or will say: where that may have to be said to somebody else from now on.
SELECT known.*
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS matter (id, first, last)
CROSS JOIN LATERAL (
    SELECT follow_up.id, matter_id, recipient_id, kind, occasion, matter_version, state, attempts, in_doubt, settled,
           counterpart_id, caused_at, application_id, correlation_id, due_at, parameters, words_of, traceparent
    FROM follow_up
    WHERE follow_up.id BETWEEN matter.first AND matter.last AND matter_id = matter.id
    OFFSET 0
) AS known

-- name: fetch_series
-- The series about some matters: to know them again, and to settle what is to come. A table of their own keeps what
-- is due in years out of the index of what is due.
SELECT known.*
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS matter (id, first, last)
CROSS JOIN LATERAL (
    SELECT matter_id, recipient_id, planned_by, application_id, matter_version, correlation_id, parameters, occasions,
           settled, caused_at, words_of, occasion, traceparent
    FROM series
    WHERE series.id BETWEEN matter.first AND matter.last AND matter_id = matter.id
    OFFSET 0
) AS known

-- name: settle
-- Only what is as it was read: a sender may have claimed it, or recorded what came of it.
UPDATE follow_up
SET state = found.state, settled = found.reason, waits_for = NULL
FROM (
    SELECT change.state, change.reason, row.place
    FROM unnest($1::uuid[], $2::text[], $3::integer[], $4::text[], $5::text[])
         AS change (id, before, attempts, state, reason)
    CROSS JOIN LATERAL (
        SELECT ctid AS place FROM follow_up
        WHERE follow_up.id = change.id AND follow_up.state = change.before AND follow_up.attempts = change.attempts
          AND settled IS NULL
        OFFSET 0
    ) AS row
) AS found
WHERE follow_up.ctid = found.place

-- name: renew_follow_ups
-- What is open says other names from now on, or introduces somebody else. Only what is as it was read.
UPDATE follow_up
SET parameters = found.parameters, counterpart_id = found.counterpart_id, words_of = found.words_of
FROM (
    SELECT change.parameters, change.counterpart_id, change.words_of, row.place
    FROM unnest($1::uuid[], $2::text[], $3::integer[], $4::text[], $5::uuid[], $6::uuid[])
         AS change (id, before, attempts, parameters, counterpart_id, words_of)
    CROSS JOIN LATERAL (
        SELECT ctid AS place FROM follow_up
        WHERE follow_up.id = change.id AND follow_up.state = change.before AND follow_up.attempts = change.attempts
          AND settled IS NULL
        OFFSET 0
    ) AS row
) AS found
WHERE follow_up.ctid = found.place

-- name: renew_series
-- What is to come says other names from now on; a part of it may have fallen due meanwhile, with the names it had.
UPDATE series
SET parameters = found.parameters, words_of = found.words_of
FROM (
    SELECT change.parameters, change.words_of, row.place
    FROM unnest($1::uuid[], $2::text[], $3::uuid[]) AS change (id, parameters, words_of)
    CROSS JOIN LATERAL (
        SELECT ctid AS place FROM series
        WHERE series.id = change.id AND next_due_at IS NOT NULL AND settled IS NULL
        FOR UPDATE
        OFFSET 0
    ) AS row
) AS found
WHERE series.ctid = found.place

-- name: move_series_on
-- Only what is as it was read: a part of it may have fallen due, or have been settled.
UPDATE series
SET occasions = found.occasions, next_due_at = found.next_due_at,
    parameters = CASE WHEN found.next_due_at IS NULL THEN '{}' ELSE parameters END
FROM (
    SELECT change.occasions, change.next_due_at, row.place
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[]) AS change (id, before, occasions, next_due_at)
    CROSS JOIN LATERAL (
        SELECT ctid AS place FROM series
        WHERE series.id = change.id AND series.occasions = change.before
        OFFSET 0
    ) AS row
) AS found
WHERE series.ctid = found.place

-- name: fetch_contacts
-- How some people are reached in a role, as far as that is known.
SELECT known.*
FROM unnest($1::uuid[]) AS wanted (id)
CROSS JOIN LATERAL (
    SELECT contact_id, person_id, role, name, email, language, said_at, undeliverable, unsubscribed_at, former_email,
           former_undeliverable, former_said_at, change_id, telephone, work
    FROM contact WHERE contact_id = wanted.id
    OFFSET 0
) AS known

-- name: change_contacts
-- Only what is as it was read: a change of address may have been confirmed. What was said of an address goes with it,
-- as it is by now; what a person chose (unsubscribed_at) holds whatever the address.
UPDATE contact
SET name = found.name, email = found.email, language = found.language, said_at = found.said_at,
    former_email = found.former_email, former_said_at = found.former_said_at, change_id = found.change_id,
    telephone = found.telephone, work = found.work,
    undeliverable = CASE found.email WHEN contact.email THEN undeliverable
                                     WHEN contact.former_email THEN former_undeliverable END,
    former_undeliverable = CASE found.former_email WHEN contact.former_email THEN former_undeliverable
                                                   WHEN contact.email THEN undeliverable END
FROM (
    SELECT change.*, row.place
    FROM unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::timestamptz[],
                $8::text[], $9::timestamptz[], $10::uuid[], $11::text[], $12::text[])
         AS change (contact_id, said_before, waited, name, email, language, said_at, former_email, former_said_at,
                    change_id, telephone, work)
    CROSS JOIN LATERAL (
        SELECT ctid AS place FROM contact
        WHERE contact.contact_id = change.contact_id AND contact.said_at = change.said_before
          AND contact.change_id IS NOT DISTINCT FROM change.waited
        OFFSET 0
    ) AS row
) AS found
WHERE contact.ctid = found.place

-- name: begin_address_changes
-- Each waits until it is confirmed, or replaced by what is said later.
INSERT INTO address_change (id, contact_id, person_id, role, said_at)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::timestamptz[])

-- name: replace_address_changes
-- Another address was given, or the old one again, before anybody confirmed these.
UPDATE address_change SET state = 'replaced' WHERE id = ANY($1::uuid[]) AND state = 'waiting'

-- name: fetch_descriptions
-- What was written of some obstacles and applications.
SELECT known.*
FROM unnest($1::uuid[]) AS wanted (id)
CROSS JOIN LATERAL (
    SELECT matter_id, words FROM description WHERE matter_id = wanted.id
    OFFSET 0
) AS known

-- name: keep_description
-- What is read last holds: the topic has them in order.
INSERT INTO description (matter_id, authors, words, said_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (matter_id) DO UPDATE
SET authors = excluded.authors, words = excluded.words, said_at = excluded.said_at, until = NULL

-- name: end_descriptions
-- Of applications that were withdrawn, or whose texts anybody may read by now.
UPDATE description SET until = ended.until
FROM (SELECT * FROM unnest($1::uuid[], $2::timestamptz[]) LIMIT cardinality($1::uuid[])) AS ended (matter_id, until)
WHERE description.matter_id = ended.matter_id

-- name: find_ended_descriptions
-- A scan, once an hour: there is one of each application that is not published, and of each open obstacle.
SELECT matter_id FROM description WHERE until <= $1 ORDER BY matter_id

-- name: drop_descriptions
-- Of obstacles that are in nobody's way any more, and what ended long enough ago.
DELETE FROM description WHERE matter_id = ANY($1::uuid[])

-- name: forget_descriptions
-- What people who ask to be forgotten may have written: a scan, as all erasures: they are few.
DELETE FROM description
USING unnest($1::uuid[], $2::timestamptz[]) AS asked (person_id, erased_at)
WHERE person_id = ANY(authors) AND said_at <= erased_at

-- name: wake_waiting
-- What waited for one of these contacts, or for what was written of something, is due as planned. What another
-- transaction holds it has just looked at: it is looked at again in a while.
UPDATE follow_up
SET next_attempt_at = due_at, waits_for = NULL
FROM (
    SELECT row.place
    FROM unnest($1::uuid[]) AS contact (id)
    CROSS JOIN LATERAL (
        SELECT ctid AS place FROM follow_up WHERE waits_for = contact.id FOR UPDATE SKIP LOCKED OFFSET 0
    ) AS row
) AS found
WHERE follow_up.ctid = found.place
RETURNING lane, due_at

-- name: keep_recusals
-- Who abstains from which file. They say so more than once, and it is true for ever.
INSERT INTO recusal (person_id, application_id)
SELECT * FROM unnest($1::uuid[], $2::uuid[])
ON CONFLICT DO NOTHING

-- name: retract_contacts
-- The name and the addresses, and with them why nothing could be delivered and what the person chose. A change of
-- address that waits is over.
WITH over AS (
    UPDATE address_change SET state = 'replaced' WHERE contact_id = ANY($1::uuid[]) AND state = 'waiting'
)
DELETE FROM contact WHERE contact_id = ANY($1::uuid[]) RETURNING contact_id, person_id, role

-- name: retract_follow_ups
-- What somebody was to get in a role ($3), or what was to introduce them in it: for whom a kind is and whom it introduces
-- say $4 to $6. A scan, as also of series, and so are erasures: they name a person and no matter, and are few; an index
-- that every mail is entered in would cost more. What is open is due at once, so that its lane cancels it and says so.
WITH gone AS MATERIALIZED (
    SELECT id FROM follow_up
    WHERE EXISTS (
        SELECT FROM unnest($1::uuid[], $2::timestamptz[], $3::text[]) AS retracted (person_id, at, role)
        JOIN unnest($4::text[], $5::text[], $6::text[]) AS known (kind, recipient, introduced)
          ON known.kind = follow_up.kind
        WHERE caused_at <= at
          AND (recipient_id = person_id AND recipient = role
               AND (parameters <> '{}' OR state IN ('scheduled', 'sending'))
               OR counterpart_id = person_id AND introduced = role AND state IN ('scheduled', 'sending')))
    ORDER BY id
    FOR UPDATE
)
UPDATE follow_up
SET parameters = CASE WHEN recipient_id = ANY($1::uuid[]) THEN '{}' ELSE parameters END,
    settled = CASE WHEN state IN ('scheduled', 'sending') THEN coalesce(settled, 'contact-erased') ELSE settled END,
    next_attempt_at = CASE WHEN state = 'scheduled' THEN 'epoch' ELSE next_attempt_at END,
    waits_for = NULL
FROM gone
WHERE follow_up.id = gone.id
RETURNING lane

-- name: retract_series
-- Due at once as well, so that the lane cancels each part of it and says so. All of one is for one person in one role,
-- so its first kind says which; it introduces nobody.
WITH gone AS MATERIALIZED (
    SELECT id FROM series
    WHERE next_due_at IS NOT NULL AND EXISTS (
        SELECT FROM unnest($1::uuid[], $2::timestamptz[], $3::text[]) AS retracted (person_id, at, role)
        JOIN unnest($4::text[], $5::text[], $6::text[]) AS known (kind, recipient, introduced)
          ON known.kind = series.occasions::jsonb -> 0 ->> 0
        WHERE recipient_id = person_id AND caused_at <= at AND recipient = role)
    ORDER BY id
    FOR UPDATE
)
UPDATE series
SET parameters = '{}', settled = coalesce(settled, 'contact-erased'), next_due_at = 'epoch'
FROM gone
WHERE series.id = gone.id
RETURNING lane

-- name: drop_contacts
-- Of who asked to be forgotten: in every role, as far as it was said before.
DELETE FROM contact WHERE contact_id = ANY($1::uuid[])

-- name: fetch_contacts_of
-- How some people are reached, in every role: a scan, for those who ask to be forgotten alone.
SELECT contact_id, person_id, role, name, email, language, said_at, undeliverable, unsubscribed_at, former_email,
       former_undeliverable, former_said_at, change_id, telephone, work
FROM contact WHERE person_id = ANY($1::uuid[])

-- name: fetch_mails_of
-- What was to be said to some people, also where a tombstone of theirs has emptied it: how many it was is the same
-- however their tombstones and what they ask for are cut into batches.
SELECT recipient_id, caused_at FROM follow_up WHERE recipient_id = ANY($1::uuid[])

-- name: erase_address_changes
-- That there were some stays; why somebody confirmed one may say more.
UPDATE address_change
SET state = CASE state WHEN 'waiting' THEN 'replaced' ELSE state END, decided_why = NULL
FROM unnest($1::uuid[], $2::timestamptz[]) AS asked (person_id, erased_at)
WHERE address_change.person_id = asked.person_id AND said_at <= erased_at

-- name: erase_follow_ups
-- What was to be said to these people or to introduce them is cancelled, and empty what it said. What says to others
-- what one of them wrote goes without these words where it has not left, whenever that was said: but for what a form of
-- theirs has made, whoever says it may not have heard yet that they asked. Words of those who asked for a cancellation
-- go as well.
WITH asked AS (
    SELECT * FROM unnest($1::uuid[], $2::timestamptz[]) AS asked (person_id, erased_at)
), named AS MATERIALIZED (
    SELECT follow_up.id, bool_or(recipient_id = person_id AND caused_at <= erased_at) AS is_theirs,
           bool_or(counterpart_id IS NOT DISTINCT FROM person_id AND caused_at <= erased_at) AS introduces,
           bool_or(words_of IS NOT DISTINCT FROM person_id) AS is_in_their_words
    FROM follow_up JOIN asked ON caused_at <= erased_at AND (
        recipient_id = person_id AND (
            parameters <> '{}' OR requested_why <> '' OR state IN ('scheduled', 'sending') AND settled IS NULL)
        OR counterpart_id = person_id AND state IN ('scheduled', 'sending') AND settled IS NULL
    ) OR words_of = person_id AND (caused_at <= erased_at OR matter_id <> application_id OR kind = ANY($3::text[]))
        AND parameters <> '{}' AND parameters NOT LIKE '%"forgotten"%'
    GROUP BY follow_up.id
), locked AS MATERIALIZED (
    SELECT id FROM follow_up WHERE id IN (SELECT id FROM named) ORDER BY id FOR UPDATE
)
UPDATE follow_up
SET parameters = CASE
        WHEN is_theirs OR is_in_their_words AND state NOT IN ('scheduled', 'sending') THEN '{}'
        WHEN is_in_their_words
        THEN (parameters::jsonb - 'organisation_name' - 'project_title' || '{"forgotten": true}')::text
        ELSE parameters
    END,
    settled = CASE WHEN (is_theirs OR introduces) AND state IN ('scheduled', 'sending')
                   THEN coalesce(settled, 'contact-erased') ELSE settled END,
    next_attempt_at = CASE WHEN (is_theirs OR introduces) AND state = 'scheduled' THEN 'epoch' ELSE next_attempt_at END,
    waits_for = CASE WHEN is_theirs OR introduces THEN NULL ELSE waits_for END,
    requested_why = CASE WHEN is_theirs THEN NULL ELSE requested_why END
FROM named JOIN locked USING (id)
WHERE follow_up.id = named.id
RETURNING lane, settled IS NOT NULL AND state = 'scheduled' AS is_to_be_said

-- name: erase_series
-- Due at once as well, so that the lane cancels each part of it and says so.
WITH asked AS (
    SELECT * FROM unnest($1::uuid[], $2::timestamptz[]) AS asked (person_id, erased_at)
), named AS MATERIALIZED (
    SELECT series.id, bool_or(recipient_id = person_id AND caused_at <= erased_at) AS is_theirs
    FROM series JOIN asked ON caused_at <= erased_at AND recipient_id = person_id AND settled IS NULL
        OR words_of = person_id AND (caused_at <= erased_at OR matter_id <> application_id)
        AND parameters NOT LIKE '%"forgotten"%'
    WHERE next_due_at IS NOT NULL
    GROUP BY series.id
), locked AS MATERIALIZED (
    SELECT id FROM series WHERE id IN (SELECT id FROM named) ORDER BY id FOR UPDATE
)
UPDATE series
SET parameters = CASE
        WHEN is_theirs THEN '{}'
        ELSE (parameters::jsonb - 'organisation_name' - 'project_title' || '{"forgotten": true}')::text
    END,
    settled = CASE WHEN is_theirs THEN coalesce(settled, 'contact-erased') ELSE settled END,
    next_due_at = CASE WHEN is_theirs THEN 'epoch' ELSE next_due_at END
FROM named JOIN locked USING (id)
WHERE series.id = named.id
RETURNING lane, settled IS NOT NULL AS is_to_be_said

-- name: keep_offers
-- What became of offers, by what was said last; that a party accepted holds as long as it is the same person.
INSERT INTO offer (pair_id, lead_id, mentor_person_id, offered_at, state, version, lead_accepted, mentor_accepted)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::text[], $6::integer[], $7::boolean[],
                     $8::boolean[])
ON CONFLICT (pair_id) DO UPDATE
SET state = CASE WHEN excluded.version > offer.version THEN excluded.state ELSE offer.state END,
    version = greatest(offer.version, excluded.version),
    lead_id = CASE WHEN excluded.version > offer.version THEN excluded.lead_id ELSE offer.lead_id END,
    lead_accepted = offer.lead_accepted AND (offer.lead_id = excluded.lead_id OR excluded.version < offer.version)
        OR excluded.lead_accepted AND (offer.lead_id = excluded.lead_id OR excluded.version > offer.version),
    mentor_accepted = offer.mentor_accepted OR excluded.mentor_accepted

-- name: refuse_answers
-- Answers that came by a link and change nothing: known by the time that they have.
UPDATE answer SET is_refused = true
FROM (
    SELECT row.place
    FROM unnest($1::uuid[], $2::timestamptz[]) AS refused (pair_id, answered_at)
    CROSS JOIN LATERAL (
        SELECT ctid AS place FROM answer
        WHERE answer.pair_id = refused.pair_id AND answer.answered_at = refused.answered_at
        FOR UPDATE
        OFFSET 0
    ) AS row
) AS found
WHERE answer.ctid = found.place

-- name: keep_clearances
-- What became of clearances, by what was said last.
INSERT INTO clearance (clearance_id, mentor_id, mentor_person_id, kind, asked_of, asked_at, proposed_until, state, version)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::timestamptz[], $7::date[],
                     $8::text[], $9::integer[])
ON CONFLICT (clearance_id) DO UPDATE SET state = excluded.state, version = excluded.version
WHERE excluded.version > clearance.version

-- name: refuse_clearance_answers
-- Answers that came by a link and change nothing: known by the time that they have.
UPDATE clearance SET is_refused = true
FROM (
    SELECT row.place
    FROM unnest($1::uuid[], $2::timestamptz[]) AS refused (clearance_id, answered_at)
    CROSS JOIN LATERAL (
        SELECT ctid AS place FROM clearance
        WHERE clearance.clearance_id = refused.clearance_id AND clearance.answered_at = refused.answered_at
        FOR UPDATE
        OFFSET 0
    ) AS row
) AS found
WHERE clearance.ctid = found.place
