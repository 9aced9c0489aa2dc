-- What sending reads and writes: lanes by what is due, claims, outcomes, and what is forgotten after its time. As in the
-- service's other queries, what is looked up by ids is looked up once an id (LATERAL … OFFSET 0), so that the plan that
-- a connection made on empty tables stays right, and what is changed is changed by its place (ctid).

-- name: look_through
-- The next rows by their ids, and those among them whose content is old: a bounded piece of a scan, which costs less
-- than an index that every mail is entered in.
SELECT id, state IN ('sent', 'cancelled', 'failed') AND parameters <> '{}' AND coalesce(sent_at, due_at) < $2 AS is_old
FROM follow_up
WHERE id > $1
ORDER BY id
LIMIT $3

-- name: empty
-- Forgets what these mails said: in the order of their ids, as everywhere, so that no two transactions wait for each
-- other.
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

-- name: waiting_counts
-- How many wait to leave, by state, and when the first of them was due, by the index of what is due.
SELECT state, count(*) AS mails, min(next_attempt_at) AS first_due
FROM follow_up
WHERE state IN ('scheduled', 'sending')
GROUP BY state

-- name: lock_due_series
-- Those of which something is due, the longest due first. What another owner of the lane holds is left to it.
SELECT matter_id, recipient_id, planned_by, application_id, matter_version, correlation_id, parameters, occasions,
       settled, caused_at, words_of, occasion, traceparent
FROM series
WHERE lane = $1 AND next_due_at <= $2
ORDER BY next_due_at
LIMIT $3
FOR UPDATE SKIP LOCKED

-- name: lock_due
-- The longest due first; what is for one person's digest ($4) is taken whole. A claim that ended without a result
-- leaves its row due again, still `sending`. With the Message-ID of what had left before the database was restored.
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
SELECT due.*, (SELECT message_id FROM departed_mail WHERE departed_mail.follow_up_id = due.id) AS departed_as
FROM picked
CROSS JOIN LATERAL (
    SELECT id, matter_id, recipient_id, kind, occasion, matter_version, state, attempts, in_doubt, settled,
           application_id, counterpart_id, correlation_id, due_at, parameters, caused_at, words_of, traceparent,
           next_attempt_at, requested IS NOT DISTINCT FROM 'send-now' AS is_requested
    FROM follow_up
    WHERE follow_up.id = picked.id
    FOR UPDATE SKIP LOCKED
    OFFSET 0
) AS due
-- Outside, where no other index comes into question for it: another owner may have been faster.
WHERE state IN ('scheduled', 'sending') AND next_attempt_at <= $2

-- name: fetch_recusals
-- Which of these people abstain from which of these files.
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
-- What was decided of rows that this transaction has locked. Whoever was forgotten leaves nothing of what was to be said.
UPDATE follow_up
SET parameters = CASE WHEN found.state = 'cancelled' AND found.settled = 'contact-erased' THEN '{}' ELSE parameters END,
    state = found.state, attempts = found.attempts, in_doubt = found.in_doubt, settled = found.settled,
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
           settled, application_id, counterpart_id, correlation_id, due_at, parameters, caused_at, words_of, traceparent
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
-- Unless the person has another address by now. It may be the one that was trusted before a change that waits.
UPDATE contact
SET undeliverable = CASE contact.email WHEN found.email THEN found.reason ELSE undeliverable END,
    former_undeliverable = CASE contact.former_email WHEN found.email THEN found.reason ELSE former_undeliverable END
FROM (
    SELECT refused.email, refused.reason, row.place
    FROM unnest($1::uuid[], $2::text[], $3::text[]) AS refused (contact_id, email, reason)
    CROSS JOIN LATERAL (
        SELECT ctid AS place FROM contact
        WHERE contact.contact_id = refused.contact_id AND refused.email IN (contact.email, contact.former_email)
        FOR UPDATE
        OFFSET 0
    ) AS row
) AS found
WHERE contact.ctid = found.place
