-- Connections keep the plans that they made while the tables were empty. So what is looked up by ids is looked up once
-- an id (LATERAL … OFFSET 0), which leaves the planner nothing but the index, and what is changed is found that way
-- first and changed by its place (ctid). A row that another transaction has changed meanwhile is then not found at its
-- place: either it was locked by the statement before, or the number of rows that come back says so.

-- name: fetch_planned
-- All that was ever planned about some matters: to know it again, and to settle what is open.
SELECT known.*
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS matter (id, first, last)
CROSS JOIN LATERAL (
    SELECT follow_up.id, matter_id, recipient_id, kind, occasion, matter_version, state, attempts, in_doubt, settled
    FROM follow_up
    WHERE follow_up.id BETWEEN matter.first AND matter.last AND matter_id = matter.id
    OFFSET 0
) AS known

-- name: fetch_series
SELECT known.*
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS matter (id, first, last)
CROSS JOIN LATERAL (
    SELECT matter_id, recipient_id, planned_by, application_id, matter_version, correlation_id, parameters, occasions,
           settled
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
SELECT known.*
FROM unnest($1::uuid[]) AS person (id)
CROSS JOIN LATERAL (
    SELECT person_id, name, email, language, updated_at, undeliverable, unsubscribed_at
    FROM contact WHERE person_id = person.id
    OFFSET 0
) AS known

-- name: change_contacts
UPDATE contact
SET name = found.name, email = found.email, language = found.language, updated_at = found.updated_at,
    undeliverable = CASE WHEN contact.email = found.email THEN undeliverable END
FROM (
    SELECT change.*, row.place
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
         AS change (person_id, name, email, language, updated_at)
    CROSS JOIN LATERAL (
        SELECT ctid AS place FROM contact
        WHERE contact.person_id = change.person_id AND contact.updated_at <= change.updated_at
        OFFSET 0
    ) AS row
) AS found
WHERE contact.ctid = found.place

-- name: wake_waiting
-- What waited for one of these contacts is due as planned. What another transaction holds it has just looked at: it is
-- looked at again in a while.
UPDATE follow_up
SET next_attempt_at = due_at, waits_for = NULL
FROM (
    SELECT row.place
    FROM unnest($1::uuid[]) AS person (id)
    CROSS JOIN LATERAL (
        SELECT ctid AS place FROM follow_up WHERE waits_for = person.id FOR UPDATE SKIP LOCKED OFFSET 0
    ) AS row
) AS found
WHERE follow_up.ctid = found.place
RETURNING lane, due_at

-- name: keep_recusals
INSERT INTO recusal (person_id, application_id)
SELECT * FROM unnest($1::uuid[], $2::uuid[])
ON CONFLICT DO NOTHING

-- name: erase_contacts
DELETE FROM contact WHERE person_id = ANY($1::uuid[])

-- name: erase_follow_ups
-- A scan, as also of series: erasures name a person and no matter, and are few; an index that every mail is entered in
-- three times would cost more. What is open is due at once, so that its lane cancels it and says so.
WITH erased AS MATERIALIZED (
    SELECT id FROM follow_up
    WHERE recipient_id = ANY($1::uuid[]) AND (parameters <> '{}' OR state IN ('scheduled', 'sending'))
       OR counterpart_id = ANY($1::uuid[]) AND state IN ('scheduled', 'sending')
    ORDER BY id
    FOR UPDATE
)
UPDATE follow_up
SET parameters = CASE WHEN recipient_id = ANY($1::uuid[]) THEN '{}' ELSE parameters END,
    settled = CASE WHEN state IN ('scheduled', 'sending') THEN coalesce(settled, 'contact-erased') ELSE settled END,
    next_attempt_at = CASE WHEN state = 'scheduled' THEN 'epoch' ELSE next_attempt_at END,
    waits_for = NULL
FROM erased
WHERE follow_up.id = erased.id
RETURNING lane

-- name: erase_series
WITH erased AS MATERIALIZED (
    SELECT id FROM series WHERE recipient_id = ANY($1::uuid[]) AND next_due_at IS NOT NULL ORDER BY id FOR UPDATE
)
UPDATE series
SET parameters = '{}', settled = coalesce(settled, 'contact-erased'), next_due_at = 'epoch'
FROM erased
WHERE series.id = erased.id
RETURNING lane

-- name: look_through
-- The next rows by their ids, and those among them whose content is old: a bounded piece of a scan, which costs less
-- than an index that every mail is entered in.
SELECT id, state IN ('sent', 'cancelled', 'failed') AND parameters <> '{}' AND coalesce(sent_at, due_at) < $2 AS is_old
FROM follow_up
WHERE id > $1
ORDER BY id
LIMIT $3

-- name: empty
-- In the order of their ids, as everywhere, so that no two transactions wait for each other.
UPDATE follow_up
SET parameters = '{}'
FROM (
    SELECT row.place
    FROM unnest($1::uuid[]) AS old (id)
    CROSS JOIN LATERAL (SELECT ctid AS place FROM follow_up WHERE follow_up.id = old.id FOR UPDATE OFFSET 0) AS row
) AS found
WHERE follow_up.ctid = found.place

-- name: next_due
-- When the first follow-up and the first series of a lane fall due.
SELECT (SELECT next_attempt_at FROM follow_up
        WHERE lane = $1 AND state IN ('scheduled', 'sending')
        ORDER BY next_attempt_at LIMIT 1) AS mail,
       (SELECT next_due_at FROM series
        WHERE lane = $1 AND next_due_at IS NOT NULL
        ORDER BY next_due_at LIMIT 1) AS series

-- name: lock_due_series
SELECT matter_id, recipient_id, planned_by, application_id, matter_version, correlation_id, parameters, occasions,
       settled
FROM series
WHERE lane = $1 AND next_due_at <= $2
ORDER BY next_due_at
LIMIT $3
FOR UPDATE SKIP LOCKED

-- name: lock_due
-- The longest due first; what is for one person's digest ($4) is taken whole. A claim that ended without a result
-- leaves its row due again, still `sending`.
WITH first AS MATERIALIZED (
    SELECT id, next_attempt_at, recipient_id, kind
    FROM follow_up
    WHERE lane = $1 AND state IN ('scheduled', 'sending') AND next_attempt_at <= $2
    ORDER BY next_attempt_at, recipient_id
    LIMIT $3
), picked AS MATERIALIZED (
    SELECT id FROM first
    UNION
    SELECT more.id
    FROM (SELECT DISTINCT next_attempt_at, recipient_id FROM first WHERE kind = ANY($4::text[])) AS told
    CROSS JOIN LATERAL (
        SELECT id
        FROM follow_up
        WHERE lane = $1 AND state IN ('scheduled', 'sending') AND next_attempt_at = told.next_attempt_at
          AND recipient_id = told.recipient_id AND kind = ANY($4::text[])
        OFFSET 0
    ) AS more
)
SELECT due.*
FROM picked
CROSS JOIN LATERAL (
    SELECT id, matter_id, recipient_id, kind, occasion, matter_version, state, attempts, in_doubt, settled,
           application_id, counterpart_id, correlation_id, due_at, parameters, next_attempt_at,
           requested IS NOT DISTINCT FROM 'send-now' AS is_requested
    FROM follow_up
    WHERE follow_up.id = picked.id
    FOR UPDATE SKIP LOCKED
    OFFSET 0
) AS due
-- Outside, where no other index comes into question for it: another owner may have been faster.
WHERE state IN ('scheduled', 'sending') AND next_attempt_at <= $2

-- name: fetch_recusals
SELECT known.*
FROM unnest($1::uuid[], $2::uuid[]) AS file (person_id, application_id)
CROSS JOIN LATERAL (
    SELECT person_id, application_id FROM recusal
    WHERE recusal.person_id = file.person_id AND recusal.application_id = file.application_id
    OFFSET 0
) AS known

-- name: fetch_recent
-- When each of these people was sent what counts, since $2, at most so often.
SELECT person.id, sent_at
FROM unnest($1::uuid[]) AS person (id)
CROSS JOIN LATERAL (
    SELECT sent_at FROM follow_up
    WHERE recipient_id = person.id AND counted AND sent_at > $2
    ORDER BY sent_at DESC
    LIMIT $3
) AS recent

-- name: fetch_under_way
-- Of a lane's claims that have not ended: what they may send to whom.
SELECT id, recipient_id, kind FROM follow_up
WHERE lane = $1 AND state IN ('scheduled', 'sending') AND next_attempt_at > $2 AND next_attempt_at <= $3
  AND state = 'sending'

-- name: apply
-- What was decided of rows that this transaction has locked.
UPDATE follow_up
SET state = found.state, attempts = found.attempts, in_doubt = found.in_doubt, settled = found.settled,
    next_attempt_at = found.next_attempt_at, waits_for = found.waits_for
FROM (
    SELECT change.*, row.place
    FROM unnest($1::uuid[], $2::text[], $3::integer[], $4::boolean[], $5::text[], $6::timestamptz[], $7::uuid[])
         AS change (id, state, attempts, in_doubt, settled, next_attempt_at, waits_for)
    CROSS JOIN LATERAL (SELECT ctid AS place FROM follow_up WHERE follow_up.id = change.id OFFSET 0) AS row
) AS found
WHERE follow_up.ctid = found.place

-- name: lock_claims
-- Only the claim that made an outcome may record it: each claim counts one attempt more.
SELECT claimed.*
FROM unnest($1::uuid[], $2::integer[]) AS claim (id, attempts)
CROSS JOIN LATERAL (
    SELECT follow_up.id, matter_id, recipient_id, kind, occasion, matter_version, state, follow_up.attempts, in_doubt,
           settled, application_id, counterpart_id, correlation_id, due_at, parameters
    FROM follow_up
    WHERE follow_up.id = claim.id AND follow_up.attempts = claim.attempts AND state = 'sending'
    FOR UPDATE
    OFFSET 0
) AS claimed

-- name: record_outcomes
-- Of claims that this transaction has locked.
UPDATE follow_up
SET state = found.state, in_doubt = found.in_doubt, next_attempt_at = found.next_attempt_at,
    message_id = found.message_id, sent_at = found.sent_at, counted = found.counted
FROM (
    SELECT outcome.*, row.place
    FROM unnest($1::uuid[], $2::text[], $3::boolean[], $4::timestamptz[], $5::text[], $6::timestamptz[], $7::boolean[])
         AS outcome (id, state, in_doubt, next_attempt_at, message_id, sent_at, counted)
    CROSS JOIN LATERAL (SELECT ctid AS place FROM follow_up WHERE follow_up.id = outcome.id OFFSET 0) AS row
) AS found
WHERE follow_up.ctid = found.place

-- name: mark_undeliverable
-- Unless the person has another address by now.
UPDATE contact
SET undeliverable = found.reason
FROM (
    SELECT refused.reason, row.place
    FROM unnest($1::uuid[], $2::text[], $3::text[]) AS refused (person_id, email, reason)
    CROSS JOIN LATERAL (
        SELECT ctid AS place FROM contact
        WHERE contact.person_id = refused.person_id AND contact.email = refused.email
        FOR UPDATE
        OFFSET 0
    ) AS row
) AS found
WHERE contact.ctid = found.place
